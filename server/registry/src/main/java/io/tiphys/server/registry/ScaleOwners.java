package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.autoscaling.v1.Scale;
import io.tiphys.codec.Json;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.meta.apply.FieldManager;
import io.tiphys.meta.apply.ManagedEntry;
import io.tiphys.meta.apply.ScaleFields;
import io.tiphys.meta.apply.Typed;
import io.tiphys.rules.ScaleMapping;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Who owns the number of replicas of one object: its entries as they are seen through the scale,
 * and back. Checked against UpdatedObject of scaleUpdatedObjectInfo in pkg/registry/apps and the
 * field manager that endpoints/installer.go makes for a subresource of another kind.
 */
final class ScaleOwners {
  private static final FieldManager MANAGER =
      new FieldManager(
          new FieldManager.Endpoint(
              Scale.TYPE.gvk(),
              Scale.TYPE.schema(),
              ObjectCodec.toTree(Scale.TYPE, ObjectCodec.fromTree(Scale.TYPE, Json.Obj.EMPTY)),
              Typed.Versions.NONE,
              FieldFilter.NONE,
              Scales.SUBRESOURCE));

  private final ManagedFields managedFields;
  private final Call call;
  private final ScaleFields fields;

  private ScaleOwners(ManagedFields managedFields, Call call, ScaleFields fields) {
    this.managedFields = managedFields;
    this.call = call;
    this.fields = fields;
  }

  static <T extends ApiObject> ScaleOwners of(
      Served<T, ?> served, Call call, ManagedFields managedFields, T object) {
    List<String> path = served.rules().scale().map(ScaleMapping::replicasPath).orElse(List.of());
    Map<String, List<String>> replicas =
        served.versions().apiVersions().stream()
            .collect(Collectors.toMap(version -> version, _ -> path));
    return new ScaleOwners(
        managedFields,
        call,
        new ScaleFields(
            ManagedFields.entries(object), served.resource().type().gvk().apiVersion(), replicas));
  }

  /** The scale with the owners that it shows. */
  Scale shown(Scale scale) {
    return ManagedFields.with(scale, fields.toScale());
  }

  /** The owners after a writer made {@code wished} of {@code old}. */
  Scale updated(Scale old, Scale wished) {
    return managedFields.updated(MANAGER, call, old, wished);
  }

  /** Merges a configuration of the scale. */
  Scale applied(Scale old, PatchBody.Apply body) {
    return managedFields.applied(
        MANAGER,
        call,
        Scale.TYPE,
        ObjectCodec.toTree(old),
        new ManagedFields.Application(body.configuration(), body.force()));
  }

  /** The object with the owners it has once its scale is {@code wished}. */
  <T extends ApiObject> T taken(T object, Scale wished) {
    List<ManagedEntry> entries = fields.toParent(ManagedFields.entries(wished));
    return ManagedFields.with(object, entries);
  }
}
