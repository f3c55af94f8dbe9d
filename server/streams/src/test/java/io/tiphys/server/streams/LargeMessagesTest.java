package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Messages larger than a session keeps of them: an upload may be one message. */
class LargeMessagesTest {
  private static final int UPLOAD_BYTES = 20 << 20;

  /** What a connection is read by. */
  private static final int READ_BYTES = 16 * 1024;

  /** What a pipe keeps for its reader before it stops the client. */
  private static final int PIPE_BYTES = 256 * 1024;

  private static final int LAST_BINARY = 0x82;
  private static final int LAST_TEXT = 0x81;
  private static final int TEXT = 1;
  private static final int CONTINUATION = 0;
  private static final int LAST_CONTINUATION = 0x80;

  @Test
  void aMessageIsReadNoFasterThanTheProcessTakesIt() throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel();
    Pipe stdin = subStreams(channel, "v4.channel.k8s.io").subStream(0).incoming();
    byte[] upload = new byte[UPLOAD_BYTES + 1];
    new Random(1).nextBytes(upload);
    upload[0] = 0;
    ByteBuf sent = ClientFrames.frame(LAST_BINARY, upload);
    byte[] taken = new byte[UPLOAD_BYTES];
    int count = 0;
    while (count < UPLOAD_BYTES) {
      while (sent.isReadable() && channel.config().isAutoRead()) {
        channel.writeInbound(sent.readBytes(Math.min(READ_BYTES, sent.readableBytes())));
      }
      int held = sent.readerIndex() - count;
      assertThat(held).isLessThanOrEqualTo(PIPE_BYTES + 2 * READ_BYTES);
      count += stdin.read(taken, count, UPLOAD_BYTES - count);
    }

    assertThat(taken).isEqualTo(Arrays.copyOfRange(upload, 1, upload.length));
    assertThat(sent.isReadable()).isFalse();
  }

  @Test
  void base64IsDecodedWhereverItIsCut() throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel();
    Pipe stdin = subStreams(channel, "v4.base64.channel.k8s.io").subStream(0).incoming();
    String text = "0bGlu\nZSBvbmUKbGluZSB0d28K";
    channel.writeInbound(ClientFrames.frame(TEXT, new byte[0]));
    for (byte character : text.getBytes(US_ASCII)) {
      channel.writeInbound(ClientFrames.frame(CONTINUATION, new byte[] {character}));
    }
    channel.writeInbound(ClientFrames.frame(LAST_CONTINUATION, new byte[0]));
    // What cannot be read is dropped; the session goes on.
    for (String message : new String[] {"0?", "0bGk=bGk=", "0b", "0ZW5k"}) {
      channel.writeInbound(ClientFrames.frame(LAST_TEXT, message.getBytes(US_ASCII)));
    }
    stdin.end();

    assertThat(new String(stdin.readAllBytes(), US_ASCII)).isEqualTo("line one\nline two\nend");
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void theCloseSignalMayBeCut() throws Exception {
    EmbeddedChannel channel = new EmbeddedChannel();
    WebSocketSubStreams subStreams = subStreams(channel, "v5.channel.k8s.io");
    channel.writeInbound(ClientFrames.frame(LAST_BINARY, "\0typed".getBytes(US_ASCII)));
    for (byte sent :
        ByteBufUtil.getBytes(ClientFrames.frame(LAST_BINARY, new byte[] {(byte) 255, 0}))) {
      channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {sent}));
    }

    assertThat(new String(subStreams.subStream(0).input().readAllBytes(), US_ASCII))
        .isEqualTo("typed");
  }

  private static WebSocketSubStreams subStreams(EmbeddedChannel channel, String protocol) {
    return WebSocketSubStreams.install(channel.pipeline(), 5, protocol, () -> {});
  }

  @Test
  void anUploadInOneMessageReachesTheProcess(@TempDir Path folder) throws Exception {
    try (StreamServer server = new StreamServer()) {
      Path file = folder.resolve("upload");
      Path over = folder.resolve("over");
      RawWebSocket socket =
          connect(
              server, "exec?stdin=true&command=sh&command=-c&command=cat>" + file + "%3B>" + over);
      socket.send(new byte[UPLOAD_BYTES + 1]);
      socket.close();

      while (!Files.exists(over)) {
        Thread.onSpinWait();
      }
      assertThat(Files.size(file)).isEqualTo(UPLOAD_BYTES);
    }
  }

  @Test
  void anUploadInOneMessageReachesTheForwardedPort() throws Exception {
    try (StreamServer server = new StreamServer();
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      RawWebSocket socket = connect(server, "portforward?ports=" + listening.getLocalPort());
      Thread upload =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      socket.send(new byte[UPLOAD_BYTES + 1]);
                      socket.close();
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });

      try (Socket accepted = listening.accept();
          InputStream in = accepted.getInputStream()) {
        assertThat(in.readAllBytes()).hasSize(UPLOAD_BYTES);
      }
      upload.join();
    }
  }

  private static RawWebSocket connect(StreamServer server, String rest) throws Exception {
    return new RawWebSocket(
        server.client().sslContext(),
        server.port(),
        "/api/v1/namespaces/default/pods/one/" + rest.replace(">", "%3E").replace(";", "%3B"));
  }
}
