package io.tiphys.simulation;

import java.util.LinkedHashSet;
import java.util.Set;
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

  /** What the store tells an API server's cache is this many milliseconds late, at most. */
  int feedDelayMillis;

  /** Who cannot reach which server. */
  private final Set<Link> cut = new LinkedHashSet<>();

  private record Link(String client, String server) {}

  void cut(String client, String server) {
    cut.add(new Link(client, server));
  }

  void join(String client, String server) {
    cut.remove(new Link(client, server));
  }

  boolean isCut(String client, String server) {
    return !cut.isEmpty() && cut.contains(new Link(client, server));
  }

  /** Everything is well again, and everybody reaches everybody. */
  void end() {
    clear();
    cut.clear();
  }

  /** Everything is well again but for who is cut off. */
  void clear() {
    feedDelayMillis = 0;
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
