package io.tiphys.rules.customresources;

import io.tiphys.api.apiextensions.v1.CustomResourceColumnDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionSpec;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import io.tiphys.api.apiextensions.v1.CustomResourceSubresourceScale;
import io.tiphys.api.apiextensions.v1.CustomResourceSubresources;
import io.tiphys.api.apiextensions.v1.JSONSchemaProps;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoValues;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a definition. What all versions share is told of as upstream keeps it: once,
 * for the whole. Checked against
 * apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
 */
final class DefinitionValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> COLUMN_TYPES =
      List.of("boolean", "date", "integer", "number", "string");
  private static final List<String> COLUMN_FORMATS =
      List.of("byte", "date", "date-time", "double", "float", "int32", "int64", "password");
  private static final int MAX_DEPRECATION_WARNING = 256;
  private static final String APPROVED = "api-approved.kubernetes.io";

  private final Checks checks = new Checks();
  private final NamesValidation names = new NamesValidation(checks);
  private final CustomResourceDefinition definition;

  private final @Nullable CustomResourceDefinition old;

  private DefinitionValidation(
      CustomResourceDefinition definition, @Nullable CustomResourceDefinition old) {
    this.definition = definition;
    this.old = old;
  }

  static List<FieldError> validate(CustomResourceDefinition definition) {
    DefinitionValidation validation = new DefinitionValidation(definition, null);
    CustomResourceDefinitionSpec spec = definition.spec();
    String name = spec.names().plural() + "." + spec.group();
    if (!definition.name().equals(name)) {
      validation.checks.invalid(
          FieldPath.of("metadata", "name"),
          definition.name(),
          "must be spec.names.plural+\".\"+spec.group");
    }
    validation.spec(spec);
    new ConversionValidation(validation.checks).check(spec.conversion(), null);
    validation.names.check(
        definition.status().acceptedNames(), FieldPath.of("status", "acceptedNames"));
    validation.storedVersions();
    validation.approval(null);
    validation.preservesUnknown(null);
    return validation.checks.errors();
  }

  static List<FieldError> validateUpdate(
      CustomResourceDefinition definition, CustomResourceDefinition old) {
    DefinitionValidation validation = new DefinitionValidation(definition, old);
    CustomResourceDefinitionSpec spec = definition.spec();
    CustomResourceDefinitionSpec before = old.spec();
    validation.spec(spec);
    new ConversionValidation(validation.checks).check(spec.conversion(), before.conversion());
    FieldPath names = SPEC.child("names");
    if (Definitions.is(old, "Established")) {
      validation.immutable(SPEC.child("scope"), spec.scope(), before.scope());
      validation.immutable(names.child("kind"), spec.names().kind(), before.names().kind());
    }
    validation.immutable(SPEC.child("group"), spec.group(), before.group());
    validation.immutable(names.child("plural"), spec.names().plural(), before.names().plural());
    validation.names.check(
        definition.status().acceptedNames(), FieldPath.of("status", "acceptedNames"));
    validation.storedVersions();
    validation.approval(old);
    validation.preservesUnknown(old);
    return validation.checks.errors();
  }

  static List<FieldError> validateStatus(CustomResourceDefinition definition) {
    DefinitionValidation validation = new DefinitionValidation(definition, null);
    validation.names.check(
        definition.status().acceptedNames(), FieldPath.of("status", "acceptedNames"));
    return validation.checks.errors();
  }

  private void immutable(FieldPath at, String value, String old) {
    if (!value.equals(old)) {
      checks.invalid(at, value, "field is immutable");
    }
  }

  private void spec(CustomResourceDefinitionSpec spec) {
    group(spec.group());
    checks.oneOf(SPEC.child("scope"), spec.scope(), List.of("Cluster", "Namespaced"));
    schemasAreThere(spec.versions());
    Set<String> versionNames = new HashSet<>();
    int storing = 0;
    for (int i = 0; i < spec.versions().size(); i++) {
      CustomResourceDefinitionVersion version = spec.versions().get(i);
      FieldPath at = SPEC.child("versions").index(i);
      versionNames.add(version.name());
      storing += version.storage() ? 1 : 0;
      names.joined(at.child("name"), version.name(), "");
      version(version, at);
    }
    Json versions = shown(spec.versions());
    if (versionNames.size() < spec.versions().size()) {
      checks.invalid(SPEC.child("versions"), versions, "must contain unique version names");
    }
    if (storing != 1) {
      checks.invalid(
          SPEC.child("versions"),
          versions,
          "must have exactly one version marked as storage version");
    }
    names.required(spec.names(), SPEC.child("names"));
    names.check(spec.names(), SPEC.child("names"));
    shared(spec);
  }

  private static Json shown(List<CustomResourceDefinitionVersion> versions) {
    return new Json.Arr(versions.stream().map(each -> GoValues.tree(each::write)).toList());
  }

  private void group(String group) {
    FieldPath at = SPEC.child("group");
    List<String> problems = Names.dns1123Subdomain(group);
    if (group.isEmpty()) {
      checks.required(at);
    } else if (!problems.isEmpty()) {
      checks.invalid(at, group, String.join(",", problems));
    } else if (group.indexOf('.') < 0) {
      checks.invalid(at, group, "should be a domain with at least one dot");
    }
  }

  private void schemasAreThere(List<CustomResourceDefinitionVersion> versions) {
    for (int i = 0; i < versions.size(); i++) {
      if (schema(versions.get(i)) == null) {
        checks.required(SPEC.child("versions").index(i).child("schema", "openAPIV3Schema"));
      }
    }
  }

  private static @Nullable JSONSchemaProps schema(CustomResourceDefinitionVersion version) {
    return version.schema_() == null ? null : version.schema_().openAPIV3Schema();
  }

  /** What all versions have alike. */
  private <V> boolean alike(Function<CustomResourceDefinitionVersion, @Nullable V> part) {
    List<CustomResourceDefinitionVersion> versions = definition.spec().versions();
    @Nullable V first = versions.isEmpty() ? null : part.apply(versions.getFirst());
    return versions.stream().allMatch(version -> Objects.equals(part.apply(version), first));
  }

  private void version(CustomResourceDefinitionVersion version, FieldPath at) {
    deprecation(version, at.child("deprecationWarning"));
    if (!alike(CustomResourceDefinitionVersion::schema_)) {
      schema(version, at.child("schema", "openAPIV3Schema"));
    }
    if (!alike(CustomResourceDefinitionVersion::subresources)) {
      subresources(version.subresources(), at.child("subresources"));
    }
    if (!alike(CustomResourceDefinitionVersion::additionalPrinterColumns)) {
      columns(version.additionalPrinterColumns(), at.child("additionalPrinterColumns"));
    }
    if (!alike(CustomResourceDefinitionVersion::selectableFields)) {
      selectable(version, at.child("selectableFields"));
    }
  }

  private void shared(CustomResourceDefinitionSpec spec) {
    if (spec.versions().isEmpty()) {
      return;
    }
    CustomResourceDefinitionVersion first = spec.versions().getFirst();
    if (alike(CustomResourceDefinitionVersion::schema_)) {
      schema(first, SPEC.child("validation", "openAPIV3Schema"));
    }
    if (alike(CustomResourceDefinitionVersion::subresources)) {
      subresources(first.subresources(), SPEC.child("subresources"));
    }
    if (alike(CustomResourceDefinitionVersion::additionalPrinterColumns)) {
      columns(first.additionalPrinterColumns(), SPEC.child("additionalPrinterColumns"));
    }
    if (alike(CustomResourceDefinitionVersion::selectableFields)) {
      selectable(first, SPEC.child("selectableFields"));
    }
  }

  private void selectable(CustomResourceDefinitionVersion version, FieldPath at) {
    checks.addAll(SelectableFields.validate(version.selectableFields(), schema(version), at));
  }

  private void schema(CustomResourceDefinitionVersion version, FieldPath at) {
    JSONSchemaProps schema = schema(version);
    if (schema != null) {
      CustomResourceSubresources parts = version.subresources();
      boolean hasStatus = parts != null && parts.status() != null;
      Json.Obj tree = (Json.Obj) GoValues.tree(schema::write);
      List<FieldError> wrong = SchemaValidation.validate(tree, hasStatus, at);
      checks.addAll(wrong);
      if (wrong.isEmpty() && !isStored(version, tree)) {
        checks.addAll(RuleChecks.validate(tree, at));
      }
    }
  }

  /**
   * Whether a version had this schema before. Its rules are not judged again, so that a definition
   * whose rules would be refused today can still be changed otherwise and deleted.
   */
  private boolean isStored(CustomResourceDefinitionVersion version, Json.Obj tree) {
    if (old == null) {
      return false;
    }
    for (CustomResourceDefinitionVersion each : old.spec().versions()) {
      JSONSchemaProps before = schema(each);
      if (each.name().equals(version.name()) && before != null) {
        return GoValues.tree(before::write).equals(tree);
      }
    }
    return false;
  }

  private void deprecation(CustomResourceDefinitionVersion version, FieldPath at) {
    String warning = version.deprecationWarning();
    if (warning == null) {
      return;
    }
    if (!version.deprecated()) {
      checks.invalid(at, warning, "can only be set for deprecated versions");
      return;
    }
    if (warning.length() > MAX_DEPRECATION_WARNING) {
      checks.invalid(at, warning, "must be <= 256 characters long");
    }
    if (warning.isEmpty()) {
      checks.invalid(at, warning, "must not be an empty string");
    }
    for (int i = 0; i < warning.length(); i++) {
      if (Character.isISOControl(warning.charAt(i))) {
        checks.invalid(
            at,
            warning,
            "must only contain printable UTF-8 characters; non-printable character found at index "
                + i);
        return;
      }
    }
  }

  private void subresources(@Nullable CustomResourceSubresources parts, FieldPath at) {
    CustomResourceSubresourceScale scale = parts == null ? null : parts.scale();
    if (scale == null) {
      return;
    }
    path(at.child("scale", "specReplicasPath"), scale.specReplicasPath(), List.of(".spec."));
    path(at.child("scale", "statusReplicasPath"), scale.statusReplicasPath(), List.of(".status."));
    String selector = scale.labelSelectorPath();
    if (selector != null && !selector.isEmpty()) {
      path(at.child("scale", "labelSelectorPath"), selector, List.of(".spec.", ".status."));
    }
  }

  private void path(FieldPath at, String path, List<String> roots) {
    if (path.isEmpty()) {
      checks.required(at);
    } else if (simplePath(at, path) && roots.stream().noneMatch(path::startsWith)) {
      String where =
          roots.size() == 1
              ? "under " + roots.getFirst().substring(0, roots.getFirst().length() - 1)
              : "under either .spec or .status";
      checks.invalid(at, path, "should be a json path " + where);
    }
  }

  private boolean simplePath(FieldPath at, String path) {
    if (path.charAt(0) != '.') {
      checks.invalid(at, path, "must be a simple json path starting with .");
      return false;
    }
    return true;
  }

  private void columns(List<CustomResourceColumnDefinition> columns, FieldPath path) {
    for (int i = 0; i < columns.size(); i++) {
      CustomResourceColumnDefinition column = columns.get(i);
      FieldPath at = path.index(i);
      if (column.name().isEmpty()) {
        checks.required(at.child("name"));
      }
      String types = "must be one of " + String.join(",", COLUMN_TYPES);
      if (column.type().isEmpty()) {
        checks.required(at.child("type"), types);
      } else if (!COLUMN_TYPES.contains(column.type())) {
        checks.invalid(at.child("type"), column.type(), types);
      }
      if (!column.format().isEmpty() && !COLUMN_FORMATS.contains(column.format())) {
        checks.invalid(
            at.child("format"),
            column.format(),
            "must be one of " + String.join(",", COLUMN_FORMATS));
      }
      if (column.jsonPath().isEmpty()) {
        checks.required(at.child("JSONPath"));
      } else {
        simplePath(at.child("JSONPath"), column.jsonPath());
      }
    }
  }

  private void storedVersions() {
    FieldPath at = FieldPath.of("status", "storedVersions");
    List<String> stored = definition.status().storedVersions();
    if (stored.isEmpty()) {
      checks.invalid(at, stored, "must have at least one stored version");
      return;
    }
    Set<String> names = new HashSet<>();
    for (CustomResourceDefinitionVersion version : definition.spec().versions()) {
      names.add(version.name());
      if (version.storage() && !stored.contains(version.name())) {
        checks.invalid(at, stored, "must have the storage version " + version.name());
      }
    }
    for (int i = 0; i < stored.size(); i++) {
      String version = stored.get(i);
      if (!names.contains(version)) {
        checks.invalid(
            at.index(i),
            version,
            ("missing from spec.versions; %1$s was previously a storage version, and must remain"
                    + " in spec.versions until a storage migration ensures no data remains"
                    + " persisted in %1$s and removes %1$s from status.storedVersions")
                .formatted(version));
      }
    }
  }

  /** Groups of Kubernetes itself need somebody's approval. */
  private void approval(@Nullable CustomResourceDefinition old) {
    String group = definition.spec().group();
    boolean theirs =
        List.of("k8s.io", "kubernetes.io").stream()
            .anyMatch(domain -> group.equals(domain) || group.endsWith("." + domain));
    String approved = definition.metadata().annotations().getOrDefault(APPROVED, "");
    if (!theirs
        || approved.startsWith("unapproved")
        || approved.matches("[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s]+.*")
        || (old != null
            && approved.equals(old.metadata().annotations().getOrDefault(APPROVED, "")))) {
      return;
    }
    FieldPath at = FieldPath.of("metadata", "annotations").key(APPROVED);
    String enhancement = "see https://github.com/kubernetes/enhancements/pull/1111";
    String must = "protected groups must have approval annotation " + GoText.quote(APPROVED);
    if (approved.isEmpty()) {
      checks.required(at, must + ", " + enhancement);
    } else {
      checks.invalid(
          at,
          approved,
          must + " with either a URL or a reason starting with \"unapproved\", " + enhancement);
    }
  }

  private void preservesUnknown(@Nullable CustomResourceDefinition old) {
    boolean before = old != null && old.spec().preserveUnknownFields();
    if (!before && definition.spec().preserveUnknownFields()) {
      checks.invalid(
          SPEC.child("preserveUnknownFields"),
          true,
          "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in"
              + " spec.versions[*].schema instead");
    }
  }
}
