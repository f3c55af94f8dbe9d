package io.tiphys.node.engine.process;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Processes;
import io.tiphys.linux.Signals;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import io.tiphys.node.engine.document.Document;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Starts containers under conmon, which then stays with each: it holds the streams, writes the log,
 * and writes the exit code into the container's folder when it ends. It outlives this process.
 *
 * <p>conmon tells what it has to tell on inherited file descriptors, and Java can pass on only
 * three. So a shell puts them where conmon wants them and passes on what comes, line by line. It
 * must not simply become conmon: conmon's first process ends at once to leave its child alone in
 * the world, and Java closes the pipes of a process that ended, with the child still about to
 * write.
 *
 * <pre>
 * create:  → {"data": PID} when the runtime has created the container, or {"data": -1, "message": ...}
 * exec -t: ← a byte to begin; → {"data": 0} when the attach socket is there; ← a byte to go on;
 *          → {"data": PID}; → {"data": EXIT CODE}
 * </pre>
 */
public final class Conmon {
  /** runc takes 30 ms; what takes this long hangs on something that will not come. */
  private static final Duration CREATE_TIMEOUT = Duration.ofMinutes(2);

  private static final String CREATE =
      "_OCI_SYNCPIPE=3 \"$@\" 3>&1 >&2 | { read -r line && printf '%s\\n' \"$line\"; }";

  private static final String EXEC =
      "_OCI_SYNCPIPE=3 _OCI_ATTACHPIPE=3 _OCI_STARTPIPE=5 \"$@\" 3>&1 5<&0 </dev/null >&2"
          + " | while read -r line; do printf '%s\\n' \"$line\"; done";

  private final Programs programs;
  private final Path runtimeRoot;
  private final Processes processes;
  private final Clock clock;

  public Conmon(Programs programs, Path runtimeRoot, Processes processes, Clock clock) {
    this.processes = processes;
    this.programs = programs;
    this.runtimeRoot = runtimeRoot;
    this.clock = clock;
  }

  /**
   * What to start.
   *
   * @param folder holds {@code config.json}; gets conmon's files
   * @param log empty for none
   */
  public record Start(
      String id, Path folder, String log, boolean terminal, boolean stdin, boolean stdinOnce) {}

  /** The processes of a created container. */
  public record Started(int pid, int conmonPid) {}

  /** Creates a container under a conmon of its own; it waits to be told to run. */
  public Started create(Start start) throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--persist-dir", start.folder.toString()));
    options.addAll(List.of("--log-path", start.log.isEmpty() ? "off" : "k8s-file:" + start.log));
    if (start.terminal) {
      options.add("--terminal");
    }
    if (start.stdin) {
      options.add("--stdin");
      if (!start.stdinOnce) {
        options.add("--leave-stdin-open");
      }
    }
    Process shell = launch(CREATE, start.folder, start.id, options);
    Clock.Timer watchdog = clock.schedule(CREATE_TIMEOUT, () -> abort(start.folder, shell));
    try (BufferedReader sync = shell.inputReader(StandardCharsets.UTF_8)) {
      shell.getOutputStream().close();
      int pid = (int) expect(sync, shell, start.folder);
      return new Started(pid, conmonPid(start.folder));
    } finally {
      watchdog.cancel();
    }
  }

  private static void abort(Path folder, Process shell) {
    shell.destroyForcibly();
    try {
      Signals.send(conmonPid(folder), Signals.SIGTERM);
    } catch (IOException e) {
      // It never began.
    }
  }

  private Process launch(String script, Path folder, String id, List<String> options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/bin/sh", "-c", script, "conmon", programs.conmon().toString()));
    command.addAll(List.of("--api-version", "1", "--cid", id, "--cuuid", id));
    command.addAll(List.of("--runtime", programs.runtime().toString()));
    command.addAll(List.of("--runtime-arg", "--root=" + runtimeRoot));
    command.addAll(List.of("--runtime-arg", "--log=" + folder.resolve("runtime.log")));
    command.addAll(List.of("--bundle", folder.toString(), "--full-attach"));
    command.addAll(List.of("--container-pidfile", folder.resolve("pid").toString()));
    command.addAll(List.of("--conmon-pidfile", folder.resolve("conmon.pid").toString()));
    command.addAll(List.of("--log-level", "error", "--no-sync-log"));
    command.addAll(options);
    return processes.start(Processes.Command.of(command).in(folder));
  }

  /** Reads conmon's next word: a number, or why there is none. */
  private static long expect(BufferedReader sync, Process shell, Path folder) throws IOException {
    String line = sync.readLine();
    if (line == null) {
      String error = new String(shell.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      throw new CriException(
          CriException.Code.INTERNAL,
          "conmon ended without a word" + suffix(error.strip()) + suffix(lastLog(folder)));
    }
    Document word = Document.parse(line.getBytes(StandardCharsets.UTF_8));
    long value = word.number("data");
    if (value < 0) {
      throw new CriException(
          CriException.Code.INTERNAL, "OCI runtime failed" + suffix(cause(word.text("message"))));
    }
    return value;
  }

  /** What the runtime wrote last, where conmon did not pass it on. */
  private static String lastLog(Path folder) throws IOException {
    Path log = folder.resolve("runtime.log");
    return Files.exists(log) ? cause(Files.readString(log)) : "";
  }

  private static String suffix(String reason) {
    return reason.isEmpty() ? "" : ": " + reason;
  }

  /** The last line without the log's decoration: the runtime says it twice. */
  static String cause(String stderr) {
    String last = stderr.strip().lines().reduce("", (a, b) -> b.isBlank() ? a : b);
    int msg = last.indexOf("msg=\"");
    if (last.startsWith("time=") && msg > 0 && last.endsWith("\"")) {
      return last.substring(msg + 5, last.length() - 1).replace("\\\"", "\"");
    }
    return last;
  }

  public static int conmonPid(Path folder) throws IOException {
    return readPid(folder.resolve("conmon.pid"));
  }

  static int readPid(Path file) throws IOException {
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no process number", e);
    }
  }

  /** Joins the main process of the container in {@code folder}. */
  public StreamingSession attach(Path folder, StdioOptions stdio, AttachSession.Exit exit) {
    return AttachSession.open(folder, stdio, exit, () -> {});
  }

  /**
   * Runs a process in a container on a terminal.
   *
   * @param folder of its own, with {@code process.json}; deleted by whoever closes the session
   */
  public StreamingSession execOnTerminal(
      String id, Path folder, StdioOptions stdio, Runnable onClose) throws IOException {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("--exec", "--exec-attach", "--terminal", "--log-path", "off"));
    options.addAll(List.of("--exec-process-spec", folder.resolve("process.json").toString()));
    if (stdio.stdin()) {
      options.add("--stdin");
    }
    Process shell = launch(EXEC, folder, id, options);
    BufferedReader sync = shell.inputReader(StandardCharsets.UTF_8);
    try {
      OutputStream startPipe = shell.getOutputStream();
      startPipe.write('\n');
      startPipe.flush();
      expect(sync, shell, folder);
      ExecOutcome outcome = new ExecOutcome(sync, shell, folder);
      StreamingSession session =
          AttachSession.open(
              folder,
              stdio,
              outcome,
              () -> {
                outcome.kill();
                onClose.run();
              });
      startPipe.write('\n');
      startPipe.close();
      return session;
    } catch (IOException | RuntimeException e) {
      sync.close();
      onClose.run();
      throw e;
    }
  }

  /** How an exec ends: what conmon says last on its sync pipe. */
  private static final class ExecOutcome implements AttachSession.Exit {
    private final FutureTask<Integer> code;
    private final Path folder;
    private volatile boolean over;

    ExecOutcome(BufferedReader sync, Process shell, Path folder) {
      this.folder = folder;
      code =
          new FutureTask<>(
              () -> {
                try (sync) {
                  expect(sync, shell, folder);
                  return (int) expect(sync, shell, folder);
                } finally {
                  over = true;
                }
              });
      // It waits in the kernel while the command runs, so it is a platform thread.
      Thread.ofPlatform().daemon().name("exec-outcome").start(code);
    }

    @Override
    public int await() throws InterruptedException {
      try {
        return code.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof CriException failure) {
          throw failure;
        }
        throw new CriException(CriException.Code.INTERNAL, "exec was lost", e.getCause());
      }
    }

    void kill() {
      if (!over) {
        try {
          Signals.send(readPid(folder.resolve("pid")), Signals.SIGKILL);
        } catch (IOException e) {
          // It never began.
        }
      }
    }
  }
}
