package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.node.agent.logs.LogRotation;
import io.tiphys.node.cri.Container;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.RuntimeService;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks after the size of the logs of running containers. */
final class ContainerLogManager implements Lifecycle {
  private static final Logger log = System.getLogger(ContainerLogManager.class.getName());

  /** As upstream's containerLogMonitorInterval. */
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final ContainerFilter RUNNING =
      new ContainerFilter("", ContainerState.CONTAINER_RUNNING, "", Map.of());

  private final RuntimeService runtime;
  private final LogRotation rotation;
  private final Clock clock;
  private final Loops loops;
  private Loops.@Nullable Loop loop;

  ContainerLogManager(RuntimeService runtime, LogRotation rotation, Clock clock, Loops loops) {
    this.runtime = runtime;
    this.rotation = rotation;
    this.clock = clock;
    this.loops = loops;
  }

  void start() {
    loop = loops.start("log-rotation", this::run);
  }

  @Override
  public void close() {
    if (loop != null) {
      loop.close();
    }
  }

  private void run() throws InterruptedException {
    while (true) {
      clock.sleep(INTERVAL);
      look();
    }
  }

  /** One round. What goes wrong with one log is tried again in the next round. */
  void look() {
    for (Container container : runtime.listContainers(RUNNING)) {
      try {
        Path path = Path.of(runtime.containerStatus(container.id()).logPath());
        rotation.rotateIfLarge(path, () -> runtime.reopenContainerLog(container.id()));
      } catch (RuntimeException e) {
        log.log(Level.WARNING, "log of container {0}: {1}", container.id(), e.getMessage());
      }
    }
  }
}
