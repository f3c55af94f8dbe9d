package io.tiphys.server.cache;

import java.time.Duration;

/** How much the cache keeps for how long. */
final class CacheLimits {
  /** Changes of one resource that are kept whatever their age: a client may come back tomorrow. */
  static final int MIN_HISTORY = 256;

  /** What those may hold on to, in bytes of JSON: each of some sixty resources has its own. */
  static final long MIN_HISTORY_BYTES = 1 << 20;

  /** Changes kept at most: some 30 s of the fastest writer measured. */
  static final int MAX_HISTORY = 10_000;

  /**
   * What they may hold on to, in bytes of JSON: as many pods as above. In the heap a version takes
   * about three times its JSON, so that a resource of large objects costs 50 MB of 2 GB at most.
   */
  static final long MAX_HISTORY_BYTES = 16 << 20;

  /** Upstream's eventFreshDuration: a client that lists slowly can still watch from its list. */
  static final Duration FRESH = Duration.ofSeconds(75);

  /** Changes that may wait for one watcher; a slower one must list again. */
  static final int WATCH_BUFFER = 4096;

  /** Upstream's period of bookmarks. */
  static final Duration BOOKMARK_PERIOD = Duration.ofMinutes(1);

  /** Upstream's blockTimeout: how long a read waits for a revision it has heard of. */
  static final Duration FRESHNESS_TIMEOUT = Duration.ofSeconds(3);

  /**
   * How long a resource that is newly served may take to be read: half a million objects that a
   * definition finds when it comes back.
   */
  static final Duration FILL_TIMEOUT = Duration.ofSeconds(30);

  /** How long progress is awaited before the store is asked for it: events come sooner. */
  static final Duration PROGRESS_PATIENCE = Duration.ofMillis(100);

  /** Entries read from the store at once when the cache is filled. */
  static final int FILL_PAGE = 5_000;

  private CacheLimits() {}
}
