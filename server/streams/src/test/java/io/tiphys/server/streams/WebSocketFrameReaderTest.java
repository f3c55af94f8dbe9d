package io.tiphys.server.streams;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class WebSocketFrameReaderTest {
  private static final int LAST = 0x80;
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;

  private final EmbeddedChannel channel = new EmbeddedChannel(new WebSocketFrameReader());

  @Test
  void whereverTheBytesAreCutTheMessagesAreTheSame() {
    ByteBuf sent =
        Unpooled.wrappedBuffer(
            ClientFrames.frame(BINARY, new byte[0]),
            ClientFrames.frame(LAST | PING, "still there?".getBytes(US_ASCII)),
            ClientFrames.frame(CONTINUATION, "one ".getBytes(US_ASCII)),
            ClientFrames.frame(LAST | CONTINUATION, "message".getBytes(US_ASCII)),
            ClientFrames.frame(LAST | TEXT, "x".repeat(200).getBytes(US_ASCII)),
            ClientFrames.frame(LAST | TEXT, "y".repeat(70_000).getBytes(US_ASCII)),
            ClientFrames.frame(LAST | CLOSE, new byte[] {3, (byte) 0xe8}));
    for (int step : List.of(1, 2, 3, 5, 7, 11, 64, 1000, sent.readableBytes())) {
      EmbeddedChannel cut = new EmbeddedChannel(new WebSocketFrameReader());
      ByteBuf rest = sent.duplicate();
      while (rest.isReadable()) {
        cut.writeInbound(rest.readBytes(Math.min(step, rest.readableBytes())));
      }

      assertThat(messages(cut))
          .as("cut into %d", step)
          .containsExactly(
              "ping still there?",
              "binary one message",
              "text " + "x".repeat(200),
              "text " + "y".repeat(70_000),
              "close 1000");
    }
  }

  /** What was said, message by message. */
  private static List<String> messages(EmbeddedChannel channel) {
    List<String> messages = new ArrayList<>();
    StringBuilder message = new StringBuilder();
    for (WebSocketFrame frame = channel.readInbound();
        frame != null;
        frame = channel.readInbound()) {
      switch (frame) {
        case PingWebSocketFrame ping -> messages.add("ping " + ping.content().toString(US_ASCII));
        case CloseWebSocketFrame close -> messages.add("close " + close.statusCode());
        default -> {
          if (message.isEmpty()) {
            message.append(frame instanceof TextWebSocketFrame ? "text " : "binary ");
          }
          message.append(frame.content().toString(US_ASCII));
          if (frame.isFinalFragment()) {
            messages.add(message.toString());
            message.setLength(0);
          }
        }
      }
      frame.release();
    }
    return messages;
  }

  static List<Arguments> broken() {
    byte[] small = {1};
    ByteBuf unmasked =
        Unpooled.wrappedBuffer(new byte[] {(byte) (LAST | BINARY), 1, 0, 0, 0, 0, 0});
    return List.of(
        Arguments.of("no mask", 1002, unmasked),
        Arguments.of("a reserved bit", 1002, ClientFrames.frame(LAST | 0x40 | BINARY, small)),
        Arguments.of("a kind nobody knows", 1002, ClientFrames.frame(LAST | 5, small)),
        Arguments.of("nothing to continue", 1002, ClientFrames.frame(CONTINUATION, small)),
        Arguments.of("a control frame in parts", 1002, ClientFrames.frame(PING, small)),
        Arguments.of("a long control frame", 1002, ClientFrames.head(LAST | PING, 126)),
        Arguments.of(
            "a message within another",
            1002,
            Unpooled.wrappedBuffer(
                ClientFrames.frame(TEXT, small), ClientFrames.frame(TEXT, small))),
        Arguments.of(
            "a frame above the limit",
            1009,
            ClientFrames.head(LAST | BINARY, WebSocketFrameReader.MAX_FRAME_BYTES + 1L)),
        Arguments.of("a negative length", 1009, ClientFrames.head(LAST | BINARY, -1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("broken")
  void whoBreaksTheProtocolIsToldSoAndHeardNoMore(String what, int status, ByteBuf sent) {
    channel.writeInbound(sent);
    channel.readInbound();
    channel.releaseInbound();
    channel.writeInbound(Unpooled.buffer().writeZero(12));
    channel.writeInbound(ClientFrames.frame(LAST | TEXT, new byte[] {1}));

    CloseWebSocketFrame goodbye = channel.readOutbound();
    assertThat(goodbye.statusCode()).as(what).isEqualTo(status);
    assertThat(channel.<Object>readInbound()).isNull();
    assertThat(channel.<Object>readOutbound()).isNull();
    goodbye.release();
  }
}
