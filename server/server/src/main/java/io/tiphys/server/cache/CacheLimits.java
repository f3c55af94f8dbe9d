package io.tiphys.server.cache;

import java.time.Duration;

/** How much the cache keeps for how long. */
final class CacheLimits {
  /** Changes of one resource that are kept whatever their age: a client may come back tomorrow. */
  static final int MIN_HISTORY = 256;

  /** Changes kept at most: some 30 s of the fastest writer measured, and 20 MB of pods. */
  static final int MAX_HISTORY = 10_000;

  /** Upstream's eventFreshDuration: a client that lists slowly can still watch from its list. */
  static final Duration FRESH = Duration.ofSeconds(75);

  /** Changes that may wait for one watcher; a slower one must list again. */
  static final int WATCH_BUFFER = 4096;

  /** Upstream's period of bookmarks. */
  static final Duration BOOKMARK_PERIOD = Duration.ofMinutes(1);

  /** Upstream's blockTimeout: how long a read waits for a revision it has heard of. */
  static final Duration FRESHNESS_TIMEOUT = Duration.ofSeconds(3);

  /** Entries read from the store at once when the cache is filled. */
  static final int FILL_PAGE = 5_000;

  private CacheLimits() {}
}
