package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.client.Fence;
import io.tiphys.server.cache.Announced;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.StoreFailures;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The only way from a {@link Validated} object into the store. */
final class ObjectStorage {
  private static final Logger log = System.getLogger(ObjectStorage.class.getName());

  /** etcd's --max-request-bytes, which upstream's clients know. */
  private static final int MAX_VALUE_BYTES = 3 * 512 * 1024;

  private final Store store;
  private final WatchCache cache;
  private final ServiceClaims claims;
  private final Fencing fencing;

  ObjectStorage(Store store, WatchCache cache, ServiceClaims claims) {
    this.store = store;
    this.cache = cache;
    this.claims = claims;
    fencing = new Fencing(cache);
  }

  /** What became of the write of a new object. */
  sealed interface Added<S extends ApiObject> permits Written, Added.Displaced {
    /** The namespace it was to lie in has changed; nothing was written. */
    record Displaced<S extends ApiObject>() implements Added<S> {}
  }

  /** What became of a write. */
  sealed interface Written<S extends ApiObject> extends Added<S> {
    record Done<S extends ApiObject>(Cached<S> object) implements Written<S> {}

    /** Someone else was first; {@code current} is what is there now, or null. */
    record Overtaken<S extends ApiObject>(@Nullable Cached<S> current) implements Written<S> {}

    /** Another object has what was to be taken under {@code key}; nothing was written. */
    record Taken<S extends ApiObject>(String key) implements Written<S> {}
  }

  /** Writes an object over {@code current}; where nothing changed, nothing is written. */
  <T extends ApiObject, S extends ApiObject> Written<S> replace(
      Served<T, S> served, Call call, Validated<T> object, Cached<S> current)
      throws InterruptedException {
    return written(write(served, call, current.key(), object, current, null));
  }

  /**
   * Writes an object where none is.
   *
   * @param namespace must still be as it was when it was found fit to hold the object; null for an
   *     object that lies in none
   */
  <T extends ApiObject, S extends ApiObject> Added<S> add(
      Served<T, S> served,
      Call call,
      String key,
      Validated<T> object,
      @Nullable Cached<Namespace> namespace)
      throws InterruptedException {
    return write(served, call, key, object, null, namespace);
  }

  private static <S extends ApiObject> Written<S> written(Added<S> outcome) {
    return switch (outcome) {
      case Written<S> written -> written;
      case Added.Displaced<S> _ ->
          throw new IllegalStateException("met no condition: none was set");
    };
  }

  private <T extends ApiObject, S extends ApiObject> Added<S> write(
      Served<T, S> served,
      Call call,
      String key,
      Validated<T> object,
      @Nullable Cached<S> current,
      @Nullable Cached<Namespace> namespace)
      throws InterruptedException {
    S record = served.toStored(object.object(), current == null ? null : current.record());
    byte[] value = ObjectCodec.toJson(record);
    if (value.length > MAX_VALUE_BYTES) {
      throw Failures.tooLarge();
    }
    Resource<S> resource = served.cache().resource();
    if (current != null && current.isStoredAs(value)) {
      return new Written.Done<>(current);
    }
    Claims more = claims.between(resource, current == null ? null : current.record(), record);
    Announced<S> announced = cache.announce(resource, key, value, record);
    String storeKey = StoreKeys.prefix(resource) + key;
    Store.Put put = new Store.Put(storeKey, value, served.rules().timeToLive(object.object()));
    Store.Outcome outcome;
    try {
      outcome =
          commit(
              call,
              new Store.Txn(compares(storeKey, current, namespace), List.of(put), List.of()),
              more);
    } catch (StoreException e) {
      cache.withdraw(resource, announced);
      throw StoreFailures.of(e);
    } catch (RuntimeException | InterruptedException e) {
      cache.withdraw(resource, announced);
      throw e;
    }
    return switch (outcome) {
      case Store.Outcome.Committed committed ->
          new Written.Done<>(announced.at(committed.revision()));
      case Store.Outcome.Conflict conflict -> {
        cache.withdraw(resource, announced);
        String other = conflict.compare().key();
        if (other.equals(storeKey)) {
          yield new Written.Overtaken<>(cache.read(resource, key, conflict.current()));
        }
        yield more.take(other) ? new Written.Taken<>(other) : new Added.Displaced<>();
      }
    };
  }

  private Store.Outcome commit(Call call, Store.Txn object, Claims more)
      throws InterruptedException {
    Fence fence = call.fence();
    return fence == null
        ? commit(object, more)
        : fencing.commit(fence, object, txn -> commit(txn, more));
  }

  /** What does not fit into one transaction is taken before and given back after it. */
  private Store.Outcome commit(Store.Txn object, Claims more) {
    List<Store.Txn> before = more.before();
    Store.Outcome outcome = null;
    int done = 0;
    while (done < before.size() && !(outcome instanceof Store.Outcome.Conflict)) {
      outcome = store.commit(before.get(done));
      done++;
    }
    if (!(outcome instanceof Store.Outcome.Conflict)) {
      outcome = store.commit(more.with(object));
      done++;
    }
    if (outcome instanceof Store.Outcome.Conflict) {
      before.subList(0, done - 1).forEach(part -> store.commit(undo(part)));
    } else {
      more.after().forEach(this::giveBack);
    }
    return outcome;
  }

  /** The object is written, whatever becomes of this; what stays is for the repair of ports. */
  private void giveBack(Store.Txn part) {
    try {
      store.commit(part);
    } catch (StoreException e) {
      log.log(Level.WARNING, "what an object had is not given back yet: " + e.getMessage());
    }
  }

  private static Store.Txn undo(Store.Txn taking) {
    List<String> keys = taking.puts().stream().map(Store.Put::key).toList();
    return new Store.Txn(List.of(), List.of(), keys);
  }

  private static List<Store.Compare> compares(
      String key, @Nullable Cached<?> current, @Nullable Cached<Namespace> namespace) {
    Store.Compare own = new Store.Compare(key, current == null ? Store.ABSENT : current.revision());
    return namespace == null
        ? List.of(own)
        : List.of(
            own,
            new Store.Compare(
                StoreKeys.prefix(CoreV1.NAMESPACES) + namespace.key(), namespace.revision()));
  }

  /** Removes exactly {@code current}. */
  <S extends ApiObject> Written<S> remove(Call call, Resource<S> resource, Cached<S> current)
      throws InterruptedException {
    String key = current.key();
    String storeKey = StoreKeys.prefix(resource) + key;
    Store.Txn deletion =
        new Store.Txn(
            List.of(new Store.Compare(storeKey, current.revision())), List.of(), List.of(storeKey));
    Store.Outcome outcome;
    try {
      outcome = commit(call, deletion, claims.between(resource, current.record(), null));
    } catch (StoreException e) {
      throw StoreFailures.of(e);
    }
    return switch (outcome) {
      case Store.Outcome.Committed committed ->
          new Written.Done<>(current.deletedAt(committed.revision()));
      case Store.Outcome.Conflict conflict ->
          new Written.Overtaken<>(cache.read(resource, key, conflict.current()));
    };
  }
}
