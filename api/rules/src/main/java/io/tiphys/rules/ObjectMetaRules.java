package io.tiphys.rules;

import io.tiphys.api.meta.v1.ManagedFieldsEntry;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.meta.Names;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Metadata that every kind has. Checked against apimachinery/pkg/api/validation/objectmeta.go and
 * apis/meta/v1/validation/validation.go.
 */
public final class ObjectMetaRules {
  public static final String ORPHAN = "orphan";
  public static final String FOREGROUND_DELETION = "foregroundDeletion";

  private static final Set<String> STANDARD_FINALIZERS =
      Set.of("kubernetes", ORPHAN, FOREGROUND_DELETION);

  /** Upstream's TotalAnnotationSizeLimitB: annotations are not a place for documents. */
  private static final int MAX_ANNOTATION_BYTES = 256 * 1024;

  /** Upstream's MaxSubresourceNameLength. */
  private static final int MAX_SUBRESOURCE_LENGTH = 256;

  /** Upstream's FieldManagerMaxLength. */
  public static final int MAX_FIELD_MANAGER_LENGTH = 128;

  private ObjectMetaRules() {}

  /**
   * The metadata of a status that leaves the object's own alone; upstream's
   * ResetObjectMetaForStatus.
   */
  public static ObjectMeta ofStatus(ObjectMeta meta, ObjectMeta old) {
    return meta.toBuilder()
        .deletionTimestamp(old.deletionTimestamp())
        .generation(old.generation())
        .selfLink(old.selfLink())
        .labels(old.labels())
        .annotations(old.annotations())
        .finalizers(old.finalizers())
        .ownerReferences(old.ownerReferences())
        .build();
  }

  /** What is wrong with the metadata of a new object. */
  public static List<FieldError> validate(
      ObjectMeta meta, boolean namespaced, NameRule names, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    if (!meta.generateName().isEmpty()) {
      addInvalid(
          errors,
          path.child("generateName"),
          meta.generateName(),
          names.checkPrefix(meta.generateName()));
    }
    if (meta.name().isEmpty()) {
      errors.add(FieldError.required(path.child("name"), "name or generateName is required"));
    } else {
      addInvalid(errors, path.child("name"), meta.name(), names.check(meta.name()));
    }
    FieldPath namespace = path.child("namespace");
    if (!namespaced && !meta.namespace().isEmpty()) {
      errors.add(FieldError.forbidden(namespace, "not allowed on this type"));
    } else if (namespaced && meta.namespace().isEmpty()) {
      errors.add(FieldError.required(namespace, ""));
    } else if (namespaced) {
      addInvalid(errors, namespace, meta.namespace(), NameRule.DNS_LABEL.check(meta.namespace()));
    }
    if (meta.generation() < 0) {
      errors.add(
          FieldError.invalid(
              path.child("generation"), meta.generation(), "must be greater than or equal to 0"));
    }
    validateShared(meta, path, errors);
    validateFinalizers(meta.finalizers(), path.child("finalizers"), errors);
    return errors;
  }

  /** What an update may not change. */
  public static List<FieldError> validateUpdate(ObjectMeta meta, ObjectMeta old, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    if (old.deletionTimestamp() != null) {
      TreeSet<String> added = new TreeSet<>(meta.finalizers());
      old.finalizers().forEach(added::remove);
      if (!added.isEmpty()) {
        errors.add(
            FieldError.forbidden(
                path.child("finalizers"),
                "no new finalizers can be added if the object is being deleted, found new"
                    + " finalizers "
                    + GoValues.strings(added)));
      }
    }
    if (meta.generation() < old.generation()) {
      errors.add(
          FieldError.invalid(
              path.child("generation"), meta.generation(), "must not be decremented"));
    }
    immutable(errors, path.child("name"), meta.name(), old.name());
    immutable(errors, path.child("namespace"), meta.namespace(), old.namespace());
    immutable(errors, path.child("uid"), meta.uid(), old.uid());
    immutable(
        errors,
        path.child("creationTimestamp"),
        text(meta.creationTimestamp()),
        text(old.creationTimestamp()));
    immutable(
        errors,
        path.child("deletionTimestamp"),
        text(meta.deletionTimestamp()),
        text(old.deletionTimestamp()));
    immutable(
        errors,
        path.child("deletionGracePeriodSeconds"),
        meta.deletionGracePeriodSeconds(),
        old.deletionGracePeriodSeconds());
    validateShared(meta, path, errors);
    return errors;
  }

  /** What is wrong with the name of a field manager. */
  public static List<FieldError> validateFieldManager(String manager, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    if (manager.getBytes(StandardCharsets.UTF_8).length > MAX_FIELD_MANAGER_LENGTH) {
      errors.add(FieldError.tooLong(path, MAX_FIELD_MANAGER_LENGTH));
    }
    int position = 0;
    for (int c : manager.codePoints().toArray()) {
      if (Character.isISOControl(c)) {
        errors.add(
            FieldError.invalid(
                path,
                manager,
                String.format("invalid character U+%04X (at position %d)", c, position)));
      }
      position += Character.toString(c).getBytes(StandardCharsets.UTF_8).length;
    }
    return errors;
  }

  /** What is wrong with labels, as of an object or of a template. */
  public static List<FieldError> validateLabels(Map<String, String> labels, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    labels.forEach(
        (key, value) -> {
          addInvalid(errors, path, key, Names.qualifiedName(key));
          addInvalid(errors, path, value, Names.labelValue(value));
        });
    return errors;
  }

  /** What is wrong with annotations, as of an object or of a template. */
  public static List<FieldError> validateAnnotations(
      Map<String, String> annotations, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    long bytes = 0;
    for (Map.Entry<String, String> annotation : annotations.entrySet()) {
      String key = annotation.getKey();
      addInvalid(errors, path, key, Names.qualifiedName(key.toLowerCase(Locale.ROOT)));
      bytes += key.length() + annotation.getValue().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > MAX_ANNOTATION_BYTES) {
      errors.add(FieldError.tooLong(path, MAX_ANNOTATION_BYTES));
    }
    return errors;
  }

  private static void validateShared(ObjectMeta meta, FieldPath path, List<FieldError> errors) {
    errors.addAll(validateLabels(meta.labels(), path.child("labels")));
    errors.addAll(validateAnnotations(meta.annotations(), path.child("annotations")));
    validateOwners(meta.ownerReferences(), path.child("ownerReferences"), errors);
    validateManagedFields(meta.managedFields(), path.child("managedFields"), errors);
  }

  private static void validateOwners(
      List<OwnerReference> owners, FieldPath path, List<FieldError> errors) {
    @Nullable String controller = null;
    for (OwnerReference owner : owners) {
      String version = owner.apiVersion().substring(owner.apiVersion().indexOf('/') + 1);
      if (version.isEmpty()) {
        errors.add(
            FieldError.invalid(
                path.child("apiVersion"), owner.apiVersion(), "version must not be empty"));
      }
      requireText(errors, path.child("kind"), owner.kind());
      requireText(errors, path.child("name"), owner.name());
      requireText(errors, path.child("uid"), owner.uid());
      if (owner.apiVersion().equals("v1") && owner.kind().equals("Event")) {
        errors.add(
            FieldError.invalid(
                path,
                GoValues.tree(owner::write),
                "/v1, Kind=Event is disallowed from being an owner"));
      }
      if (Boolean.TRUE.equals(owner.controller())) {
        String name = owner.kind() + "/" + owner.name();
        if (controller == null) {
          controller = name;
        } else {
          errors.add(
              FieldError.invalid(
                  path,
                  owners.stream().map(each -> GoValues.tree(each::write)).toList(),
                  "Only one reference can have Controller set to true. Found \"true\" in"
                      + " references for "
                      + controller
                      + " and "
                      + name));
        }
      }
    }
  }

  private static void validateManagedFields(
      List<ManagedFieldsEntry> entries, FieldPath path, List<FieldError> errors) {
    for (int i = 0; i < entries.size(); i++) {
      ManagedFieldsEntry entry = entries.get(i);
      FieldPath at = path.index(i);
      if (!entry.operation().equals("Apply") && !entry.operation().equals("Update")) {
        errors.add(
            FieldError.invalid(
                at.child("operation"), entry.operation(), "must be `Apply` or `Update`"));
      }
      if (!entry.fieldsType().isEmpty() && !entry.fieldsType().equals("FieldsV1")) {
        errors.add(
            FieldError.invalid(at.child("fieldsType"), entry.fieldsType(), "must be `FieldsV1`"));
      }
      errors.addAll(validateFieldManager(entry.manager(), at.child("manager")));
      if (entry.subresource().length() > MAX_SUBRESOURCE_LENGTH) {
        errors.add(FieldError.tooLong(at.child("subresource"), MAX_SUBRESOURCE_LENGTH));
      }
    }
  }

  private static void validateFinalizers(
      List<String> finalizers, FieldPath path, List<FieldError> errors) {
    for (String finalizer : finalizers) {
      addInvalid(errors, path, finalizer, Names.qualifiedName(finalizer));
    }
    if (finalizers.contains(ORPHAN) && finalizers.contains(FOREGROUND_DELETION)) {
      errors.add(
          FieldError.invalid(
              path,
              finalizers,
              "finalizer " + ORPHAN + " and " + FOREGROUND_DELETION + " cannot be both set"));
    }
  }

  /**
   * Finalizers of built-in kinds that say not whose they are. As of pkg/apis/core/validation:
   * validateKubeFinalizerName.
   */
  public static List<FieldError> validateFinalizerNames(ObjectMeta meta, FieldPath path) {
    List<FieldError> errors = new ArrayList<>();
    FieldPath at = path.child("finalizers");
    List<String> finalizers = meta.finalizers();
    for (int i = 0; i < finalizers.size(); i++) {
      addInvalid(errors, at.index(i), finalizers.get(i), finalizerProblems(finalizers.get(i)));
    }
    return errors;
  }

  /** Only Kubernetes' own finalizers have names without a domain. */
  public static List<String> finalizerProblems(String finalizer) {
    return finalizer.contains("/") || STANDARD_FINALIZERS.contains(finalizer)
        ? List.of()
        : List.of("name is neither a standard finalizer name nor is it fully qualified");
  }

  private static void requireText(List<FieldError> errors, FieldPath path, String value) {
    if (value.isEmpty()) {
      errors.add(FieldError.invalid(path, value, "must not be empty"));
    }
  }

  private static void addInvalid(
      List<FieldError> errors, FieldPath path, String value, List<String> messages) {
    messages.forEach(message -> errors.add(FieldError.invalid(path, value, message)));
  }

  /** Adds upstream's words when a field that may never change has changed. */
  public static void immutable(
      List<FieldError> errors, FieldPath path, @Nullable Object value, @Nullable Object old) {
    if (!Objects.equals(value, old)) {
      errors.add(FieldError.invalid(path, value, "field is immutable"));
    }
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
