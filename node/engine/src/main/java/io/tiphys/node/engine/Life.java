package io.tiphys.node.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a container is in its life.
 *
 * <pre>
 * Created → Running → Exited
 *       └─────────────↗       (could not be started)
 * </pre>
 */
sealed interface Life {
  /** Prepared; nothing runs. */
  record Created() implements Life {}

  /**
   * @param pid the container's first process
   * @param conmonPid its monitor
   */
  record Running(int pid, int conmonPid, Instant startedAt) implements Life {}

  /**
   * @param startedAt empty if it never ran
   */
  record Exited(
      Optional<Instant> startedAt, Instant finishedAt, int exitCode, String reason, String message)
      implements Life {}
}
