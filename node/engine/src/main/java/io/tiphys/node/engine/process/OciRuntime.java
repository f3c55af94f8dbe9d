package io.tiphys.node.engine.process;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Processes;
import io.tiphys.linux.Cgroups;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.LinuxFailure;
import io.tiphys.linux.Signals;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.StdioOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The OCI runtime: everything but creating, which conmon has it do. */
public final class OciRuntime {
  /** A killed process leaves its cgroup at once, unless the kernel holds it in a broken device. */
  private static final int FORGET_ATTEMPTS = 200;

  private static final Duration FORGET_PAUSE = Duration.ofMillis(10);

  /** Short commands that wait for nothing; runc takes 10 ms for them. */
  private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(30);

  private final Path program;
  private final Path root;
  private final Cgroups cgroups;
  private final Processes processes;
  private final Clock clock;

  /**
   * @param root where the runtime keeps its own notes
   */
  public OciRuntime(Path program, Path root, Cgroups cgroups, Processes processes, Clock clock) {
    this.processes = processes;
    this.program = program;
    this.root = root;
    this.cgroups = cgroups;
    this.clock = clock;
  }

  /** Whether the container was created and not yet told to run. */
  public boolean awaitsStart(String id) {
    return Files.exists(root.resolve(id).resolve("exec.fifo"));
  }

  /** Lets a created container's process run. */
  public void start(String id) throws IOException {
    run(List.of("start", id), "");
  }

  /** Changes limits; {@code resources} is OCI's {@code linux.resources}. */
  public void update(String id, byte[] resources) throws IOException {
    run(List.of("update", "--resources", "-", id), new String(resources, StandardCharsets.UTF_8));
  }

  private void run(List<String> arguments, String input) throws IOException {
    Process process =
        processes.start(
            Processes.Command.of(command(arguments), Processes.Stream.ERRORS_WITH_OUTPUT));
    Clock.Timer watchdog = clock.schedule(COMMAND_TIMEOUT, process::destroyForcibly);
    try {
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int code = process.waitFor();
      if (code != 0) {
        throw new CriException(
            CriException.Code.INTERNAL,
            "OCI runtime %s failed: %s".formatted(arguments.getFirst(), Conmon.cause(said)));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
    } finally {
      watchdog.cancel();
    }
  }

  private List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program.toString(), "--root", root.toString()));
    command.addAll(arguments);
    return command;
  }

  /** Runs a command in a running container, without a terminal. */
  public ProcessSession exec(String id, List<String> cmd, StdioOptions stdio, Path folder)
      throws IOException {
    Path pid = folder.resolve("pid");
    List<String> arguments =
        new ArrayList<>(List.of("--log", "/dev/null", "exec", "--pid-file", pid.toString(), id));
    arguments.addAll(cmd);
    return new ProcessSession(
        processes.start(new Processes.Command(command(arguments), null, noPipes(stdio))),
        stdio,
        pid);
  }

  /** A pipe that nobody reads fills up, and then the command waits for ever. */
  private static Set<Processes.Stream> noPipes(StdioOptions stdio) {
    Set<Processes.Stream> without = EnumSet.noneOf(Processes.Stream.class);
    if (!stdio.stdin()) {
      without.add(Processes.Stream.NO_INPUT);
    }
    if (!stdio.stdout()) {
      without.add(Processes.Stream.NO_OUTPUT);
    }
    if (!stdio.stderr()) {
      without.add(Processes.Stream.NO_ERRORS);
    }
    return without;
  }

  /**
   * Forgets a container whose first process has ended: kills what it left behind, removes its
   * cgroup and the runtime's notes. It is what {@code delete} does, without starting a process for
   * it.
   */
  public void forget(String id, String cgroup) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        cgroups.killAll(cgroup);
        cgroups.delete(cgroup);
        break;
      } catch (LinuxFailure e) {
        if (attempt == FORGET_ATTEMPTS) {
          throw e;
        }
      }
      try {
        clock.sleep(FORGET_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
      }
    }
    FileTree.delete(root.resolve(id));
  }

  /** Kills every process of a container: the first one, and with it all in its pid namespace. */
  public void kill(int pid, String cgroup, boolean ownPidNamespace) {
    Signals.send(pid, Signals.SIGKILL);
    if (!ownPidNamespace) {
      cgroups.killAll(cgroup);
    }
  }
}
