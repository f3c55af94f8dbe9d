package io.tiphys.server.cache;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.meta.v1.ListMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.api.meta.v1.StatusDetails;
import java.util.List;

/** Answers about revisions, in the words of apiserver/pkg/storage/errors.go and etcd3/errors.go. */
final class Failures {
  private static final int GONE = 410;
  private static final int GATEWAY_TIMEOUT = 504;

  private static final String INCONSISTENT_CONTINUE =
      "The provided continue parameter is too old to display a consistent list result. You can"
          + " start a new list without the continue parameter, or use the continue token in this"
          + " response to retrieve the remainder of the results. Continuing with the provided"
          + " token results in an inconsistent list - objects that were created, modified, or"
          + " deleted between the time the first chunk was returned and now may show up in the"
          + " list.";

  private Failures() {}

  static ApiFailure expired(String message) {
    return gone(message, ListMeta.EMPTY);
  }

  static ApiFailure expiredList() {
    return expired("The resourceVersion for the provided list is too old.");
  }

  /**
   * @param inconsistent a token that continues at the newest state
   */
  static ApiFailure expiredContinue(String inconsistent) {
    return gone(INCONSISTENT_CONTINUE, ListMeta.builder().continue_(inconsistent).build());
  }

  private static ApiFailure gone(String message, ListMeta metadata) {
    return new ApiFailure(
        Status.builder()
            .metadata(metadata)
            .status("Failure")
            .message(message)
            .reason("Expired")
            .code(GONE)
            .build());
  }

  static ApiFailure tooLargeResourceVersion(long asked, long current) {
    StatusCause cause =
        StatusCause.builder()
            .reason("ResourceVersionTooLarge")
            .message("Too large resource version")
            .build();
    return new ApiFailure(
        Status.builder()
            .status("Failure")
            .message(
                "Timeout: Too large resource version: %s, current: %d"
                    .formatted(Long.toUnsignedString(asked), current))
            .reason("Timeout")
            .details(StatusDetails.builder().causes(List.of(cause)).retryAfterSeconds(1).build())
            .code(GATEWAY_TIMEOUT)
            .build());
  }
}
