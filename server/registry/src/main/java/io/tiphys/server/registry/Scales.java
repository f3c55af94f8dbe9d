package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.autoscaling.v1.Scale;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.Json;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.ScaleMapping;
import io.tiphys.server.admission.AdmissionRequest;
import io.tiphys.server.admission.AdmissionRequest.Subject;
import java.util.ArrayList;
import java.util.List;

/**
 * The {@code scale} subresource: an object seen as a number of replicas. Checked against
 * pkg/registry/apps/deployment/storage/storage.go.
 */
final class Scales {
  static final String SUBRESOURCE = "scale";

  private final Verbs verbs;

  Scales(Verbs verbs) {
    this.verbs = verbs;
  }

  <T extends ApiObject> Scale get(Served<T, ?> served, String namespace, String name)
      throws InterruptedException {
    ScaleMapping<T> mapping = mapping(served);
    return of(mapping, verbs.get(served, namespace, name, "").record());
  }

  /** Replaces the scale. */
  <T extends ApiObject> Scale update(
      Served<T, ?> served, Call call, Patches.Target target, Scale scale)
      throws InterruptedException {
    Scale here = at(served, target, scale);
    return write(
        served,
        call,
        target,
        here.metadata().uid(),
        (current, owners) -> owners.updated(current, here));
  }

  <T extends ApiObject> Scale patch(
      Served<T, ?> served, Call call, Patches.Target target, PatchBody body)
      throws InterruptedException {
    Change change =
        body instanceof PatchBody.Apply configuration
            ? (current, owners) -> {
              Scale applied = owners.applied(current, configuration);
              Patches.checkRemarks(configuration, call);
              return applied;
            }
            : (current, owners) -> {
              Json.Obj tree = Patches.apply(ObjectCodec.toTree(current), body, Scale.TYPE);
              return owners.updated(current, Patches.decode(Scale.TYPE, tree, body, call));
            };
    return write(served, call, target, "", change);
  }

  /** Makes the wished scale, with its owners, of the present one. */
  private interface Change {
    Scale apply(Scale current, ScaleOwners owners);
  }

  private <T extends ApiObject> Scale write(
      Served<T, ?> served, Call call, Patches.Target target, String uid, Change change)
      throws InterruptedException {
    ScaleMapping<T> mapping = mapping(served);
    UpdateOrder.Change<T> replicas =
        current -> {
          if (current == null) {
            throw served.notFound(target.name());
          }
          ScaleOwners owners =
              ScaleOwners.of(served, call, verbs.context().managedFields(), current);
          Scale present = owners.shown(of(mapping, current));
          Scale wished = at(served, target, change.apply(present, owners));
          wished = admitted(served, call, wished, present);
          validate(wished, target.name());
          checkUid(served, wished, current);
          T scaled = mapping.withReplicas(current, wished.spec().replicas());
          String version = wished.metadata().resourceVersion();
          scaled = Metadata.with(scaled, scaled.metadata().withResourceVersion(version));
          return new Decoded<>(owners.taken(scaled, wished));
        };
    UpdateOrder.Part<T> part =
        new UpdateOrder.Part<>(SUBRESOURCE, served.rules(), new Seen<>(this, served, call));
    UpdateOrder<T> order =
        new UpdateOrder<>(target.namespace(), target.name(), part, replicas, false, uid);
    return of(mapping, verbs.update(served, call, order).object().record());
  }

  private Scale admitted(Served<?, ?> served, Call call, Scale wished, Scale present)
      throws InterruptedException {
    ApiObject admitted = verbs.context().admission().admit(request(served, call, wished, present));
    return admitted instanceof Scale kept ? kept : wished;
  }

  /** A scale is admitted as what it is. */
  private static AdmissionRequest request(Served<?, ?> served, Call call, Scale scale, Scale old) {
    Subject subject = Subject.of(served.resource(), SUBRESOURCE, old);
    return AdmissionRequest.update(subject, scale, old, call.caller());
  }

  /** Of an object whose scale changes, validating admission sees the scale. */
  private record Seen<T extends ApiObject>(Scales scales, Served<T, ?> served, Call call)
      implements UpdateAdmission<T> {
    @Override
    public T admit(T wished, T old) {
      return wished;
    }

    @Override
    public void validate(T object, T old) throws InterruptedException {
      ScaleMapping<T> mapping = mapping(served);
      AdmissionRequest request = request(served, call, of(mapping, object), of(mapping, old));
      scales.verbs.context().admission().validate(request);
    }
  }

  /** The scale in the namespace of the request, if it is the one that the path names. */
  private static Scale at(Served<?, ?> served, Patches.Target target, Scale scale) {
    ObjectMeta meta = Metadata.inNamespace(scale.metadata(), served.resource(), target.namespace());
    Scale here = scale.withMetadata(meta);
    Patches.checkName(target, here);
    return here;
  }

  /** Upstream's ValidateScale of pkg/apis/autoscaling/validation. */
  private static void validate(Scale scale, String name) {
    List<FieldError> errors =
        new ArrayList<>(
            ObjectMetaRules.validate(
                scale.metadata(), true, NameRule.DNS_SUBDOMAIN, FieldPath.of("metadata")));
    if (scale.spec().replicas() < 0) {
      errors.add(
          FieldError.invalid(
              FieldPath.of("spec", "replicas"),
              scale.spec().replicas(),
              "must be greater than or equal to 0"));
    }
    if (!errors.isEmpty()) {
      throw Invalid.failure(Scale.TYPE.gvk(), name, errors);
    }
  }

  /** A scale that says of which object it is must be this one's; the version is the storage's. */
  private static void checkUid(Served<?, ?> served, Scale scale, ApiObject object) {
    String wanted = scale.metadata().uid();
    String found = object.metadata().uid();
    if (!wanted.isEmpty() && !wanted.equals(found)) {
      Resource<?> resource = served.resource();
      String group = resource.group().isEmpty() ? "" : "." + resource.group();
      throw ApiFailure.conflict(
          resource.plural() + "/" + SUBRESOURCE + group,
          object.name(),
          "Precondition failed: UID in precondition: %s, UID in object meta: %s"
              .formatted(wanted, found));
    }
  }

  private static <T extends ApiObject> ScaleMapping<T> mapping(Served<T, ?> served) {
    return served.rules().scale().orElseThrow(Failures::noSuchResource);
  }

  private static <T extends ApiObject> Scale of(ScaleMapping<T> mapping, T object) {
    ObjectMeta meta = object.metadata();
    return mapping
        .toScale(object)
        .withMetadata(
            ObjectMeta.builder()
                .name(meta.name())
                .namespace(meta.namespace())
                .uid(meta.uid())
                .resourceVersion(meta.resourceVersion())
                .creationTimestamp(meta.creationTimestamp())
                .build());
  }
}
