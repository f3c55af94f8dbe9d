package io.tiphys.server.cache;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.store.CompactedException;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
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
  private final WatchCache cache;
  private final Store store;

  public Lists(WatchCache cache, Store store) {
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
      try {
        return page(at(resource, revision, query), form, query, selection.from());
      } catch (CompactedException e) {
        throw Failures.expiredList();
      } catch (StoreException e) {
        throw StoreFailures.of(e);
      }
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
    try {
      return page(at(resource, token.revision(), query), form, query, from);
    } catch (CompactedException e) {
      throw Failures.expiredContinue(
          new ContinueToken(ContinueToken.NEWEST, token.start()).encode());
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
  }

  private <S extends ApiObject, T extends ApiObject> ListPage<T> page(
      State<S> state, Form<S, T> form, ListQuery<T> query, String from) {
    Selection<T> selection = query.selection();
    Collector<S, T> collector = new Collector<>(form, query);
    state.scan(from, selection.to(), collector);
    String next = collector.next;
    if (next == null) {
      return new ListPage<>(collector.items, state.revision(), "", null);
    }
    String start = next.substring(prefix(selection).length()) + "\0";
    String token = new ContinueToken(state.revision(), start).encode();
    Long remaining =
        selection.filter() == null && selection.name().isEmpty()
            ? state.count(next + "\0", selection.to())
            : null;
    return new ListPage<>(collector.items, state.revision(), token, remaining);
  }

  /** The state at a revision: from memory, or from the store what the page needs of it. */
  private <S extends ApiObject> State<S> at(
      ResourceCache<S> resource, long revision, ListQuery<?> query) {
    Snapshot<S> remembered = resource.at(revision);
    if (remembered != null) {
      return remembered;
    }
    // One more than the page holds says whether another follows. Who filters looks at more.
    long wanted = query.selection().filter() == null && query.limit() > 0 ? query.limit() + 1 : 0;
    return new StoredState<>(store, resource.resource(), revision, wanted);
  }

  /** A revision as clients write it, to be read as unsigned; 0 when it was not given. */
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
