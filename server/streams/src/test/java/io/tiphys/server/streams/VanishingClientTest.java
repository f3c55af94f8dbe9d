package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that send and go: the only way to end standard input before version 5. */
class VanishingClientTest {
  private static final int MESSAGE_BYTES = 32 * 1024;
  private static final int MESSAGES = 64;

  @TempDir private Path folder;
  private static StreamServer server;

  @BeforeAll
  static void open() {
    server = new StreamServer();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  /** How a client goes. */
  enum Going {
    CLOSING {
      @Override
      void go(WebSocket socket) {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
      }
    },
    CUTTING {
      @Override
      void go(WebSocket socket) {
        socket.abort();
      }
    };

    abstract void go(WebSocket socket);
  }

  @RepeatedTest(10)
  void allThatWasSentReachesTheProcessAndThenTheEnd() throws Exception {
    Path file = folder.resolve("upload");
    WebSocket socket =
        connect("exec", "stdin=true", "sh", "-c", "cat > " + file + "; touch " + file + ".over");
    upload(socket);
    Going.CLOSING.go(socket);

    await(folder.resolve("upload.over"));
    assertThat(Files.size(file)).isEqualTo((long) MESSAGES * MESSAGE_BYTES);
  }

  @Test
  void whatHadArrivedIsFedThoughTheConnectionIsCutAndTakesNoOutput() throws Exception {
    Path go = folder.resolve("go");
    Path file = folder.resolve("upload");
    RawWebSocket socket =
        new RawWebSocket(
            server.client().sslContext(),
            server.port(),
            path(
                "exec",
                "stdin=true&stdout=true",
                "sh",
                "-c",
                "while ! test -e %s; do sleep 0.01; done; tee %s; touch %s.over"
                    .formatted(go, file, file)));
    // One more than the session takes before it stops reading (what its pipe and the process's hold
    // and what is between them): it waits in the kernel, whose window is no larger at first.
    int messages = 13;
    for (int i = 0; i < messages; i++) {
      socket.send(new byte[MESSAGE_BYTES + 1]);
    }
    socket.awaitArrival();
    socket.cut();
    Files.createFile(go);

    await(folder.resolve("upload.over"));
    assertThat(Files.size(file)).isEqualTo((long) messages * MESSAGE_BYTES);
  }

  @ParameterizedTest
  @EnumSource(Going.class)
  void theProcessLivesOnAndIsNotHeldUpByWhatNobodyReads(Going going) throws Exception {
    Path go = folder.resolve("go");
    Path over = folder.resolve("over");
    WebSocket socket =
        connect(
            "exec",
            "stdin=true",
            "sh",
            "-c",
            "while ! test -e %s; do sleep 0.01; done; head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; touch %s"
                .formatted(go, over));
    going.go(socket);
    Files.createFile(go);

    await(over);
  }

  @Test
  void whatIsAttachedGetsAllInputAndIsThenLeftAlone() throws Exception {
    Path file = folder.resolve("upload");
    Path go = folder.resolve("go");
    Path over = folder.resolve("over");
    server.node.mainCommand =
        List.of(
            "sh",
            "-c",
            "cat > %s; while ! test -e %s; do sleep 0.01; done; touch %s"
                .formatted(file, go, over));
    int closed = server.node.closedSessions.get();
    WebSocket socket = connect("attach", "stdin=true");
    upload(socket);
    Going.CLOSING.go(socket);

    while (server.node.closedSessions.get() == closed) {
      Thread.onSpinWait();
    }
    assertThat(over).doesNotExist();
    Files.createFile(go);
    await(over);
    assertThat(Files.size(file)).isEqualTo((long) MESSAGES * MESSAGE_BYTES);
  }

  @Test
  void aForwardedPortGetsAllThatWasSentAndThenTheEnd() throws Exception {
    try (ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      WebSocket socket =
          server
              .client()
              .newWebSocketBuilder()
              .subprotocols("v4.channel.k8s.io")
              .buildAsync(uri(path("portforward", "ports=" + listening.getLocalPort())), new Deaf())
              .join();
      upload(socket);
      Going.CLOSING.go(socket);

      try (Socket accepted = listening.accept();
          InputStream in = accepted.getInputStream()) {
        assertThat(in.readAllBytes()).hasSize(MESSAGES * MESSAGE_BYTES);
      }
    }
  }

  private static void upload(WebSocket socket) {
    for (int i = 0; i < MESSAGES; i++) {
      // The first byte numbers standard input, or the data of the first port: 0 both.
      socket.sendBinary(ByteBuffer.wrap(new byte[MESSAGE_BYTES + 1]), true).join();
    }
  }

  private static void await(Path file) throws IOException {
    while (!Files.exists(file)) {
      Thread.onSpinWait();
    }
  }

  private static WebSocket connect(String subresource, String query, String... command) {
    return server
        .client()
        .newWebSocketBuilder()
        .subprotocols("v4.channel.k8s.io")
        .buildAsync(uri(path(subresource, "stdout=true&stderr=true&" + query, command)), new Deaf())
        .join();
  }

  private static URI uri(String path) {
    return URI.create("wss://127.0.0.1:" + server.port() + path);
  }

  private static String path(String subresource, String query, String... command) {
    String words =
        Arrays.stream(command)
            .map(word -> "&command=" + URLEncoder.encode(word, US_ASCII))
            .collect(Collectors.joining());
    return "/api/v1/namespaces/default/pods/one/" + subresource + "?" + query + words;
  }

  /** Reads nothing. */
  private static final class Deaf implements WebSocket.Listener {
    @Override
    public void onOpen(WebSocket socket) {}

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      return null;
    }
  }
}
