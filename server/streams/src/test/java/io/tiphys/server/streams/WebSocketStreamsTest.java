package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The WebSocket protocols as the Java clients and browsers speak them. */
class WebSocketStreamsTest {
  private static StreamServer server;

  @BeforeAll
  static void open() {
    server = new StreamServer();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  @Test
  void version4TellsTheExitCodeAsStatus() throws Exception {
    Received received = exec("v4.channel.k8s.io", "command=sh&command=-c&command=echo+hi%3Bexit+5");

    received.closed.get(30, TimeUnit.SECONDS);
    assertThat(received.text(1)).isEqualTo("hi\n");
    assertThat(received.text(3))
        .contains("\"reason\":\"NonZeroExitCode\"")
        .contains("{\"reason\":\"ExitCode\",\"message\":\"5\"}");
  }

  @Test
  void version1TellsNothingOfSuccess() throws Exception {
    Received received = exec("channel.k8s.io", "command=echo&command=hi");

    received.closed.get(30, TimeUnit.SECONDS);
    assertThat(received.text(1)).isEqualTo("hi\n");
    assertThat(received.text(3)).isEmpty();
  }

  @Test
  void version5EndsInputByItsCloseSignal() throws Exception {
    Received received = exec("v5.channel.k8s.io", "stdin=true&command=cat");
    received.socket().sendBinary(ByteBuffer.wrap("\0typed".getBytes(US_ASCII)), true).join();
    received.socket().sendBinary(ByteBuffer.wrap(new byte[] {(byte) 255, 0}), true).join();

    received.closed.get(30, TimeUnit.SECONDS);
    assertThat(received.text(1)).isEqualTo("typed");
    assertThat(received.text(3)).contains("\"status\":\"Success\"");
  }

  @Test
  void base64CarriesTextMessages() throws Exception {
    Received received = exec("v4.base64.channel.k8s.io", "stdin=true&command=head&command=-n1");
    String line = Base64.getEncoder().encodeToString("line\n".getBytes(UTF_8));
    received.socket().sendText("0" + line, true).join();

    received.closed.get(30, TimeUnit.SECONDS);
    assertThat(received.text(1)).isEqualTo("line\n");
  }

  @Test
  void aTerminalIsResized() throws Exception {
    Received received = exec("v4.channel.k8s.io", "stdin=true&tty=true&command=head&command=-n1");
    byte[] size = "\4{\"Width\":120,\"Height\":40}".getBytes(US_ASCII);
    received.socket().sendBinary(ByteBuffer.wrap(size), true).join();
    while (server.node.sizes.isEmpty()) {
      Thread.onSpinWait();
    }
    received.socket().sendBinary(ByteBuffer.wrap("\0x\n".getBytes(US_ASCII)), true).join();

    received.closed.get(30, TimeUnit.SECONDS);
    assertThat(server.node.sizes).containsExactly("120x40");
  }

  @Test
  void anUnknownProtocolIsRefused() {
    assertThatThrownBy(() -> exec("v9.channel.k8s.io", "command=true"))
        .isInstanceOf(CompletionException.class)
        .hasStackTraceContaining("Unexpected HTTP response status code 403");
  }

  @Test
  void aLogComesAsMessages() throws Exception {
    server.node.log = () -> new ByteArrayInputStream("one\ntwo\n".getBytes(UTF_8));
    for (String protocol : List.of("", "binary.k8s.io", "base64.binary.k8s.io")) {
      Messages messages = new Messages();
      WebSocket.Builder builder = server.client().newWebSocketBuilder();
      if (!protocol.isEmpty()) {
        builder.subprotocols(protocol);
      }
      WebSocket socket =
          builder
              .buildAsync(
                  URI.create(
                      "wss://127.0.0.1:%d/api/v1/namespaces/default/pods/one/log"
                          .formatted(server.port())),
                  messages)
              .join();

      assertThat(socket.getSubprotocol()).isEqualTo(protocol);
      assertThat(messages.closed.get(30, TimeUnit.SECONDS)).isEqualTo(WebSocket.NORMAL_CLOSURE);
      String log =
          protocol.startsWith("base64")
              ? new String(Base64.getDecoder().decode(messages.text.toString()), UTF_8)
              : messages.binary.toString(UTF_8);
      assertThat(log).as(protocol).isEqualTo("one\ntwo\n");
      assertThat(messages.count).as("the first message is empty").isEqualTo(2);
    }
  }

  @Test
  void aLogThatCannotBeReadIsAnOrdinaryAnswer() {
    WebSocket.Builder builder = server.client().newWebSocketBuilder();
    URI uri =
        URI.create(
            "wss://127.0.0.1:%d/api/v1/namespaces/default/pods/one/log?stream=Stderr"
                .formatted(server.port()));

    assertThatThrownBy(() -> builder.buildAsync(uri, new Messages()).join())
        .hasStackTraceContaining("Unexpected HTTP response status code 422");
  }

  /** Collects whole messages. */
  private static final class Messages implements WebSocket.Listener {
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    final ByteArrayOutputStream binary = new ByteArrayOutputStream();
    final StringBuilder text = new StringBuilder();
    int count;

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      binary.writeBytes(bytes);
      count += last ? 1 : 0;
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      count += last ? 1 : 0;
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }
  }

  private static Received exec(String protocol, String query) {
    Received received = new Received();
    URI uri =
        URI.create(
            "wss://127.0.0.1:%d/api/v1/namespaces/default/pods/one/exec?stdout=true&%s"
                .formatted(server.port(), query));
    received.opened(
        server
            .client()
            .newWebSocketBuilder()
            .subprotocols(protocol)
            .buildAsync(uri, received)
            .join());
    return received;
  }

  /** Collects what comes on each channel. */
  private static final class Received implements WebSocket.Listener {
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final Map<Integer, ByteArrayOutputStream> channels = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();
    private @Nullable WebSocket socket;

    void opened(WebSocket socket) {
      this.socket = socket;
    }

    WebSocket socket() {
      return java.util.Objects.requireNonNull(socket);
    }

    String text(int channel) {
      return channels.getOrDefault(channel, new ByteArrayOutputStream()).toString(UTF_8);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      message.writeBytes(bytes);
      if (last) {
        byte[] whole = message.toByteArray();
        message.reset();
        channel(whole[0]).write(whole, 1, whole.length - 1);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        channel(text.charAt(0) - '0').writeBytes(Base64.getDecoder().decode(text.substring(1)));
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    private ByteArrayOutputStream channel(int number) {
      return channels.computeIfAbsent(number, _ -> new ByteArrayOutputStream());
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.completeExceptionally(error);
    }
  }
}
