package io.tiphys.server.resources;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.server.cache.Cache;
import io.tiphys.server.cache.Cached;
import io.tiphys.store.Store;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The only way from a {@link Validated} object into the store. */
final class Vault {
  /** etcd's --max-request-bytes, which upstream's clients know. */
  private static final int MAX_VALUE_BYTES = 3 * 512 * 1024;

  private final Store store;
  private final Cache cache;

  Vault(Store store, Cache cache) {
    this.store = store;
    this.cache = cache;
  }

  /** What became of a write. */
  sealed interface Written<S extends ApiObject> {
    record Done<S extends ApiObject>(Cached<S> object) implements Written<S> {}

    /** Someone else was first; {@code current} is what is there now, or null. */
    record Overtaken<S extends ApiObject>(@Nullable Cached<S> current) implements Written<S> {}
  }

  /**
   * Writes an object over {@code current}; where nothing changed, nothing is written.
   *
   * @param current what must still be there; null when nothing must be
   */
  <T extends ApiObject, S extends ApiObject> Written<S> write(
      Served<T, S> served, String key, Validated<T> object, @Nullable Cached<S> current) {
    S record = served.toStored(object.object(), current == null ? null : current.record());
    byte[] value = ObjectCodec.toJson(record);
    if (value.length > MAX_VALUE_BYTES) {
      throw Failures.tooLarge();
    }
    Resource<S> resource = served.cache().resource();
    if (current != null && current.isStoredAs(value)) {
      return new Written.Done<>(current);
    }
    Cache.Announced<S> announced = cache.announce(resource, key, value, record);
    Duration timeToLive = served.rules().timeToLive(object.object());
    long expected = current == null ? Store.ABSENT : current.revision();
    Store.Outcome outcome;
    try {
      outcome = store.put(Cache.keyPrefix(resource) + key, value, expected, timeToLive);
    } catch (RuntimeException e) {
      cache.withdraw(resource, announced);
      throw e;
    }
    return switch (outcome) {
      case Store.Outcome.Committed committed ->
          new Written.Done<>(announced.at(committed.revision()));
      case Store.Outcome.Conflict conflict -> {
        cache.withdraw(resource, announced);
        yield new Written.Overtaken<>(cache.read(resource, key, conflict.current()));
      }
    };
  }

  /** Removes exactly {@code current}. */
  <S extends ApiObject> Written<S> remove(Resource<S> resource, Cached<S> current) {
    String key = current.key();
    Store.Outcome outcome = store.delete(Cache.keyPrefix(resource) + key, current.revision());
    return switch (outcome) {
      case Store.Outcome.Committed committed ->
          new Written.Done<>(current.deletedAt(committed.revision()));
      case Store.Outcome.Conflict conflict ->
          new Written.Overtaken<>(cache.read(resource, key, conflict.current()));
    };
  }
}
