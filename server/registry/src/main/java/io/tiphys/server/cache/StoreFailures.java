package io.tiphys.server.cache;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusDetails;
import io.tiphys.store.StoreException;

/** What clients are told when the store cannot do its work. */
public final class StoreFailures {
  private static final int SERVICE_UNAVAILABLE = 503;

  /** client-go tries again by itself after so long, ten times; then the user reads the message. */
  private static final int RETRY_AFTER_SECONDS = 1;

  private StoreFailures() {}

  /** The answer to a request that met {@code failure}. */
  public static ApiFailure of(StoreException failure) {
    return switch (failure.reason()) {
      case NO_SPACE -> unavailable(String.valueOf(failure.getMessage()));
      case CLOSED -> unavailable("the API server is shutting down");
      case UNAVAILABLE -> unavailable(String.valueOf(failure.getMessage()));
      case UNKNOWN, FAILED -> ApiFailure.internalError(failure);
    };
  }

  private static ApiFailure unavailable(String message) {
    return new ApiFailure(
        Status.builder()
            .status("Failure")
            .message(message)
            .reason("ServiceUnavailable")
            .details(StatusDetails.builder().retryAfterSeconds(RETRY_AFTER_SECONDS).build())
            .code(SERVICE_UNAVAILABLE)
            .build());
  }
}
