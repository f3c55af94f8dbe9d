package io.tiphys.node.engine;

import io.tiphys.base.Clock;
import io.tiphys.base.files.AtomicFile;
import io.tiphys.linux.ExitWatcher;
import io.tiphys.linux.Signals;
import io.tiphys.node.cri.ContainerEventType;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.document.Writing;
import io.tiphys.node.engine.process.Conmon;
import io.tiphys.node.engine.process.OciRuntime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The lives of containers: starting, ending, taking over.
 *
 * <p>The one sign of an end is the end of its conmon, which is watched by a pidfd; what the end was
 * lies then in the folder. So an end that came while nobody watched is found in the same way.
 */
final class Lives {
  private static final System.Logger LOG = System.getLogger(Lives.class.getName());

  /** SIGKILL works at once unless the kernel holds the process, in a broken mount for example. */
  private static final Duration KILL_PATIENCE = Duration.ofSeconds(30);

  private static final int UNKNOWN_EXIT_CODE = 255;

  /** What containerd gives a container that could not be started. */
  private static final int START_ERROR_EXIT_CODE = 128;

  private final Containers containers;
  private final Conmon conmon;
  private final OciRuntime runtime;
  private final ExitWatcher exits;
  private final Clock clock;
  private final Identity identity;
  private final Announcer announcer;

  /** Who wants to know what happens. */
  interface Announcer {
    void happened(ContainerEventType type, Container container);
  }

  /** Whom it works with. */
  record VerbContext(Containers containers, Conmon conmon, OciRuntime runtime, ExitWatcher exits) {}

  Lives(VerbContext context, Clock clock, Identity identity, Announcer announcer) {
    this.containers = context.containers;
    this.conmon = context.conmon;
    this.runtime = context.runtime;
    this.exits = context.exits;
    this.clock = clock;
    this.identity = identity;
    this.announcer = announcer;
  }

  /** Takes over what a former life left. */
  void adopt() throws IOException {
    Files.createDirectories(containers.root());
    try (Stream<Path> folders = Files.list(containers.root())) {
      for (Path folder : folders.toList()) {
        try {
          adopt(folder);
        } catch (IOException | RuntimeException e) {
          LOG.log(System.Logger.Level.WARNING, "cleared away a broken container: " + folder, e);
          Containers.destroy(folder);
        }
      }
    }
  }

  private void adopt(Path folder) throws IOException {
    if (!Files.exists(folder.resolve("config.json"))) {
      Containers.destroy(folder);
      return;
    }
    ContainerRecord record =
        Records.readContainer(Document.parse(Files.readAllBytes(folder.resolve("container.json"))));
    Container container =
        new Container(record, folder, Containers.user(folder), new Life.Created());
    containers.add(container);
    Path resources = folder.resolve("resources.json");
    if (Files.exists(resources)) {
      container.setResources(Records.readResources(Document.parse(Files.readAllBytes(resources))));
    }
    boolean sameBoot = record.bootId().equals(identity.bootId());
    if (Files.exists(folder.resolve("failed.json"))) {
      Document failed = Document.parse(Files.readAllBytes(folder.resolve("failed.json")));
      container.setLife(startError(Instant.parse(failed.text("at")), failed.text("message")));
    } else if (Files.exists(folder.resolve("started.json"))) {
      adoptStarted(container, sameBoot);
    } else if (Files.exists(folder.resolve("conmon.pid")) || !sameBoot) {
      failStart(container, "the engine ended while starting it");
    }
  }

  private void adoptStarted(Container container, boolean sameBoot) throws IOException {
    Document started =
        Document.parse(Files.readAllBytes(container.folder().resolve("started.json")));
    Life.Running running =
        new Life.Running(
            (int) started.number("pid"),
            (int) started.number("conmonPid"),
            Instant.parse(started.text("at")));
    container.setLife(running);
    boolean alive = sameBoot && isConmonOf(running.conmonPid(), container.id());
    if (!alive) {
      ended(container, running, sameBoot);
      return;
    }
    exits.watch(running.conmonPid(), () -> ended(container, running, true));
    if (runtime.awaitsStart(container.id())) {
      runtime.start(container.id());
    }
  }

  /** A process number may belong to someone else by now. */
  static boolean isConmonOf(int pid, String containerId) {
    try {
      String command =
          Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
      return command.contains("conmon") && command.contains(containerId);
    } catch (IOException e) {
      return false;
    }
  }

  void start(Container container) {
    container.lock.lock();
    try {
      if (!(container.life() instanceof Life.Created)) {
        throw new CriException(
            CriException.Code.FAILED_PRECONDITION,
            "container \"%s\" is in %s state".formatted(container.id(), container.state()));
      }
      try {
        run(container);
      } catch (IOException | RuntimeException e) {
        failStart(container, String.valueOf(e.getMessage()));
        throw e instanceof CriException failure
            ? failure
            : new CriException(
                CriException.Code.INTERNAL, "failed to start container: " + e.getMessage(), e);
      }
      // Under the lock, so that it is told before the end, however soon that comes.
      announcer.happened(ContainerEventType.CONTAINER_STARTED_EVENT, container);
    } finally {
      container.lock.unlock();
    }
  }

  private void run(Container container) throws IOException {
    ContainerRecord record = container.record();
    Conmon.Started started =
        conmon.create(
            new Conmon.Start(
                container.id(),
                container.folder(),
                record.logPath(),
                record.config().tty(),
                record.config().stdin(),
                record.config().stdinOnce()));
    Instant now = clock.now();
    // Before it runs: whoever comes after a crash from here on finds it running, and starts it.
    AtomicFile.writeUnsynced(
        container.folder().resolve("started.json"),
        Writing.object()
            .put("pid", started.pid())
            .put("conmonPid", started.conmonPid())
            .put("at", now.toString())
            .bytes());
    runtime.start(container.id());
    Life.Running running = new Life.Running(started.pid(), started.conmonPid(), now);
    container.setLife(running);
    exits.watch(started.conmonPid(), () -> ended(container, running, true));
  }

  /** Clears away what a failed start left and remembers why. */
  private void failStart(Container container, String message) {
    Instant now = clock.now();
    Path folder = container.folder();
    try {
      Path pid = folder.resolve("conmon.pid");
      if (Files.exists(pid)) {
        int conmonPid = Conmon.conmonPid(folder);
        if (isConmonOf(conmonPid, container.id())) {
          Signals.send(conmonPid, Signals.SIGKILL);
        }
      }
      runtime.forget(container.id(), container.record().cgroup());
      Files.deleteIfExists(folder.resolve("started.json"));
      AtomicFile.writeUnsynced(
          folder.resolve("failed.json"),
          Writing.object().put("message", message).put("at", now.toString()).bytes());
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "a failed start is not cleared away", e);
    }
    container.setLife(startError(now, message));
  }

  private static Life.Exited startError(Instant at, String message) {
    return new Life.Exited(Optional.empty(), at, START_ERROR_EXIT_CODE, "StartError", message);
  }

  /** Its conmon has ended. */
  private void ended(Container container, Life.Running running, boolean sameBoot) {
    container.lock.lock();
    try {
      if (!container.life().equals(running)) {
        return;
      }
      Path exit = container.folder().resolve("exit");
      if (!Files.exists(exit) && sameBoot) {
        // Nobody holds its streams any more: it cannot go on.
        runtime.kill(running.pid(), container.record().cgroup(), false);
      }
      container.setLife(end(container.folder(), running));
      announcer.happened(ContainerEventType.CONTAINER_STOPPED_EVENT, container);
      runtime.forget(container.id(), container.record().cgroup());
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "container " + container.id() + " is not cleared", e);
    } finally {
      container.lock.unlock();
    }
  }

  private Life.Exited end(Path folder, Life.Running running) {
    Path exit = folder.resolve("exit");
    Optional<Instant> startedAt = Optional.of(running.startedAt());
    try {
      int code = Integer.parseInt(Files.readString(exit).strip());
      Instant finishedAt = Files.getLastModifiedTime(exit).toInstant();
      String reason =
          Files.exists(folder.resolve("oom")) ? "OOMKilled" : code == 0 ? "Completed" : "Error";
      return new Life.Exited(startedAt, finishedAt, code, reason, "");
    } catch (IOException | NumberFormatException e) {
      return new Life.Exited(
          startedAt,
          clock.now(),
          UNKNOWN_EXIT_CODE,
          "Unknown",
          "its monitor ended without an exit code");
    }
  }

  void stop(Container container, Duration timeout) {
    if (!(container.life() instanceof Life.Running running)) {
      return;
    }
    try {
      if (!timeout.isZero() && !timeout.isNegative()) {
        Signals.send(running.pid(), StopSignals.number(container.record().stopSignal()));
        if (container.awaitExit(timeout)) {
          return;
        }
      }
      ContainerRecord record = container.record();
      runtime.kill(running.pid(), record.cgroup(), record.ownPidNamespace());
      if (!container.awaitExit(KILL_PATIENCE)) {
        throw new CriException(
            CriException.Code.DEADLINE_EXCEEDED,
            "container \"%s\" does not die of SIGKILL".formatted(container.id()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
    }
  }

  /** Removes a container, running or not. */
  void remove(Container container) {
    boolean removed = false;
    while (!removed) {
      stop(container, Duration.ZERO);
      container.lock.lock();
      try {
        // A start may have come between.
        if (!(container.life() instanceof Life.Running)) {
          containers.remove(container);
          removed = true;
        }
      } finally {
        container.lock.unlock();
      }
    }
    announcer.happened(ContainerEventType.CONTAINER_DELETED_EVENT, container);
  }

  /** Stops several at once. */
  void stopAll(List<Container> all) {
    List<Thread> threads =
        all.stream()
            .map(c -> Thread.ofVirtual().name("stop").start(() -> stop(c, Duration.ZERO)))
            .toList();
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // Whoever could not be stopped says so now.
    all.forEach(c -> stop(c, Duration.ZERO));
  }
}
