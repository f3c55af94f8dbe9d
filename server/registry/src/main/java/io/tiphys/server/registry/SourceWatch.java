package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchStream;
import io.tiphys.server.cache.CacheWatch;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.CachedEvent;
import org.jspecify.annotations.Nullable;

/** A watch of the cache as the components of this process read it. */
final class SourceWatch<T extends ApiObject> implements WatchStream<T> {
  private final CacheWatch<?, T> watch;

  SourceWatch(CacheWatch<?, T> watch) {
    this.watch = watch;
  }

  @Override
  public @Nullable WatchEvent<T> next() throws InterruptedException {
    try {
      return event(watch.next());
    } catch (RuntimeException e) {
      throw Failures.of(e);
    }
  }

  private @Nullable WatchEvent<T> event(@Nullable CachedEvent<T> event) {
    return switch (event) {
      case null -> null;
      case CachedEvent.Changed<T>(CachedEvent.Kind kind, Cached<T> object) ->
          switch (kind) {
            case ADDED -> new WatchEvent.Added<>(object.record());
            case MODIFIED -> new WatchEvent.Modified<>(object.record());
            case DELETED -> new WatchEvent.Deleted<>(object.record());
          };
      case CachedEvent.Bookmark<T> bookmark ->
          new WatchEvent.Bookmark<>(Long.toString(bookmark.revision()));
    };
  }

  @Override
  public void close() {
    watch.close();
  }
}
