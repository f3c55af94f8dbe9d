package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.client.node.NodeApi;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.server.streams.CommandStreams.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes between a client and a process in a container, then says how the process ended.
 *
 * <p>A client that goes, which is how versions before 5 end standard input, kills nothing: all that
 * it sent is still fed, then comes the end of the file. An executed process runs on, and what it
 * says is dropped so that no full pipe stops it; an attached one is left alone. Checked against
 * upstream's cri-streaming/pkg/streaming/remotecommand/exec.go and attach.go, whose request's
 * context is not cancelled once the connection is hijacked.
 *
 * <p>Pipes hold their thread in the kernel, and a virtual thread its carrier with it, of which
 * there are 256: what touches the process's streams runs on platform threads.
 */
final class CommandSession {
  private static final Logger LOG = System.getLogger(CommandSession.class.getName());

  /** One frame's worth, as kubectl itself copies. */
  private static final int COPY_BYTES = 32 * 1024;

  private final NodeApi.Session process;
  private final Purpose purpose;
  private final Runnable ended;
  private final CountDownLatch inputOver = new CountDownLatch(1);
  private volatile boolean clientGone;

  /** What the client came for. */
  enum Purpose {
    /** To run a process: it is the session's own, and its exit code is told. */
    EXEC,
    /** To join a process: the session ends with the client, and well whatever became of it. */
    ATTACH
  }

  /**
   * @param ended run once, when the session is over and holds nothing any more
   */
  CommandSession(NodeApi.Session process, Purpose purpose, Runnable ended) {
    this.process = process;
    this.purpose = purpose;
    this.ended = ended;
  }

  /** Runs the session on a thread of its own once the client's streams are there. */
  void start(CommandStreams client) {
    Thread.ofVirtual().name("session").start(() -> run(client));
  }

  /** The client has gone before its streams were there: it never learns of the process. */
  void abandoned() {
    Thread.ofVirtual()
        .name("session-end")
        .start(
            () -> {
              process.close();
              ended.run();
            });
  }

  /** The client has gone. */
  void clientGone() {
    clientGone = true;
    if (purpose == Purpose.ATTACH) {
      Thread.ofVirtual().name("session-end").start(this::leave);
    }
  }

  private void leave() {
    try {
      inputOver.await();
      process.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(CommandStreams client) {
    try (process) {
      report(client, carry(client));
    } catch (ApiFailure failure) {
      report(client, Outcome.of(failure));
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "session failed", e);
      report(
          client,
          Outcome.of(
              ApiFailure.internalError("error executing command in container: " + e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      client.close().run();
      ended.run();
    }
  }

  private Outcome carry(CommandStreams client) throws InterruptedException {
    SubStream stdin = client.subStream(Kind.STDIN);
    if (stdin != null) {
      onPlatformThread("stdin", () -> feed(stdin));
    } else {
      inputOver.countDown();
    }
    SubStream resize = client.subStream(Kind.RESIZE);
    if (resize != null) {
      Thread.ofVirtual().name("resize").start(() -> follow(resize));
    }
    Thread out = drain(client.subStream(Kind.STDOUT), process.stdout());
    Thread err = drain(client.subStream(Kind.STDERR), process.stderr());
    out.join();
    err.join();
    if (purpose == Purpose.ATTACH) {
      if (!clientGone) {
        process.waitFor();
      }
      return Outcome.SUCCESS;
    }
    int exitCode = process.waitFor();
    return exitCode == 0 ? Outcome.SUCCESS : Outcome.exited(exitCode);
  }

  private static Thread onPlatformThread(String name, Runnable task) {
    return Thread.ofPlatform().daemon().name(name).start(task);
  }

  private void feed(SubStream stdin) {
    try (OutputStream into = process.stdin();
        InputStream from = stdin.input()) {
      copy(from, into);
    } catch (IOException | UncheckedIOException e) {
      // The process has closed its input; what the client still types is dropped.
      LOG.log(Level.TRACE, "stdin ended", e);
    } finally {
      inputOver.countDown();
    }
  }

  private Thread drain(@Nullable SubStream subStream, InputStream output) {
    return onPlatformThread(
        "output",
        () -> {
          try (InputStream from = output) {
            if (subStream != null && !passOn(from, subStream.output()) && purpose == Purpose.EXEC) {
              from.transferTo(OutputStream.nullOutputStream());
            }
          } catch (IOException | UncheckedIOException e) {
            LOG.log(Level.TRACE, "output ended", e);
          }
        });
  }

  /** Copies to the client; false when the client takes no more. */
  private static boolean passOn(InputStream from, OutputStream client) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      try {
        client.write(buffer, 0, count);
      } catch (IOException e) {
        LOG.log(Level.TRACE, "the client takes no more", e);
        return false;
      }
    }
    return true;
  }

  private static void copy(InputStream from, OutputStream into) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      into.write(buffer, 0, count);
      into.flush();
    }
  }

  private void follow(SubStream resize) {
    try (InputStream sizes = resize.input()) {
      StringBuilder text = new StringBuilder();
      for (int next = sizes.read(); next >= 0; next = sizes.read()) {
        text.append((char) next);
        // Sizes are flat objects, one behind the other: a brace ends each.
        if (next == '}') {
          resize(text.toString());
          text.setLength(0);
        } else if (text.length() > COPY_BYTES) {
          return;
        }
      }
    } catch (IOException | CodecException e) {
      LOG.log(Level.DEBUG, "resizing ended: {0}", e.getMessage());
    }
  }

  private void resize(String text) {
    if (JsonReader.of(text.strip().getBytes(UTF_8)).readTree() instanceof Json.Obj size
        && size.get("Width") instanceof Json.Int width
        && size.get("Height") instanceof Json.Int height
        && width.value() > 0
        && height.value() > 0) {
      process.resize((int) width.value(), (int) height.value());
    }
  }

  private static void report(CommandStreams client, Outcome outcome) {
    SubStream error = client.subStream(Kind.ERROR);
    if (error == null) {
      return;
    }
    try {
      byte[] text = client.statusAsJson() ? outcome.json() : outcome.text();
      if (text.length > 0) {
        error.output().write(text);
      }
      for (SubStream subStream : client.subStreams().values()) {
        subStream.output().close();
      }
    } catch (IOException e) {
      LOG.log(Level.TRACE, "nobody to report to", e);
    }
  }
}
