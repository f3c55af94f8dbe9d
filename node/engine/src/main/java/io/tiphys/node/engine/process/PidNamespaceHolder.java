package io.tiphys.node.engine.process;

import io.tiphys.base.Clock;
import io.tiphys.base.files.AtomicFile;
import io.tiphys.base.machine.Processes;
import io.tiphys.linux.Signals;
import io.tiphys.node.cri.CriException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The first process of a pid namespace that a whole pod shares. Every other namespace a file can
 * hold; this one ends with its first process, so there has to be one: a shell that sleeps, and
 * buries the children that others leave it. In a session of its own, it outlives this process.
 */
public final class PidNamespaceHolder {
  private static final String SLEEP = "while :; do sleep 2147483647; done";

  /** Forking once takes a millisecond. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(1);

  private final Path folder;
  private final String name;

  /**
   * @param folder where its process number is noted
   */
  public PidNamespaceHolder(Path folder, String sandboxId) {
    this.folder = folder;
    this.name = "keeper-" + sandboxId;
  }

  /** Makes the namespace and its first process. */
  public void start(Processes processes, Clock clock) throws IOException {
    Process parent =
        processes.start(
            Processes.Command.of(
                List.of("setsid", "unshare", "--pid", "--fork", "/bin/sh", "-c", SLEEP, name),
                Processes.Stream.NO_INPUT,
                Processes.Stream.NO_OUTPUT,
                Processes.Stream.NO_ERRORS));
    Path children = Path.of("/proc/%1$d/task/%1$d/children".formatted(parent.pid()));
    long deadline = clock.nanoTime() + PATIENCE.toNanos();
    try {
      String child = "";
      while (child.isEmpty()) {
        if (!parent.isAlive() || clock.nanoTime() > deadline) {
          throw new IOException("the first process of a pid namespace does not start");
        }
        clock.sleep(PAUSE);
        child = Files.readString(children).strip();
      }
      AtomicFile.writeUnsynced(folder.resolve("keeper"), child.getBytes(StandardCharsets.US_ASCII));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
    }
  }

  /** The process, if it is there. */
  public Optional<Integer> pid() {
    try {
      int pid = Conmon.readPid(folder.resolve("keeper"));
      String command =
          Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1);
      return command.contains(name) ? Optional.of(pid) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Ends the namespace, and with it every process in it. */
  public void end() {
    pid().ifPresent(pid -> Signals.send(pid, Signals.SIGKILL));
  }
}
