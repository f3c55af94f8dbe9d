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
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes between a client and a process in a container until the process ends or the client
 * goes, then says how it ended. Checked against upstream's cri-streaming/pkg/streaming/
 * remotecommand/exec.go.
 */
final class CommandSession {
  private static final Logger LOG = System.getLogger(CommandSession.class.getName());

  /** One frame's worth, as kubectl itself copies. */
  private static final int COPY_BYTES = 32 * 1024;

  private final NodeApi.Session process;
  private final boolean reportsExitCode;

  /**
   * @param reportsExitCode exec; an attach ends well whatever became of the process
   */
  CommandSession(NodeApi.Session process, boolean reportsExitCode) {
    this.process = process;
    this.reportsExitCode = reportsExitCode;
  }

  /** Runs the session on a thread of its own once the client's streams are there. */
  void start(CommandStreams client) {
    Thread.ofVirtual().name("session").start(() -> run(client));
  }

  /** The client has gone: nobody is left to run for. */
  void clientGone() {
    Thread.ofVirtual().name("session-end").start(process::close);
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
    }
  }

  private Outcome carry(CommandStreams client) throws InterruptedException {
    Lane stdin = client.lane(Kind.STDIN);
    if (stdin != null) {
      Thread.ofVirtual().name("stdin").start(() -> feed(stdin));
    }
    Lane resize = client.lane(Kind.RESIZE);
    if (resize != null) {
      Thread.ofVirtual().name("resize").start(() -> follow(resize));
    }
    Thread out = drain(client.lane(Kind.STDOUT), process.stdout());
    Thread err = drain(client.lane(Kind.STDERR), process.stderr());
    out.join();
    err.join();
    int exitCode = process.waitFor();
    return reportsExitCode && exitCode != 0 ? Outcome.exited(exitCode) : Outcome.SUCCESS;
  }

  private void feed(Lane stdin) {
    try (OutputStream into = process.stdin();
        InputStream from = stdin.input()) {
      copy(from, into);
    } catch (IOException | UncheckedIOException e) {
      // The process has closed its input; what the client still types is dropped.
      LOG.log(Level.TRACE, "stdin ended", e);
    }
  }

  private static Thread drain(@Nullable Lane lane, InputStream output) {
    return Thread.ofVirtual()
        .name("output")
        .start(
            () -> {
              try (InputStream from = output) {
                if (lane != null) {
                  copy(from, lane.output());
                }
              } catch (IOException | UncheckedIOException e) {
                LOG.log(Level.TRACE, "output ended", e);
              }
            });
  }

  private static void copy(InputStream from, OutputStream into) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      into.write(buffer, 0, count);
      into.flush();
    }
  }

  private void follow(Lane resize) {
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
    Lane error = client.lane(Kind.ERROR);
    if (error == null) {
      return;
    }
    try {
      byte[] text = client.statusAsJson() ? outcome.json() : outcome.text();
      if (text.length > 0) {
        error.output().write(text);
      }
      for (Lane lane : client.lanes().values()) {
        lane.output().close();
      }
    } catch (IOException e) {
      LOG.log(Level.TRACE, "nobody to report to", e);
    }
  }
}
