package io.tiphys.simulation;

import java.util.random.RandomGenerator;

/** What goes wrong now; {@link Chaos} turns it on and off. Fields are read at every call. */
final class Faults {
  /** The share of requests that never arrive. */
  double lostRequests;

  /** The share of requests that are carried out and whose answer is lost. */
  double lostAnswers;

  /** The share of watch events after which the connection breaks. */
  double brokenWatches;

  /** Watch events are this many milliseconds late, at most. */
  int watchDelayMillis = 2;

  /** Requests and answers take this many milliseconds, at most. */
  int latencyMillis = 2;

  /** The share of writes that the store refuses: 1 for a full disk. */
  double refusedWrites;

  /** The share of writes that are done and reported as failed. */
  double doubtfulWrites;

  /** The share of times at which the store's own watch breaks. */
  double brokenFeeds;

  /** Everything is well again. */
  void clear() {
    lostRequests = 0;
    lostAnswers = 0;
    brokenWatches = 0;
    watchDelayMillis = 2;
    latencyMillis = 2;
    refusedWrites = 0;
    doubtfulWrites = 0;
    brokenFeeds = 0;
  }

  static boolean strikes(double share, RandomGenerator random) {
    return share > 0 && random.nextDouble() < share;
  }
}
