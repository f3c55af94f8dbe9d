package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.node.agent.logs.LogRotation;
import io.tiphys.node.cri.Container;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.RuntimeService;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Looks after the size of the logs of running containers. */
final class LogKeeper implements Lifecycle {
  private static final Logger log = System.getLogger(LogKeeper.class.getName());

  /** As upstream's containerLogMonitorInterval. */
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final ContainerFilter RUNNING =
      new ContainerFilter("", ContainerState.CONTAINER_RUNNING, "", Map.of());

  private final RuntimeService runtime;
  private final LogRotation rotation;
  private final Clock clock;
  private final Thread thread;

  LogKeeper(RuntimeService runtime, LogRotation rotation, Clock clock) {
    this.runtime = runtime;
    this.rotation = rotation;
    this.clock = clock;
    thread = Thread.ofVirtual().name("log rotation").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  @Override
  public void close() {
    thread.interrupt();
  }

  private void run() {
    try {
      while (true) {
        clock.sleep(INTERVAL);
        look();
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  /** One round. What goes wrong with one log is tried again in the next round. */
  void look() {
    for (Container container : runtime.listContainers(RUNNING)) {
      try {
        Path path = Path.of(runtime.containerStatus(container.id()).logPath());
        rotation.rotateIfLarge(path, () -> runtime.reopenContainerLog(container.id()));
      } catch (CriException | UncheckedIOException e) {
        log.log(Level.WARNING, "log of container {0}: {1}", container.id(), e.getMessage());
      }
    }
  }
}
