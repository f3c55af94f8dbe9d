package io.tiphys.server.http;

import java.util.List;
import java.util.Map;

/** The answer to a request. */
public sealed interface Response {

  /**
   * A body that is there already, in pieces that are sent without copying (a list is made of the
   * prepared bytes of its items).
   */
  record Full(int status, String contentType, List<byte[]> body, Map<String, String> headers)
      implements Response {
    public static Full of(int status, String contentType, byte[] body) {
      return new Full(status, contentType, List.of(body), Map.of());
    }
  }

  /** A body that grows: watches and followed logs. */
  record Streaming(int status, String contentType, Body body, Map<String, String> headers)
      implements Response {
    public Streaming(int status, String contentType, Body body) {
      this(status, contentType, body, Map.of());
    }
  }

  /** Writes a growing body, on a virtual thread of its own. */
  @FunctionalInterface
  interface Body {
    /** Returns at the end of the body; throws when the client has gone. */
    void writeTo(Sink sink) throws InterruptedException;
  }

  /** Where a growing body goes. */
  interface Sink {
    /**
     * Sends {@code pieces} at once; blocks while the client reads too slowly.
     *
     * @throws java.io.UncheckedIOException when the client has gone
     */
    void write(List<byte[]> pieces) throws InterruptedException;

    /** Runs {@code action} once when the client goes away. */
    void onClose(Runnable action);
  }

  /** The connection leaves HTTP: exec, attach, port-forward. */
  record Upgrade(UpgradeHandler handler) implements Response {}
}
