package io.tiphys.api;

import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.api.meta.v1.StatusDetails;
import io.tiphys.meta.GroupVersionKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The API says no, and this Status is its answer. The factories speak the words of
 * apimachinery/pkg/api/errors/errors.go.
 *
 * <p>A refusal is an ordinary answer, so it carries no stack trace unless something caused it.
 *
 * <p>Where a factory takes a resource as text it is the qualified name: {@code pods}, {@code
 * deployments.apps}.
 */
public final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Status status;

  public ApiFailure(Status status) {
    this(status, null);
  }

  private ApiFailure(Status status, @Nullable Throwable cause) {
    super(status.message(), cause, true, cause != null);
    this.status = status;
  }

  public Status status() {
    return status;
  }

  /** The HTTP status code. */
  public int code() {
    return status.code();
  }

  /** Such as {@code NotFound}; empty if unknown. */
  public String reason() {
    return status.reason();
  }

  public boolean isNotFound() {
    return is("NotFound", 404);
  }

  public boolean isAlreadyExists() {
    return reason().equals("AlreadyExists");
  }

  /** A stale resourceVersion or precondition; {@link #isAlreadyExists} is not meant. */
  public boolean isConflict() {
    return is("Conflict", 409);
  }

  public boolean isInvalid() {
    return is("Invalid", 422);
  }

  public boolean isForbidden() {
    return is("Forbidden", 403);
  }

  /** The revision asked for is compacted: list anew. */
  public boolean isGone() {
    return reason().equals("Expired") || is("Gone", 410);
  }

  private boolean is(String reason, int code) {
    return reason().equals(reason) || (reason().isEmpty() && code() == code);
  }

  /** Whether one of the causes is of the type, such as {@code NamespaceTerminating}. */
  public boolean hasCause(String type) {
    StatusDetails details = status.details();
    return details != null
        && details.causes().stream().anyMatch(cause -> cause.reason().equals(type));
  }

  /** The same refusal with one more cause. */
  public ApiFailure withCause(StatusCause cause) {
    StatusDetails details = status.details() == null ? StatusDetails.EMPTY : status.details();
    List<StatusCause> causes = new java.util.ArrayList<>(details.causes());
    causes.add(cause);
    return new ApiFailure(status.withDetails(details.withCauses(causes)), getCause());
  }

  public static ApiFailure notFound(Resource<?> resource, String name) {
    return notFound(resource.qualifiedName(), name);
  }

  public static ApiFailure notFound(String resource, String name) {
    return about(404, "NotFound", resource, name, resource + " " + quoted(name) + " not found");
  }

  public static ApiFailure alreadyExists(Resource<?> resource, String name) {
    return alreadyExists(resource.qualifiedName(), name);
  }

  public static ApiFailure alreadyExists(String resource, String name) {
    return about(
        409, "AlreadyExists", resource, name, resource + " " + quoted(name) + " already exists");
  }

  /** No free name was found for a generateName. */
  public static ApiFailure generateNameConflict(
      String resource, String name, int retryAfterSeconds) {
    String message =
        resource
            + " "
            + quoted(name)
            + " already exists, the server was not able to generate a unique name for the object";
    return failure(
        409,
        "AlreadyExists",
        message,
        details(resource, name).withRetryAfterSeconds(retryAfterSeconds));
  }

  /** An empty reason says {@code not authorized}. */
  public static ApiFailure unauthorized(String reason) {
    return failure(401, "Unauthorized", reason.isEmpty() ? "not authorized" : reason, null);
  }

  public static ApiFailure forbidden(Resource<?> resource, String name, String why) {
    return forbidden(resource.qualifiedName(), name, why);
  }

  /**
   * @param resource empty for paths that are no resource
   * @param name empty for a whole collection
   */
  public static ApiFailure forbidden(String resource, String name, String why) {
    String subject =
        resource.isEmpty() ? "" : resource + (name.isEmpty() ? "" : " " + quoted(name)) + " is ";
    return about(403, "Forbidden", resource, name, subject + "forbidden: " + why);
  }

  public static ApiFailure conflict(Resource<?> resource, String name, String why) {
    return conflict(resource.qualifiedName(), name, why);
  }

  public static ApiFailure conflict(String resource, String name, String why) {
    return about(
        409,
        "Conflict",
        resource,
        name,
        "Operation cannot be fulfilled on " + resource + " " + quoted(name) + ": " + why);
  }

  /** Another manager owns what a server-side apply would change. */
  public static ApiFailure applyConflict(List<StatusCause> causes, String message) {
    return failure(409, "Conflict", message, StatusDetails.EMPTY.withCauses(causes));
  }

  public static ApiFailure gone(String message) {
    return failure(410, "Gone", message, null);
  }

  /** The revision or continue token is too old. */
  public static ApiFailure expired(String message) {
    return failure(410, "Expired", message, null);
  }

  /**
   * @param causes one per fault, each with its field and a message without it
   */
  public static ApiFailure invalid(GroupVersionKind kind, String name, List<StatusCause> causes) {
    String qualified = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
    Set<String> faults = new LinkedHashSet<>();
    for (StatusCause cause : causes) {
      faults.add(cause.field() + ": " + cause.message());
    }
    String list = String.join(", ", faults);
    String message =
        qualified
            + " "
            + quoted(name)
            + " is invalid"
            + (faults.isEmpty() ? "" : ": " + (faults.size() == 1 ? list : "[" + list + "]"));
    StatusDetails details =
        StatusDetails.builder()
            .group(kind.group())
            .kind(kind.kind())
            .name(name)
            .causes(causes)
            .build();
    return failure(422, "Invalid", message, details);
  }

  public static ApiFailure badRequest(String message) {
    return failure(400, "BadRequest", message, null);
  }

  public static ApiFailure methodNotSupported(Resource<?> resource, String action) {
    return methodNotSupported(resource.qualifiedName(), action);
  }

  public static ApiFailure methodNotSupported(String resource, String action) {
    return about(
        405,
        "MethodNotAllowed",
        resource,
        "",
        action + " is not supported on resources of kind " + quoted(resource));
  }

  public static ApiFailure notAcceptable(String message) {
    return failure(406, "NotAcceptable", message, null);
  }

  public static ApiFailure unsupportedMediaType(String message) {
    return failure(415, "UnsupportedMediaType", message, null);
  }

  public static ApiFailure requestEntityTooLarge(String message) {
    return failure(413, "RequestEntityTooLarge", "Request entity too large: " + message, null);
  }

  public static ApiFailure tooManyRequests(String message, int retryAfterSeconds) {
    return failure(
        429,
        "TooManyRequests",
        message,
        StatusDetails.EMPTY.withRetryAfterSeconds(retryAfterSeconds));
  }

  public static ApiFailure serviceUnavailable(String message) {
    return failure(503, "ServiceUnavailable", message, null);
  }

  /** The server gave up on an operation; the client may try again. */
  public static ApiFailure serverTimeout(String resource, String operation, int retryAfterSeconds) {
    String message =
        "The "
            + operation
            + " operation against "
            + resource
            + " could not be completed at this time, please try again.";
    return failure(
        500,
        "ServerTimeout",
        message,
        details(resource, operation).withRetryAfterSeconds(retryAfterSeconds));
  }

  public static ApiFailure timeout(String message) {
    return timeout(message, 0);
  }

  public static ApiFailure timeout(String message, int retryAfterSeconds) {
    return failure(
        504,
        "Timeout",
        "Timeout: " + message,
        StatusDetails.EMPTY.withRetryAfterSeconds(retryAfterSeconds));
  }

  public static ApiFailure internalError(String message) {
    return new ApiFailure(internal(message));
  }

  /** Keeps the cause for the log; clients see its message. */
  public static ApiFailure internalError(Throwable cause) {
    String message = cause.getMessage();
    return new ApiFailure(internal(message == null ? cause.toString() : message), cause);
  }

  private static Status internal(String message) {
    StatusCause cause = StatusCause.EMPTY.withMessage(message);
    return status(
        500,
        "InternalError",
        "Internal error occurred: " + message,
        StatusDetails.EMPTY.withCauses(List.of(cause)));
  }

  private static ApiFailure about(
      int code, String reason, String resource, String name, String message) {
    return failure(code, reason, message, details(resource, name));
  }

  private static StatusDetails details(String resource, String name) {
    int dot = resource.indexOf('.');
    return StatusDetails.builder()
        .group(dot < 0 ? "" : resource.substring(dot + 1))
        .kind(dot < 0 ? resource : resource.substring(0, dot))
        .name(name)
        .build();
  }

  private static ApiFailure failure(
      int code, String reason, String message, @Nullable StatusDetails details) {
    return new ApiFailure(status(code, reason, message, details));
  }

  private static Status status(
      int code, String reason, String message, @Nullable StatusDetails details) {
    return Status.builder()
        .status("Failure")
        .code(code)
        .reason(reason)
        .message(message)
        .details(details)
        .build();
  }

  /** Go's %q for the texts that occur in names. */
  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
