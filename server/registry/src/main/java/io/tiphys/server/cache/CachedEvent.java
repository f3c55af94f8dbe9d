package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;

/** What a watch of the cache delivers. */
public sealed interface CachedEvent<T extends ApiObject> {
  /** The objects that the watch selects have changed. */
  record Changed<T extends ApiObject>(Kind kind, Cached<T> object) implements CachedEvent<T> {}

  /**
   * Everything up to {@code revision} was delivered.
   *
   * @param initialEnd the first one after the present objects, when the client asked for it
   */
  record Bookmark<T extends ApiObject>(long revision, boolean initialEnd)
      implements CachedEvent<T> {}

  /** How the selected objects changed. */
  enum Kind {
    ADDED,
    MODIFIED,
    DELETED
  }
}
