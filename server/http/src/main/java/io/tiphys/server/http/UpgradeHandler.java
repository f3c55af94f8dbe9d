package io.tiphys.server.http;

import io.netty.channel.ChannelPipeline;
import java.util.Map;

/** Takes over a connection that asked for WebSocket or SPDY; see package {@code streams}. */
public interface UpgradeHandler {
  /** The headers of the {@code 101 Switching Protocols} answer. */
  Map<String, String> headers();

  /**
   * Called once on the connection's event loop, after the answer was sent and HTTP's own handlers
   * were taken out of the pipeline; adds the handlers of the new protocol. Must not block.
   */
  void takeOver(ChannelPipeline pipeline);

  /** Called instead of {@link #takeOver} when the client has gone before it came to that. */
  default void abandoned() {}
}
