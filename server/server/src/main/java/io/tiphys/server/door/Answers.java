package io.tiphys.server.door;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusDetails;
import java.util.List;
import java.util.Map;

/** Answers that every room gives. */
public final class Answers {
  public static final String JSON = "application/json";
  public static final String TEXT = "text/plain; charset=utf-8";

  private static final int METHOD_NOT_ALLOWED = 405;

  private Answers() {}

  public static Response.Full text(int status, String text) {
    return Response.Full.of(status, TEXT, text.getBytes(UTF_8));
  }

  /** What upstream's mux says of a path that nothing serves. */
  public static Response.Full pageNotFound() {
    return text(404, "404 page not found\n");
  }

  /** What upstream's router says of a method that a path has no route for. */
  public static ApiFailure methodNotAllowed() {
    return new ApiFailure(
        Status.builder()
            .status("Failure")
            .code(METHOD_NOT_ALLOWED)
            .reason("MethodNotAllowed")
            .message("the server does not allow this method on the requested resource")
            .details(StatusDetails.EMPTY)
            .build());
  }

  /** The failure's Status, for a request that could be read. */
  static Response.Full failure(Request request, ApiFailure failure) {
    return failure(failure);
  }

  /** The failure's Status, with {@code Retry-After} when it carries one. */
  public static Response.Full failure(ApiFailure failure) {
    StatusDetails details = failure.status().details();
    int retryAfter = details == null ? 0 : details.retryAfterSeconds();
    return new Response.Full(
        failure.code(),
        JSON,
        List.of(statusJson(failure)),
        retryAfter > 0 ? Map.of("Retry-After", Integer.toString(retryAfter)) : Map.of());
  }

  /** The failure's Status as JSON. */
  public static byte[] statusJson(ApiFailure failure) {
    return ObjectCodec.toJson(Status.TYPE, failure.status());
  }
}
