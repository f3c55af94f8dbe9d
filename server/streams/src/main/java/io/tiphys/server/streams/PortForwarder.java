package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import io.tiphys.client.node.NodeApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Carries forwarded connections of one session into a pod. Checked against upstream's
 * cri-streaming/pkg/streaming/portforward/httpstream.go.
 */
final class PortForwarder {
  private static final Logger LOG = System.getLogger(PortForwarder.class.getName());

  /** As kubectl copies. */
  private static final int COPY_BYTES = 32 * 1024;

  /**
   * How long a connection outlives its client: enough for a slow pod to take the quarter of a
   * megabyte that may still wait for it.
   */
  private static final Duration LINGER = Duration.ofSeconds(30);

  private final NodeApi node;
  private final String namespace;
  private final String pod;
  private final Clock clock;
  private final Set<NodeApi.Connection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean clientGone;

  PortForwarder(NodeApi node, String namespace, String pod, Clock clock) {
    this.clock = clock;
    this.node = node;
    this.namespace = namespace;
    this.pod = pod;
  }

  /**
   * Connects to the port and copies both ways until both sides have ended.
   *
   * @param error where the client learns why it failed
   * @param done run when both lanes are finished
   */
  void forward(int port, SubStream data, SubStream error, Runnable done) {
    Thread.ofVirtual()
        .name("port-forward")
        .start(
            () -> {
              try {
                carry(port, data, error);
              } finally {
                done.run();
              }
            });
  }

  /** The client has gone: so do its connections, once they have passed on what it sent. */
  void clientGone() {
    clientGone = true;
    open.forEach(this::closeLater);
  }

  private void closeLater(NodeApi.Connection connection) {
    clock.schedule(
        LINGER, () -> Thread.ofVirtual().name("port-forward-end").start(connection::close));
  }

  private void carry(int port, SubStream data, SubStream error) {
    try (NodeApi.Connection connection = node.portForward(namespace, pod, port)) {
      open.add(connection);
      if (clientGone) {
        closeLater(connection);
      }
      try {
        Thread up =
            Thread.ofVirtual()
                .name("port-forward-up")
                .start(() -> pass(data.input(), connection.output()));
        if (passDown(connection.input(), data.output())) {
          error.output().close();
        }
        up.join();
      } finally {
        open.remove(connection);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ApiFailure | IOException | UncheckedIOException e) {
      refuse(port, data, error, e);
    }
  }

  private void refuse(int port, SubStream data, SubStream error, Exception cause) {
    String message =
        "error forwarding port %d to pod %s, uid : %s".formatted(port, pod, cause.getMessage());
    LOG.log(Level.DEBUG, message);
    try {
      error.output().write(message.getBytes(UTF_8));
      error.output().close();
      data.output().close();
    } catch (IOException e) {
      LOG.log(Level.TRACE, "nobody to tell", e);
    }
    data.incoming().close();
  }

  /** Pod to client; false when the client takes no more, and then the pod's words are dropped. */
  private static boolean passDown(InputStream from, OutputStream client) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    boolean taken = true;
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      try {
        if (taken) {
          client.write(buffer, 0, count);
        }
      } catch (IOException e) {
        LOG.log(Level.TRACE, "the client takes no more", e);
        taken = false;
      }
    }
    client.close();
    return taken;
  }

  /** Client to pod; the end of the one is the end of the other. */
  private static void pass(InputStream from, OutputStream into) {
    try (into;
        from) {
      copy(from, into);
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.TRACE, "the pod reads no more", e);
    }
  }

  private static void copy(InputStream from, OutputStream into) throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      into.write(buffer, 0, count);
      into.flush();
    }
  }
}
