package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.TypedLocalObjectReference;
import io.tiphys.api.core.v1.TypedObjectReference;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a claim asks for, by itself or as the volume of a pod; checked against
 * ValidatePersistentVolumeClaimSpec.
 */
public final class ClaimSpecValidation {
  private static final List<String> ACCESS_MODES =
      List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
  private static final List<String> VOLUME_MODES = List.of("Block", "Filesystem");

  private ClaimSpecValidation() {}

  public static void check(Checks checks, PersistentVolumeClaimSpec spec, FieldPath path) {
    if (spec.accessModes().isEmpty()) {
      checks.required(path.child("accessModes"), "at least 1 access mode is required");
    }
    checks.selector(path.child("selector"), spec.selector());
    accessModes(checks, spec.accessModes(), path.child("accessModes"));
    storage(checks, spec.resources().requests().get("storage"), path.child("resources"));
    className(checks, spec.storageClassName(), path.child("storageClassName"));
    checks.supported(path.child("volumeMode"), spec.volumeMode(), VOLUME_MODES);
    sources(checks, spec, path);
    className(checks, spec.volumeAttributesClassName(), path.child("volumeAttributesClassName"));
  }

  /** How a volume may be mounted; also of persistent volumes. */
  public static void accessModes(Checks checks, List<String> modes, FieldPath path) {
    boolean ofOnePod = modes.contains("ReadWriteOncePod");
    boolean others = false;
    for (String mode : modes) {
      checks.supported(path, mode, ACCESS_MODES);
      others |= ACCESS_MODES.contains(mode) && !mode.equals("ReadWriteOncePod");
    }
    if (ofOnePod && others) {
      checks.forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
  }

  private static void storage(Checks checks, @Nullable Quantity storage, FieldPath resources) {
    FieldPath path = resources.key("storage");
    if (storage == null) {
      checks.required(path);
    } else if (storage.signum() <= 0) {
      checks.invalid(path, storage.toString(), "must be greater than zero");
    }
  }

  private static void className(Checks checks, @Nullable String name, FieldPath path) {
    if (name != null && !name.isEmpty()) {
      checks.each(path, name, Names.dns1123Subdomain(name));
    }
  }

  private static void sources(Checks checks, PersistentVolumeClaimSpec spec, FieldPath path) {
    TypedLocalObjectReference source = spec.dataSource();
    TypedObjectReference reference = spec.dataSourceRef();
    if (source != null) {
      FieldPath at = path.child("dataSource");
      source(checks, source.name(), source.kind(), source.apiGroup(), at);
    }
    String namespace = reference == null ? null : reference.namespace();
    boolean elsewhere = namespace != null && !namespace.isEmpty();
    if (reference != null) {
      FieldPath at = path.child("dataSourceRef");
      source(checks, reference.name(), reference.kind(), reference.apiGroup(), at);
      if (namespace != null && !namespace.isEmpty()) {
        checks.each(at.child("namespace"), namespace, Names.dns1123Label(namespace));
      }
    }
    if (source == null || reference == null) {
      return;
    }
    // Upstream shows the path itself as the bad value: a struct without public fields.
    if (elsewhere) {
      checks.invalid(
          path, Map.of(), "may not be specified when dataSourceRef.namespace is specified");
    } else if (!same(source, reference)) {
      checks.invalid(path, Map.of(), "must match dataSourceRef");
    }
  }

  private static boolean same(TypedLocalObjectReference source, TypedObjectReference reference) {
    return Objects.equals(source.apiGroup(), reference.apiGroup())
        && source.kind().equals(reference.kind())
        && source.name().equals(reference.name());
  }

  private static void source(
      Checks checks, String name, String kind, @Nullable String group, FieldPath path) {
    if (name.isEmpty()) {
      checks.required(path.child("name"));
    }
    if (kind.isEmpty()) {
      checks.required(path.child("kind"));
    }
    if (group != null && !group.isEmpty()) {
      checks.each(path.child("apiGroup"), group, Names.dns1123Subdomain(group));
    } else if (!kind.equals("PersistentVolumeClaim")) {
      checks.add(
          FieldError.invalid(
              path, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"));
    }
  }
}
