package io.tiphys.server.http;

/**
 * A step of the pipeline that answers requests; may block (virtual thread per request), unless the
 * request says that it is on an event loop, see {@link RequestScope#mayWait}.
 */
@FunctionalInterface
public interface Handler {
  /**
   * @throws io.tiphys.api.ApiFailure the answer is its Status
   */
  Response handle(Request request) throws InterruptedException;

  /**
   * Whether answering usually waits for something or is much work: decided from the request alone,
   * cheaply. A request of which the whole pipeline says no is tried on the connection's own thread,
   * without a hand-over; what then proves to be slow ends the attempt with {@link MustWait}.
   */
  default boolean mayBlock(Request request) {
    return true;
  }
}
