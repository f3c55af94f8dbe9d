package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.Envelope;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusDetails;
import io.tiphys.codec.CodecException;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.server.admission.OperationOptions;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.http.Encoding;
import io.tiphys.server.http.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a DELETE says and how it is answered. Checked against endpoints/handlers/delete.go of
 * apiserver/pkg and ValidateDeleteOptions.
 */
final class DeleteRequests {
  private static final List<String> POLICIES = List.of("Foreground", "Background", "Orphan", "nil");

  /** Resources whose registries upstream made with ReturnDeletedObject. */
  private static final Set<String> RETURN_DELETED =
      Set.of(
          "csidrivers.storage.k8s.io",
          "csinodes.storage.k8s.io",
          "deviceclasses.resource.k8s.io",
          "namespaces",
          "persistentvolumeclaims",
          "persistentvolumes",
          "pods",
          "podtemplates",
          "resourceclaims.resource.k8s.io",
          "resourceclaimtemplates.resource.k8s.io",
          "resourcequotas",
          "resourceslices.resource.k8s.io",
          "serviceaccounts",
          "services",
          "storageclasses.storage.k8s.io",
          "volumeattachments.storage.k8s.io",
          "volumeattributesclasses.storage.k8s.io");

  private DeleteRequests() {}

  /** The options from the body or, without one, from the query. */
  static DeleteOptions options(Request request) {
    DeleteOptions options = request.body().length > 0 ? fromBody(request) : fromQuery(request);
    List<FieldError> errors = new ArrayList<>();
    FieldPath policy = FieldPath.of("propagationPolicy");
    String wanted = options.propagationPolicy();
    if (wanted != null && options.orphanDependents() != null) {
      errors.add(
          FieldError.invalid(
              policy, wanted, "orphanDependents and deletionPropagation cannot be both set"));
    }
    if (wanted != null && !POLICIES.subList(0, 3).contains(wanted)) {
      errors.add(FieldError.notSupported(policy, wanted, POLICIES));
    }
    errors.addAll(Parameters.validateDryRun(options.dryRun()));
    if (!errors.isEmpty()) {
      throw Invalid.failure("meta.k8s.io", "DeleteOptions", "", errors);
    }
    return options;
  }

  private static DeleteOptions fromBody(Request request) {
    Encoding encoding = Bodies.encoding(request);
    try {
      DeleteOptions options =
          encoding == Encoding.PROTOBUF
              ? ObjectCodec.fromProto(DeleteOptions.TYPE, Envelope.read(request.body()))
              : ObjectCodec.fromTree(
                  DeleteOptions.TYPE, Bodies.parse(request.body(), encoding).value());
      request.scope().audit().sentJson(() -> ObjectCodec.toJson(DeleteOptions.TYPE, options));
      return options;
    } catch (CodecException e) {
      throw ApiFailure.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static DeleteOptions fromQuery(Request request) {
    DeleteOptions.Builder options = DeleteOptions.builder();
    if (request.parameter("gracePeriodSeconds") != null) {
      options.gracePeriodSeconds(Parameters.number(request, "gracePeriodSeconds"));
    }
    String policy = request.parameter("propagationPolicy");
    if (policy != null) {
      options.propagationPolicy(policy);
    }
    String orphan = request.parameter("orphanDependents");
    if (orphan != null) {
      options.orphanDependents(Parameters.truth(orphan));
    }
    return options.dryRun(request.query().getOrDefault("dryRun", List.of())).build();
  }

  static Call call(Request request, DeleteOptions options) {
    return Call.of(
        request,
        !options.dryRun().isEmpty(),
        new OperationOptions.Deletion(options),
        UserAgents.manager(request.header("user-agent")),
        FieldValidation.IGNORE);
  }

  /** Whether the answer is the object in its last state rather than a Status. */
  static boolean answersObject(Resource<?> resource, boolean gone) {
    return !gone || RETURN_DELETED.contains(resource.qualifiedName());
  }

  static Status success(Resource<?> resource, Cached<?> deleted) {
    ObjectMeta meta = deleted.record().metadata();
    return Status.builder()
        .status("Success")
        .details(
            StatusDetails.builder()
                .name(meta.name())
                .group(resource.group())
                .kind(resource.plural())
                .uid(meta.uid())
                .build())
        .build();
  }
}
