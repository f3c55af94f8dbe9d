package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.store.CompactedException;
import io.tiphys.store.Store;
import java.util.function.Predicate;

/**
 * A state that the cache has forgotten and the store has not: read from there, as much as a page of
 * a list needs. Every method may throw {@link CompactedException}: the store forgets it too one
 * day, between two pages or in the middle of one.
 */
final class StoredState<S extends ApiObject> implements State<S> {
  private final Store store;
  private final Resource<S> resource;
  private final String prefix;
  private final long revision;
  private final int chunk;

  /**
   * @param wanted how many objects the reader expects to look at; 0 when it cannot say
   */
  StoredState(Store store, Resource<S> resource, long revision, long wanted) {
    this.store = store;
    this.resource = resource;
    this.revision = revision;
    prefix = StoreKeys.prefix(resource);
    chunk = (int) (wanted <= 0 ? CacheLimits.FILL_PAGE : Math.min(wanted, CacheLimits.FILL_PAGE));
  }

  @Override
  public long revision() {
    return revision;
  }

  @Override
  public void scan(String from, String to, Predicate<Cached<S>> visitor) {
    String next = prefix + from;
    while (true) {
      Store.Range.Page page = read(next, end(to), chunk);
      for (Store.Entry entry : page.entries()) {
        String key = entry.key().substring(prefix.length());
        if (!visitor.test(
            Cached.ofStored(resource.type(), key, entry.modRevision(), entry.value()))) {
          return;
        }
      }
      if (page.remaining() == 0) {
        return;
      }
      next = page.entries().getLast().key() + "\0";
    }
  }

  @Override
  public long count(String from, String to) {
    Store.Range.Page page = read(prefix + from, end(to), 1);
    return page.entries().size() + page.remaining();
  }

  private Store.Range.Page read(String from, String to, int limit) {
    return switch (store.range(from, to, revision, limit)) {
      case Store.Range.Page page -> page;
      case Store.Range.Compacted _, Store.Range.Future _ -> throw new CompactedException();
    };
  }

  /** The end of the resource's own keys is the slash's successor. */
  private String end(String to) {
    return to.isEmpty() ? StoreKeys.end(prefix) : prefix + to;
  }
}
