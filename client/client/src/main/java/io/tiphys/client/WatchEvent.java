package io.tiphys.client;

import io.tiphys.api.ApiFailure;

/** What a watch delivers. */
public sealed interface WatchEvent<T> {
  record Added<T>(T object) implements WatchEvent<T> {}

  record Modified<T>(T object) implements WatchEvent<T> {}

  /** The object in its last state, with the version of its deletion. */
  record Deleted<T>(T object) implements WatchEvent<T> {}

  /** Nothing changed up to this version. */
  record Bookmark<T>(String resourceVersion) implements WatchEvent<T> {}

  /** The watch is over; 410 means: list again. */
  record Failed<T>(ApiFailure failure) implements WatchEvent<T> {}
}
