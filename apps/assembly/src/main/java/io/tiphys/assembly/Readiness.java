package io.tiphys.assembly;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import io.tiphys.base.Clock;
import io.tiphys.client.Source;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits until a cluster can do what a user does first. */
final class Readiness {
  private static final Logger log = System.getLogger(Readiness.class.getName());

  /** Long beyond what a slow disk needs; a start must not hang. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(5);

  private Readiness() {}

  /** Pods need the account that they run under. */
  static void awaitDefaultAccount(Source source, Clock clock) throws InterruptedException {
    await(
        "the default service account",
        () -> {
          source.get(CoreV1.SERVICEACCOUNTS, "default", "default");
          return true;
        },
        clock);
  }

  /** A node that is ready, or has said why it is not. */
  static void awaitNode(Source source, String name, Clock clock) throws InterruptedException {
    await(
        "node " + name,
        () -> {
          Node node = source.get(CoreV1.NODES, "", name);
          return node.status().conditions().stream().anyMatch(c -> c.type().equals("Ready"));
        },
        clock);
  }

  private static void await(String what, BooleanSupplier condition, Clock clock)
      throws InterruptedException {
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    while (!holds(condition)) {
      if (clock.nanoTime() > deadline) {
        log.log(Level.WARNING, "{0} is not there yet; going on without", what);
        return;
      }
      clock.sleep(PAUSE);
    }
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (ApiFailure e) {
      return false;
    }
  }
}
