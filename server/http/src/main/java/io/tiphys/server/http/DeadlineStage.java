package io.tiphys.server.http;

import io.tiphys.api.ApiFailure;
import java.time.Duration;

/**
 * Refuses requests whose {@code timeout} makes no sense; the deadline itself is kept by the
 * exchange. Checked against endpoints/filters/request_deadline.go of apiserver/pkg.
 */
public final class DeadlineStage implements Stage {
  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    if (!request.info().longRunning()) {
      try {
        wanted(request);
      } catch (IllegalArgumentException e) {
        throw ApiFailure.badRequest(
            "invalid timeout specified in the request URL - " + e.getMessage());
      }
    }
    return next.handle(request);
  }

  /**
   * How long an ordinary request may take: its {@code timeout} parameter or a minute, whichever is
   * shorter.
   */
  static Duration timeout(Request request) {
    if (request.info().longRunning()) {
      return Limits.REQUEST_TIMEOUT;
    }
    try {
      Duration wanted = wanted(request);
      boolean shorter = wanted.isPositive() && wanted.compareTo(Limits.REQUEST_TIMEOUT) < 0;
      return shorter ? wanted : Limits.REQUEST_TIMEOUT;
    } catch (IllegalArgumentException e) {
      return Limits.REQUEST_TIMEOUT;
    }
  }

  /** Zero when the request says nothing. */
  private static Duration wanted(Request request) {
    String wanted = request.parameter("timeout");
    return wanted == null || wanted.isEmpty() ? Duration.ZERO : GoDuration.parse(wanted);
  }
}
