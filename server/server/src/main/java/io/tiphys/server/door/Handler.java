package io.tiphys.server.door;

/** A room of the walk that answers requests; may block (virtual thread per request). */
@FunctionalInterface
public interface Handler {
  /**
   * @throws io.tiphys.api.ApiFailure the answer is its Status
   */
  Response handle(Request request) throws InterruptedException;

  /**
   * Whether answering may wait for anything. A request of which the whole walk says no is answered
   * on the connection's own thread, without a hand-over.
   */
  default boolean mayBlock(Request request) {
    return true;
  }
}
