package io.tiphys.server.streams;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.UpgradeHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * A body that grows, as the messages of a WebSocket: every write is one. What the client sends is
 * ignored. Checked against upstream's wsstream/stream.go and HandleWS in
 * endpoints/handlers/watch.go.
 */
public final class WebSocketMessages implements UpgradeHandler {
  private static final Logger LOG = System.getLogger(WebSocketMessages.class.getName());

  /** wsstream's NewDefaultReaderProtocols; the empty name is for clients that offer none. */
  private static final String BINARY_PROTOCOL = "binary.k8s.io";

  private static final String BASE64_PROTOCOL = "base64.binary.k8s.io";
  private static final List<String> READER_PROTOCOLS = List.of(BINARY_PROTOCOL, BASE64_PROTOCOL);

  private final Map<String, String> headers;
  private final Form form;
  private final boolean greets;
  private final Response.Body body;

  private WebSocketMessages(
      Map<String, String> headers, Form form, boolean greets, Response.Body body) {
    this.headers = headers;
    this.form = form;
    this.greets = greets;
    this.body = body;
  }

  /** What a message is made of. */
  public enum Form {
    TEXT,
    BINARY,
    BASE64
  }

  /** Whether the request wants its answer as a WebSocket. */
  public static boolean wanted(Request request) {
    return Upgrades.wantsWebSocket(request);
  }

  /** A watch, one message for every event; or why it cannot be one. */
  public static Response watch(Request request, Form form, Response.Body body) {
    Response.Full refusal = WebSocketHandshake.watchRefusal(request);
    if (refusal != null) {
      letGo(body);
      return refusal;
    }
    List<String> offered = Upgrades.listed(request, "sec-websocket-protocol");
    String protocol = offered.isEmpty() ? "" : offered.getFirst();
    return new Response.Upgrade(
        new WebSocketMessages(
            Upgrades.webSocketHeaders(WebSocketHandshake.key(request), protocol),
            form,
            false,
            body));
  }

  /** A stream of bytes; an empty message comes first, so that the client knows it stands. */
  static Response bytes(Request request, Response.Body body) {
    Response response =
        WebSocketHandshake.answer(
            request,
            READER_PROTOCOLS,
            (key, protocol) ->
                new WebSocketMessages(
                    Upgrades.webSocketHeaders(key, protocol),
                    protocol.equals(BASE64_PROTOCOL) ? Form.BASE64 : Form.BINARY,
                    true,
                    body));
    if (response instanceof Response.Full) {
      letGo(body);
    }
    return response;
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  public void takeOver(ChannelPipeline pipeline) {
    WebSocketSubStreams.addFrameCodec(pipeline);
    Messages messages = new Messages(new FrameWriter(pipeline.channel()));
    pipeline.addLast(messages);
    Thread.ofVirtual().name("websocket").start(() -> write(messages));
  }

  @Override
  public void abandoned() {
    letGo(body);
  }

  /** Closes what a body that nobody will read holds open. */
  private static void letGo(Response.Body body) {
    Thread.ofVirtual()
        .name("websocket-end")
        .start(
            () -> {
              try {
                body.writeTo(new Gone());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "let go: {0}", e.getMessage());
              }
            });
  }

  private void write(Messages messages) {
    try {
      if (greets) {
        messages.write(List.of());
      }
      body.writeTo(messages);
    } catch (UncheckedIOException e) {
      LOG.log(Level.DEBUG, "the client has gone");
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a streamed body broke", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      messages.close();
    }
  }

  /** A client that has gone before anything was sent. */
  private static final class Gone implements Response.Sink {
    @Override
    public void write(List<byte[]> pieces) {
      throw new UncheckedIOException(new IOException("the client has gone"));
    }

    @Override
    public void onClose(Runnable action) {
      action.run();
    }
  }

  /** The connection: writes messages from the body's thread, hears the client on the event loop. */
  @SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
  private final class Messages extends SimpleChannelInboundHandler<WebSocketFrame>
      implements Response.Sink {
    private final FrameWriter frames;
    private final List<Runnable> closeActions = new ArrayList<>();
    private boolean gone;

    Messages(FrameWriter frames) {
      this.frames = frames;
    }

    @Override
    public void write(List<byte[]> pieces) {
      ByteBuf content = Unpooled.wrappedBuffer(pieces.toArray(byte[][]::new));
      int length = content.readableBytes();
      try {
        frames.send(frame(content), length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private WebSocketFrame frame(ByteBuf content) {
      return switch (form) {
        case TEXT -> new TextWebSocketFrame(content);
        case BINARY -> new BinaryWebSocketFrame(content);
        case BASE64 -> {
          byte[] bytes = new byte[content.readableBytes()];
          content.readBytes(bytes);
          yield new TextWebSocketFrame(Unpooled.wrappedBuffer(Base64.getEncoder().encode(bytes)));
        }
      };
    }

    @Override
    public void onClose(Runnable action) {
      synchronized (closeActions) {
        if (!gone) {
          closeActions.add(action);
          return;
        }
      }
      action.run();
    }

    void close() {
      if (frames.channel().isActive()) {
        frames
            .channel()
            .eventLoop()
            .execute(
                () ->
                    GracefulClose.bid(
                        frames.channel(),
                        new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE)));
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
      if (frame instanceof PingWebSocketFrame) {
        ctx.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
      } else if (frame instanceof CloseWebSocketFrame) {
        WebSocketSubStreams.goodbye(ctx);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      List<Runnable> actions;
      synchronized (closeActions) {
        gone = true;
        actions = List.copyOf(closeActions);
        closeActions.clear();
      }
      for (Runnable action : actions) {
        Thread.ofVirtual().name("client-gone").start(action);
      }
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
