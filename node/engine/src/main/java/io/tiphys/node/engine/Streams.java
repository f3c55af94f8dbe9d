package io.tiphys.node.engine;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Network;
import io.tiphys.codec.Json;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.Namespaces;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ExecSyncResponse;
import io.tiphys.node.cri.PortConnection;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import io.tiphys.node.engine.document.Writing;
import io.tiphys.node.engine.process.AttachSession;
import io.tiphys.node.engine.process.Conmon;
import io.tiphys.node.engine.process.OciRuntime;
import io.tiphys.node.engine.process.ProcessSession;
import io.tiphys.node.engine.spec.RuntimeSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Talking with what runs: exec, attach, port-forward, logs. */
final class Streams {
  /** What CRI lets an answer of ExecSync hold of each stream. */
  private static final int EXEC_SYNC_LIMIT = 16 << 20;

  /** conmon reopens a log within a millisecond of being told. */
  private static final Duration REOPEN_PATIENCE = Duration.ofSeconds(5);

  private static final Duration REOPEN_PAUSE = Duration.ofMillis(2);

  /** A loopback interface answers at once; who listens may be slow to accept. */
  private static final Duration CONNECT_PATIENCE = Duration.ofSeconds(30);

  private final Conmon conmon;
  private final OciRuntime runtime;
  private final Network network;
  private final Clock clock;
  private final Identity identity;

  Streams(Conmon conmon, OciRuntime runtime, Network network, Clock clock, Identity identity) {
    this.network = network;
    this.conmon = conmon;
    this.runtime = runtime;
    this.clock = clock;
    this.identity = identity;
  }

  private static void requireRunning(Container container) {
    if (!(container.life() instanceof Life.Running)) {
      throw new CriException(
          CriException.Code.FAILED_PRECONDITION,
          "container \"%s\" is in %s state".formatted(container.id(), container.state()));
    }
  }

  StreamingSession exec(Container container, List<String> cmd, StdioOptions stdio) {
    if (cmd.isEmpty()) {
      throw CriException.invalid("no command to execute");
    }
    requireRunning(container);
    Path folder = container.folder().resolve("exec-" + identity.next());
    try {
      Files.createDirectory(folder);
      if (stdio.tty()) {
        Files.write(
            folder.resolve("process.json"),
            text(RuntimeSpec.exec(Containers.spec(container.folder()), cmd, true)));
        return conmon.execOnTerminal(container.id(), folder, stdio, () -> FileTree.delete(folder));
      }
      ProcessSession session = runtime.exec(container.id(), cmd, stdio, folder);
      return new Cleaned(session, () -> FileTree.delete(folder));
    } catch (IOException e) {
      FileTree.delete(folder);
      throw new CriException(
          CriException.Code.INTERNAL, "failed to exec in container: " + e.getMessage(), e);
    }
  }

  private static byte[] text(Json.Obj object) {
    Writing writing = Writing.object();
    object.members().forEach(writing::put);
    return writing.bytes();
  }

  ExecSyncResponse execSync(Container container, List<String> cmd, Duration timeout) {
    StdioOptions stdio = new StdioOptions(false, true, true, false);
    AtomicBoolean late = new AtomicBoolean();
    try (StreamingSession session = exec(container, cmd, stdio)) {
      boolean limited = timeout.isPositive();
      Runnable kill = session::close;
      Clock.Timer timer =
          limited
              ? clock.schedule(
                  timeout,
                  () -> {
                    late.set(true);
                    kill.run();
                  })
              : () -> {};
      try {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Thread errors = collecting(session.stderr(), err);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        collecting(session.stdout(), out).join();
        errors.join();
        int code = session.waitFor();
        if (late.get()) {
          throw new CriException(
              CriException.Code.DEADLINE_EXCEEDED,
              "failed to exec in container: timeout %s exceeded: context deadline exceeded"
                  .formatted(seconds(timeout)));
        }
        return new ExecSyncResponse(out.toByteArray(), err.toByteArray(), code);
      } finally {
        timer.cancel();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
    }
  }

  /** As Go prints a duration of whole seconds. */
  private static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }

  /** Reading a pipe holds its thread in the kernel, so it is a platform thread. */
  private static Thread collecting(InputStream from, ByteArrayOutputStream into) {
    return Thread.ofPlatform().daemon().name("exec-output").start(() -> collect(from, into));
  }

  /** Keeps what fits and reads on, so that the command is not held up. */
  private static void collect(InputStream from, ByteArrayOutputStream into) {
    byte[] buffer = new byte[1 << 13];
    try {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        into.write(buffer, 0, Math.min(read, EXEC_SYNC_LIMIT - into.size()));
      }
    } catch (IOException e) {
      // The command was killed: what it said until then is what there is.
    }
  }

  StreamingSession attach(Container container, StdioOptions stdio) {
    requireRunning(container);
    return conmon.attach(container.folder(), stdio, container::awaitExit);
  }

  PortConnection portForward(Sandbox sandbox, int port) {
    if (!sandbox.isReady()) {
      throw new CriException(
          CriException.Code.FAILED_PRECONDITION,
          "sandbox \"%s\" is not running".formatted(sandbox.id()));
    }
    if (sandbox.hostNetwork()) {
      return connect(port);
    }
    // A socket belongs for good to the namespace it was made in.
    return Namespaces.inNetwork(sandbox.networkPin(), () -> connect(port));
  }

  private PortConnection connect(int port) {
    try {
      return new ForwardedPort(network.connect("127.0.0.1", port, CONNECT_PATIENCE));
    } catch (IOException e) {
      try {
        return new ForwardedPort(network.connect("::1", port, CONNECT_PATIENCE));
      } catch (IOException second) {
        // The JVM, or the machine, may know IPv4 only.
        throw new CriException(
            CriException.Code.UNAVAILABLE,
            "failed to connect to localhost:%d inside namespace: %s"
                .formatted(port, e.getMessage()),
            e);
      }
    }
  }

  void reopenLog(Container container) {
    requireRunning(container);
    if (container.record().logPath().isEmpty()) {
      return;
    }
    Path log = Path.of(container.record().logPath());
    AttachSession.control(container.folder(), "2 0 0\n");
    long deadline = clock.nanoTime() + REOPEN_PATIENCE.toNanos();
    try {
      while (!Files.exists(log)) {
        if (clock.nanoTime() > deadline) {
          throw new CriException(
              CriException.Code.DEADLINE_EXCEEDED, "the log was not opened anew: " + log);
        }
        clock.sleep(REOPEN_PAUSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
    }
  }
}
