package io.tiphys.server.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.tiphys.client.node.NodeApi;
import io.tiphys.client.node.NodeApi.ContainerName;
import io.tiphys.client.node.NodeApi.StdioOptions;
import io.tiphys.server.streams.CommandSession.Purpose;
import io.tiphys.server.streams.CommandStreams.Kind;
import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class SessionsTest {
  /** More than the JVM has carriers for, with two outputs each. */
  private static final int MANY = 130;

  @Test
  void theSessionAboveTheLimitIsAskedToComeAgain() {
    try (StreamServer server = new StreamServer(new Sessions(1, 10))) {
      WebSocket first = exec(server, "sleep", "60");

      assertRefused(server);

      first.abort();
      untilAccepted(server).abort();
    }
  }

  @Test
  void processesWithoutTheirClientCountUntilTheyEnd() {
    try (StreamServer server = new StreamServer(new Sessions(10, 1))) {
      exec(server, "sleep", "1").abort();

      assertRefused(server);

      untilAccepted(server).abort();
    }
  }

  private static void assertRefused(StreamServer server) {
    assertThatThrownBy(() -> exec(server, "true"))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            refused -> assertThat(refused.getResponse().statusCode()).isEqualTo(429));
  }

  private static WebSocket untilAccepted(StreamServer server) {
    while (true) {
      try {
        return exec(server, "true");
      } catch (CompletionException e) {
        assertThat(e.getCause()).isInstanceOf(WebSocketHandshakeException.class);
      }
    }
  }

  private static WebSocket exec(StreamServer server, String... command) {
    URI uri =
        URI.create(
            "wss://127.0.0.1:%d/api/v1/namespaces/default/pods/one/exec?stdout=true&command=%s"
                .formatted(server.port(), String.join("&command=", command)));
    return server
        .client()
        .newWebSocketBuilder()
        .subprotocols("v4.channel.k8s.io")
        .buildAsync(uri, new WebSocket.Listener() {})
        .join();
  }

  @Test
  void silentProcessesHoldUpNothingElse() throws Exception {
    LocalNode node = new LocalNode();
    EmbeddedChannel channel = new EmbeddedChannel();
    List<NodeApi.Session> processes = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      NodeApi.Session process =
          node.exec(
              new ContainerName("default", "one", "main"),
              List.of("sleep", "600"),
              new StdioOptions(false, true, true, false));
      processes.add(process);
      new CommandSession(process, Purpose.EXEC, () -> {})
          .start(
              new CommandStreams(
                  Map.of(Kind.STDOUT, subStream(channel), Kind.STDERR, subStream(channel)),
                  true,
                  () -> {}));
    }
    try {
      Thread other = Thread.ofVirtual().start(() -> {});
      assertThat(other.join(Duration.ofSeconds(30))).isTrue();
    } finally {
      processes.forEach(NodeApi.Session::close);
    }
  }

  private static SubStream subStream(EmbeddedChannel channel) {
    return new SubStream(1, new Backpressure(channel), new FrameWriter(channel), new Silent());
  }

  private static final class Silent implements SubStream.Framing {
    @Override
    public Object data(int subStream, ByteBuf bytes) {
      return bytes;
    }

    @Override
    public void end(int subStream, FrameWriter frames) {}

    @Override
    public void reset(int subStream, FrameWriter frames) {}
  }
}
