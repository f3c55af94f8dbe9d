package io.tiphys.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusDetails;
import io.tiphys.codec.JsonIndent;
import java.util.List;
import java.util.Map;

/** Answers that every handler gives. */
public final class Answers {
  public static final String JSON = "application/json";
  public static final String TEXT = "text/plain; charset=utf-8";

  private static final byte[] NEWLINE = {'\n'};
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
    Output output = Output.find(request, Output.Endpoint.PLAIN);
    if (output == null) {
      // What went wrong is said even to those who cannot read it: upstream's WriteRawJSON.
      return new Response.Full(
          failure.code(), JSON, List.of(JsonIndent.of(statusJson(failure))), headers(failure));
    }
    return Payload.write(output, failure.code(), Status.TYPE, failure.status(), headers(failure));
  }

  /** JSON that is no object of the API, such as discovery, in one line or set out over several. */
  public static Response.Full json(Request request, byte[] compact) {
    return new Response.Full(200, JSON, jsonBody(request, compact), Map.of());
  }

  /** What {@link #json} sends. */
  public static List<byte[]> jsonBody(Request request, byte[] compact) {
    Output found = Output.find(request, Output.Endpoint.PLAIN);
    boolean pretty = found == null ? Output.isForPeople(request) : found.pretty();
    return new Output(Encoding.JSON, Output.Shape.OBJECT, pretty).json(List.of(compact));
  }

  /** The failure's Status, with {@code Retry-After} when it carries one. */
  public static Response.Full failure(ApiFailure failure) {
    return new Response.Full(
        failure.code(), JSON, List.of(statusJson(failure), NEWLINE), headers(failure));
  }

  private static Map<String, String> headers(ApiFailure failure) {
    StatusDetails details = failure.status().details();
    int retryAfter = details == null ? 0 : details.retryAfterSeconds();
    return retryAfter > 0 ? Map.of("Retry-After", Integer.toString(retryAfter)) : Map.of();
  }

  /** The failure's Status as JSON. */
  public static byte[] statusJson(ApiFailure failure) {
    return ObjectCodec.toJson(Status.TYPE, failure.status());
  }
}
