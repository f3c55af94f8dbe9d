package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusDetails;
import io.tiphys.meta.GoText;
import io.tiphys.server.cache.StoreFailures;
import io.tiphys.server.http.Answers;
import io.tiphys.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;

/** Answers that only the verbs give; the words are those of apiserver's handlers and registry. */
final class Failures {
  private static final Logger LOG = System.getLogger(Failures.class.getName());

  private Failures() {}

  /**
   * The answer to whatever went wrong. Clients learn nothing of the server's insides: what no one
   * foresaw is for the log.
   */
  static ApiFailure of(RuntimeException e) {
    return switch (e) {
      case ApiFailure known -> known;
      case StoreException store -> StoreFailures.of(store);
      default -> {
        LOG.log(Level.ERROR, "a call from within this process broke its handler", e);
        yield ApiFailure.internalError(
            "This request caused apiserver to panic. Look in the logs for details.");
      }
    };
  }

  private static Status.Builder failure(int code, String reason, String message) {
    return Status.builder().status("Failure").code(code).reason(reason).message(message);
  }

  private static StatusDetails details(Resource<?> resource, String name) {
    return StatusDetails.builder()
        .group(resource.group())
        .kind(resource.plural())
        .name(name)
        .build();
  }

  /** etcd's error as upstream passes it on. */
  static ApiFailure tooLarge() {
    return new ApiFailure(failure(500, "", "etcdserver: request is too large").build());
  }

  /** An error that upstream did not foresee and passes on as it is. */
  static ApiFailure unforeseen(String message) {
    return new ApiFailure(failure(500, "", message).build());
  }

  static boolean isTooLarge(ApiFailure failure) {
    return failure.status().message().equals("etcdserver: request is too large");
  }

  static ApiFailure conflict(Resource<?> resource, String name, String reason) {
    return new ApiFailure(
        failure(
                409,
                "Conflict",
                "Operation cannot be fulfilled on "
                    + resource.qualifiedName()
                    + " "
                    + GoText.quote(name)
                    + ": "
                    + reason)
            .details(details(resource, name))
            .build());
  }

  /** Someone else wrote first. */
  static ApiFailure modified(Resource<?> resource, String name) {
    return conflict(
        resource,
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  /** A condition of storage's Preconditions.Check that does not hold. */
  static ApiFailure precondition(
      Resource<?> resource, String name, String key, String what, String wanted, String found) {
    return conflict(
        resource,
        name,
        "StorageError: invalid object, Code: 4, Key: "
            + key
            + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: "
            + what
            + " in precondition: "
            + wanted
            + ", "
            + what
            + " in object meta: "
            + found);
  }

  /**
   * @param deleting the present object is on its way out
   */
  static ApiFailure alreadyExists(Resource<?> resource, String name, boolean deleting) {
    String message = resource.qualifiedName() + " " + GoText.quote(name) + " already exists";
    return new ApiFailure(
        failure(409, "AlreadyExists", deleting ? "object is being deleted: " + message : message)
            .details(details(resource, name))
            .build());
  }

  static ApiFailure generateNameConflict(Resource<?> resource, String name) {
    return new ApiFailure(
        failure(
                409,
                "AlreadyExists",
                resource.qualifiedName()
                    + " "
                    + GoText.quote(name)
                    + " already exists, the server was not able to generate a unique name for the"
                    + " object")
            .details(details(resource, name).withRetryAfterSeconds(1))
            .build());
  }

  static boolean isAlreadyExists(ApiFailure failure) {
    return failure.status().reason().equals("AlreadyExists");
  }

  /** Nothing new of a kind whose definition is going. */
  static ApiFailure terminatingDefinition(Resource<?> resource) {
    return new ApiFailure(
        ApiFailure.methodNotSupported(resource, "create")
            .status()
            .withMessage("create not allowed while custom resource definition is terminating"));
  }

  /** A path that other methods have; what go-restful's dispatcher says of it. */
  static ApiFailure methodNotAllowed() {
    return Answers.methodNotAllowed();
  }

  /** No route: what Go's mux would say of an unknown path. */
  static ApiFailure noSuchResource() {
    return new ApiFailure(
        failure(404, "NotFound", "the server could not find the requested resource")
            .details(StatusDetails.EMPTY)
            .build());
  }

  static ApiFailure unsupportedMediaType(List<String> accepted) {
    return new ApiFailure(
        failure(
                415,
                "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: "
                    + String.join(", ", accepted))
            .build());
  }

  /** A patch that is well formed but does not fit the object; what was wrong is not said. */
  static ApiFailure unprocessable() {
    return new ApiFailure(
        failure(422, "Invalid", "the server rejected our request due to an error in our request")
            .details(StatusDetails.EMPTY)
            .build());
  }

  static ApiFailure tooLargeEntity(String message) {
    return new ApiFailure(
        failure(413, "RequestEntityTooLarge", "Request entity is too large: " + message).build());
  }
}
