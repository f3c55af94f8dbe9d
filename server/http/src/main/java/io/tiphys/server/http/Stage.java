package io.tiphys.server.http;

/** A step that a request crosses on its way to the handler and back. */
@FunctionalInterface
public interface Stage {
  /** Answers itself, or lets {@code next} answer. */
  Response pass(Request request, Handler next) throws InterruptedException;

  /** Whether this stage itself usually waits for something; see {@link Handler#mayBlock}. */
  default boolean mayBlock(Request request) {
    return false;
  }
}
