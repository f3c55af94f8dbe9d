package io.tiphys.server.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import io.tiphys.base.Loops;
import io.tiphys.server.http.UpgradeHandler;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A connection that has left HTTP on both sides: bytes go to and fro until one side ends. Neither
 * side is read further than the other takes.
 */
final class Tunnel implements UpgradeHandler {
  private static final int PIECE_BYTES = 32 * 1024;

  private final Map<String, String> headers;
  private final Backend backend;
  private final Loops loops;

  Tunnel(Map<String, String> headers, Backend backend, Loops loops) {
    this.headers = headers;
    this.backend = backend;
    this.loops = loops;
  }

  @Override
  public Map<String, String> headers() {
    return headers;
  }

  @Override
  public void takeOver(ChannelPipeline pipeline) {
    pipeline.addLast(new FromClient());
  }

  @Override
  public void abandoned() {
    backend.close();
  }

  /** Lives on the event loop; whatever may wait is done on threads of its own. */
  @SuppressWarnings("FutureReturnValueIgnored") // the end of the channel is seen
  private final class FromClient extends ChannelInboundHandlerAdapter {
    /** Holds what one read of the channel brought: then nothing is read until it is written. */
    private final LinkedBlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      loops.task("proxy to client", () -> toClient(ctx));
      loops.task("proxy to backend", () -> toBackend(ctx));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (message instanceof ByteBuf bytes && bytes.isReadable()) {
          byte[] piece = new byte[bytes.readableBytes()];
          bytes.readBytes(piece);
          ctx.channel().config().setAutoRead(false);
          pieces.add(piece);
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void toBackend(ChannelHandlerContext ctx) {
      try {
        for (byte[] piece = pieces.take(); piece.length > 0; piece = pieces.take()) {
          backend.output().write(piece);
          backend.output().flush();
          if (pieces.isEmpty()) {
            ctx.channel().config().setAutoRead(true);
          }
        }
      } catch (IOException e) {
        ctx.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        backend.close();
      }
    }

    private void toClient(ChannelHandlerContext ctx) {
      byte[] piece = new byte[PIECE_BYTES];
      try {
        for (int read = backend.input().read(piece);
            read >= 0;
            read = backend.input().read(piece)) {
          ctx.writeAndFlush(Unpooled.wrappedBuffer(Arrays.copyOf(piece, read))).await();
        }
      } catch (IOException e) {
        // Either side has ended.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        ctx.close();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      pieces.add(new byte[0]);
      backend.close();
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
