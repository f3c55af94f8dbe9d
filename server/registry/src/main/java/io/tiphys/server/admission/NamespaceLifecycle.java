package io.tiphys.server.admission;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.api.meta.v1.StatusDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Nothing is created in a namespace that is not there or is going; the namespaces the cluster needs
 * stay. Checked against apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go.
 */
public final class NamespaceLifecycle implements AdmissionPlugin {
  private static final Set<String> IMMORTAL = Set.of("default", "kube-system", "kube-public");

  /** Reviews must not tell whether a namespace exists. */
  private static final Set<String> ACCESS_REVIEWS = Set.of("localsubjectaccessreviews");

  private final Directory directory;

  NamespaceLifecycle(Directory directory) {
    this.directory = directory;
  }

  @Override
  public @Nullable ApiObject admit(AdmissionRequest request) {
    if (request.resource().equals(CoreV1.NAMESPACES)) {
      if (request.operation() == Operation.DELETE && IMMORTAL.contains(request.name())) {
        throw ApiFailure.forbidden(
            CoreV1.NAMESPACES, request.name(), "this namespace may not be deleted");
      }
      return request.object();
    }
    boolean free =
        request.namespace().isEmpty()
            || request.operation() == Operation.DELETE
            || request.operation() == Operation.CONNECT
            || ACCESS_REVIEWS.contains(request.resource().plural());
    if (!free) {
      check(request);
    }
    return request.object();
  }

  private void check(AdmissionRequest request) {
    check(request, directory.get(CoreV1.NAMESPACES, "", request.namespace()));
  }

  /**
   * Refuses what {@code namespace} cannot hold.
   *
   * @param namespace as it is now; null when it is not there
   */
  public static void check(AdmissionRequest request, @Nullable Namespace namespace) {
    if (namespace == null) {
      throw ApiFailure.notFound(CoreV1.NAMESPACES, request.namespace());
    }
    boolean terminating = namespace.status().phase().equals("Terminating");
    if (request.operation() == Operation.CREATE && terminating) {
      throw terminating(request);
    }
  }

  private static ApiFailure terminating(AdmissionRequest request) {
    String namespace = request.namespace();
    Status status =
        Denials.forbidden(
                request,
                "unable to create new content in namespace "
                    + namespace
                    + " because it is being terminated")
            .status();
    StatusDetails details = Objects.requireNonNullElse(status.details(), StatusDetails.EMPTY);
    List<StatusCause> causes = new ArrayList<>(details.causes());
    causes.add(
        StatusCause.builder()
            .reason("NamespaceTerminating")
            .message("namespace " + namespace + " is being terminated")
            .field("metadata.namespace")
            .build());
    return new ApiFailure(status.withDetails(details.withCauses(causes)));
  }
}
