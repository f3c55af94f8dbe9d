package io.tiphys.server.door;

/** Takes over a connection that asked for WebSocket or SPDY; see package {@code streams}. */
public interface UpgradeHandler {}
