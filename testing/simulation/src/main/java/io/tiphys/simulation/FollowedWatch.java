package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.simulation.runtime.SimulatedProcess;
import java.time.Duration;
import java.util.function.Consumer;

/** A watch between server and client, which tells every event once and in order. */
final class FollowedWatch<T extends ApiObject> {
  /** How often it is tried whether the network is there again. */
  private static final Duration RETRANSMISSION = Duration.ofSeconds(1);

  private final Followed<T> followed;
  private final Commits commits;
  private final Violations violations;
  private final Consumer<FollowedWatch<?>> onEnd;
  private final boolean whole;
  private long reached;

  /**
   * @param stream the server's end
   * @param remote the client's
   */
  record Followed<T extends ApiObject>(
      Resource<T> resource, WatchOptions options, WatchStream<T> stream, RemoteWatch<T> remote) {}

  FollowedWatch(
      Followed<T> followed,
      Commits commits,
      Violations violations,
      Consumer<FollowedWatch<?>> onEnd) {
    this.followed = followed;
    this.commits = commits;
    this.violations = violations;
    this.onEnd = onEnd;
    WatchOptions options = followed.options;
    whole =
        options.fieldSelector().isEmpty()
            && options.labelSelector().isEmpty()
            && commits.follows(followed.resource);
    reached = ApiEndpoint.revision(options.resourceVersion());
  }

  SimulatedProcess client() {
    return followed.remote.client();
  }

  /** Carries events over until the watch ends at either end, or the network breaks it. */
  void run(SimulatedProcess on, Faults faults, String server) {
    try (WatchStream<T> stream = followed.stream) {
      for (WatchEvent<T> event = stream.next(); event != null; event = stream.next()) {
        check(event);
        Delays.upTo(on, faults.watchDelayMillis);
        boolean held = arrives(on, faults, server);
        boolean broken =
            (held && on.random().nextBoolean())
                || Faults.strikes(faults.brokenWatches, on.random());
        if (!followed.remote.offer(event) || broken) {
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      onEnd.accept(this);
      followed.remote.end();
    }
  }

  /** Returns when the network lets it through, and whether that took long. */
  private boolean arrives(SimulatedProcess on, Faults faults, String server)
      throws InterruptedException {
    boolean held = false;
    while (faults.isCut(client().toString(), server)) {
      held = true;
      on.sleep(RETRANSMISSION);
    }
    return held;
  }

  /** What comes next is what was written next. */
  private void check(WatchEvent<T> event) {
    long now =
        switch (event) {
          case WatchEvent.Added<T>(var object) -> revision(object);
          case WatchEvent.Modified<T>(var object) -> revision(object);
          case WatchEvent.Deleted<T>(var object) -> revision(object);
          case WatchEvent.Bookmark<T> _, WatchEvent.Failed<T> _ -> 0;
        };
    if (now == 0) {
      return;
    }
    if (reached > 0) {
      long next = whole ? commits.next(followed.resource, reached) : now;
      if (now != next || now <= reached) {
        violations.add(
            "a watch of %s told %s after %d, when %d came next"
                .formatted(followed.resource, event, reached, next));
      }
    }
    reached = now;
  }

  private static long revision(ApiObject object) {
    return ApiEndpoint.revision(object.metadata().resourceVersion());
  }

  /** The server is gone. */
  void lose() {
    followed.remote.end();
  }

  /** The client ends it. */
  void close() {
    onEnd.accept(this);
    followed.stream.close();
    followed.remote.end();
  }
}
