package io.tiphys.controllers.kit;

import java.time.Duration;

/** How a reconciliation went, when it did not fail. */
public sealed interface Result {
  /** Nothing to do until something changes. */
  record Done() implements Result {}

  /** To be looked at again after a while, even if nothing changes. */
  record RetryAfter(Duration delay) implements Result {}

  /** To be looked at again like a failure, after delays that grow, and without a word. */
  record RetryLater() implements Result {}

  static Result retryLater() {
    return new RetryLater();
  }

  static Result done() {
    return new Done();
  }

  static Result retryAfter(Duration delay) {
    return new RetryAfter(delay);
  }
}
