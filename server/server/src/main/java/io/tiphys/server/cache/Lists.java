package io.tiphys.server.cache;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers lists from the cache, with upstream's meaning of resourceVersion, resourceVersionMatch,
 * limit and continue. All pages of a list show one state: the cache remembers its recent states,
 * older ones are read from the store until they are compacted.
 */
public final class Lists {
  private final Cache cache;
  private final Store store;

  public Lists(Cache cache, Store store) {
    this.cache = cache;
    this.store = store;
  }

  public <S extends ApiObject, T extends ApiObject> ListPage<T> list(
      ResourceCache<S> resource, Form<S, T> form, ListQuery<T> query) throws InterruptedException {
    if (!query.continueToken().isEmpty()) {
      return continued(resource, form, query);
    }
    Selection<T> selection = query.selection();
    long revision = parseRevision(query.resourceVersion());
    if (query.match().equals("Exact")) {
      cache.awaitRevision(revision);
      Snapshot<S> snapshot = at(resource, revision);
      if (snapshot == null) {
        throw Failures.expiredList();
      }
      return page(snapshot, form, query, selection.from());
    }
    boolean any = query.resourceVersion().equals("0");
    if (query.resourceVersion().isEmpty()) {
      cache.awaitCurrent();
    } else if (!any) {
      cache.awaitRevision(revision);
    }
    // Like upstream's cache, a list that may be old comes whole.
    ListQuery<T> asked = any ? query(query, 0) : query;
    return page(resource.current(), form, asked, selection.from());
  }

  private <S extends ApiObject, T extends ApiObject> ListPage<T> continued(
      ResourceCache<S> resource, Form<S, T> form, ListQuery<T> query) throws InterruptedException {
    if (!query.resourceVersion().isEmpty() && !query.resourceVersion().equals("0")) {
      throw ApiFailure.badRequest("specifying resource version is not allowed when using continue");
    }
    ContinueToken token = ContinueToken.decode(query.continueToken());
    String from = prefix(query.selection()) + token.start();
    if (token.revision() == ContinueToken.NEWEST) {
      cache.awaitCurrent();
      return page(resource.current(), form, query, from);
    }
    cache.awaitRevision(token.revision());
    Snapshot<S> snapshot = at(resource, token.revision());
    if (snapshot == null) {
      throw Failures.expiredContinue(
          new ContinueToken(ContinueToken.NEWEST, token.start()).encode());
    }
    return page(snapshot, form, query, from);
  }

  private <S extends ApiObject, T extends ApiObject> ListPage<T> page(
      Snapshot<S> snapshot, Form<S, T> form, ListQuery<T> query, String from) {
    Selection<T> selection = query.selection();
    Collector<S, T> collector = new Collector<>(form, query);
    snapshot.scan(from, selection.to(), collector);
    String next = collector.next;
    if (next == null) {
      return new ListPage<>(collector.items, snapshot.revision(), "", null);
    }
    String start = next.substring(prefix(selection).length()) + "\0";
    String token = new ContinueToken(snapshot.revision(), start).encode();
    Long remaining =
        selection.filter() == null && selection.name().isEmpty()
            ? (long) snapshot.count(next + "\0", selection.to())
            : null;
    return new ListPage<>(collector.items, snapshot.revision(), token, remaining);
  }

  private <S extends ApiObject> @Nullable Snapshot<S> at(ResourceCache<S> resource, long revision) {
    Snapshot<S> remembered = resource.at(revision);
    return remembered == null ? stored(resource, revision) : remembered;
  }

  private <S extends ApiObject> @Nullable Snapshot<S> stored(
      ResourceCache<S> resource, long revision) {
    String prefix = Cache.keyPrefix(resource.resource());
    String end = prefix.substring(0, prefix.length() - 1) + "0";
    if (!(store.range(prefix, end, revision, 0) instanceof Store.Range.Page found)) {
      return null;
    }
    SortedTree<Cached<S>> objects = SortedTree.empty();
    for (Store.Entry entry : found.entries()) {
      String key = entry.key().substring(prefix.length());
      objects =
          objects.with(
              key,
              Cached.ofStored(resource.resource().type(), key, entry.modRevision(), entry.value()));
    }
    return new Snapshot<>(objects, revision);
  }

  /** A revision as clients write it; 0 when it was not given. */
  public static long parseRevision(String resourceVersion) {
    if (resourceVersion.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(resourceVersion);
    } catch (NumberFormatException e) {
      throw ApiFailure.badRequest(
          "invalid resource version: resourceVersion: Invalid value: \""
              + resourceVersion
              + "\": strconv.ParseUint: parsing \""
              + resourceVersion
              + "\": invalid syntax");
    }
  }

  private static String prefix(Selection<?> selection) {
    return selection.namespace().isEmpty() ? "" : selection.namespace() + "/";
  }

  private static <T extends ApiObject> ListQuery<T> query(ListQuery<T> query, long limit) {
    return new ListQuery<>(
        query.selection(), query.resourceVersion(), query.match(), limit, query.continueToken());
  }

  /** Takes objects that fit until the page is full and one more is seen. */
  private static final class Collector<S extends ApiObject, T extends ApiObject>
      implements Predicate<Cached<S>> {
    private final Form<S, T> form;
    private final ListQuery<T> query;
    private final List<Cached<T>> items = new ArrayList<>();

    /** The key after which the next page begins; null when there is none. */
    private @Nullable String next;

    Collector(Form<S, T> form, ListQuery<T> query) {
      this.form = form;
      this.query = query;
    }

    @Override
    public boolean test(Cached<S> stored) {
      if (!form.shows(stored)) {
        return true;
      }
      Cached<T> object = stored.as(form);
      if (!query.selection().matches(object)) {
        return true;
      }
      if (query.limit() > 0 && items.size() == query.limit()) {
        next = items.getLast().key();
        return false;
      }
      items.add(object);
      return true;
    }
  }
}
