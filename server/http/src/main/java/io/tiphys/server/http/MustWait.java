package io.tiphys.server.http;

/**
 * Thrown by a handler that was asked on an event loop and finds that its answer would have to wait:
 * the request is handled once more, on a thread of its own.
 */
public final class MustWait extends RuntimeException {
  private static final long serialVersionUID = 1;

  private MustWait() {
    // Without a stack trace, which would cost more than the request.
    super("the answer must be waited for", null, false, false);
  }

  /**
   * Ends the attempt to answer on an event loop; does nothing on a thread that may wait.
   *
   * @throws MustWait when the request is handled on an event loop
   */
  public static void unlessMayWait(Request request) {
    if (!request.scope().mayWait()) {
      throw new MustWait();
    }
  }
}
