package io.tiphys.server.streams;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/** What every connection gets that a session takes over. */
final class Upgraded {
  /**
   * Upstream's streamingConnectionIdleTimeout: a client that neither sends nor takes anything for
   * so long holds up its process no longer.
   */
  private static final long IDLE_HOURS = 4;

  private Upgraded() {}

  /** Call first, before the protocol's own handlers are added. */
  static void prepare(ChannelPipeline pipeline) {
    // A client that sent its input and went takes no output; what it sent is still to be read.
    pipeline.channel().config().setAutoClose(false);
    pipeline.addLast(new Idle());
  }

  private static final class Idle extends IdleStateHandler {
    Idle() {
      super(true, 0, 0, IDLE_HOURS, TimeUnit.HOURS);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // the end of the channel is seen
    protected void channelIdle(ChannelHandlerContext ctx, IdleStateEvent event) {
      ctx.close();
    }
  }
}
