package io.tiphys.node.engine;

import io.tiphys.base.Clock;
import io.tiphys.linux.Cgroups;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Mounts;
import io.tiphys.linux.Signals;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.process.Conmon;
import io.tiphys.node.engine.process.PidNamespaceHolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes down an engine's whole world from its folder, without understanding it as an engine does.
 */
final class Teardown {
  /** Killed processes are gone in milliseconds; what takes longer hangs in the kernel. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration PAUSE = Duration.ofMillis(10);

  private final EngineConfig config;
  private final SandboxNetwork network;
  private final Clock clock;
  private final Cgroups cgroups;

  Teardown(EngineConfig config, Engine.Dependencies dependencies, Cgroups cgroups) {
    this.config = config;
    this.network = dependencies.network();
    this.clock = dependencies.clock();
    this.cgroups = cgroups;
  }

  void run() throws IOException {
    List<Path> containers = Engine.folders(config.containers());
    List<Path> sandboxes = Engine.folders(config.sandboxes());
    List<String> cgroupsOfContainers = new ArrayList<>();
    for (Path container : containers) {
      cgroupsOfContainers.add(text(container.resolve("container.json"), "cgroup"));
    }
    cgroupsOfContainers.removeIf(String::isEmpty);
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    while (kill(containers, cgroupsOfContainers) && clock.nanoTime() < deadline) {
      pause();
    }
    for (Path sandbox : sandboxes) {
      String id = sandbox.getFileName().toString();
      network.detach(id);
      new PidNamespaceHolder(sandbox, id).end();
    }
    Mounts.detachTree(config.root());
    removeCgroups(cgroupsOfContainers, sandboxes);
  }

  /** Kills all there is; whether there was any. */
  private boolean kill(List<Path> containers, List<String> cgroupsOfContainers) {
    int killed = 0;
    for (String cgroup : cgroupsOfContainers) {
      killed += cgroups.killAll(cgroup);
    }
    for (Path container : containers) {
      try {
        int conmon = Conmon.conmonPid(container);
        if (Lives.isConmonOf(conmon, container.getFileName().toString())) {
          Signals.send(conmon, Signals.SIGKILL);
          killed++;
        }
      } catch (IOException e) {
        // It has none.
      }
    }
    return killed > 0;
  }

  private void pause() {
    try {
      clock.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void removeCgroups(List<String> ofContainers, List<Path> sandboxes) throws IOException {
    for (String cgroup : ofContainers) {
      try {
        cgroups.delete(cgroup);
      } catch (LinuxFailure e) {
        throw new IOException("processes of a container do not die: " + e.getMessage(), e);
      }
    }
    for (Path sandbox : sandboxes) {
      CgroupParents.remove(cgroups, text(sandbox.resolve("sandbox.json"), "cgroup"));
    }
    new CgroupParents(config.cgroupParents()).removeAll(cgroups);
  }

  private static String text(Path file, String name) {
    try {
      return Document.parse(Files.readAllBytes(file)).text(name);
    } catch (IOException e) {
      return ""; // Never finished: it has none.
    }
  }
}
