package io.tiphys.server.streams;

import io.netty.channel.Channel;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection the server has finished with. Closing at once while the client still sends
 * would reset it, and the client could lose the outcome that was just written; so it is given a
 * moment to read and close itself.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write ends the channel, and that is seen
final class GracefulClose {
  /** Any client that still reads has read by then. */
  private static final long LINGER_SECONDS = 2;

  private GracefulClose() {}

  /** Sends the protocol's last frame. Call on the event loop. */
  static void bid(Channel channel, Object lastFrame) {
    channel.writeAndFlush(lastFrame);
    linger(channel);
  }

  /** The same after the last frame was sent. */
  static void linger(Channel channel) {
    channel.config().setAutoRead(true);
    channel.eventLoop().schedule(() -> channel.close(), LINGER_SECONDS, TimeUnit.SECONDS);
  }
}
