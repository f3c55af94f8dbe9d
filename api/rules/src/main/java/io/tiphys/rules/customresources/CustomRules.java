package io.tiphys.rules.customresources;

import io.tiphys.api.Resource;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import io.tiphys.api.apiextensions.v1.CustomResourceSubresources;
import io.tiphys.codec.Json;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.Conversion;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.PartRules;
import io.tiphys.rules.ResourceRules;
import io.tiphys.rules.ScaleMapping;
import io.tiphys.rules.UpdateRules;
import io.tiphys.rules.WriteContext;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one version of a custom resource, as its definition has them. Checked against
 * apiextensions-apiserver/pkg/registry/customresource/{strategy,status_strategy}.go.
 */
public final class CustomRules implements ResourceRules<CustomObject> {
  private static final FieldFilter RESETS_STATUS =
      FieldFilter.excluding(List.of(List.of("status")));
  private static final FieldFilter STATUS_ONLY =
      FieldFilter.excluding(List.of(List.of("metadata"), List.of("spec")));

  /** With these the object may not have the types that rules count on. */
  private static final Set<FieldError.Type> BLOCKING =
      EnumSet.of(
          FieldError.Type.NOT_SUPPORTED,
          FieldError.Type.REQUIRED,
          FieldError.Type.TOO_LONG,
          FieldError.Type.TOO_MANY,
          FieldError.Type.TYPE_INVALID);

  private static final String NOT_CHECKED =
      "some validation rules were not checked because the object was invalid; correct the existing"
          + " errors to complete validation";

  private final Resource<CustomObject> resource;
  private final @Nullable Resource<CustomObject> stored;
  private final CustomType type;
  private final boolean status;
  private final @Nullable CustomScale scale;
  private final Map<String, Function<CustomObject, String>> selectable;

  /**
   * @param stored the version in which objects are kept; null if it is this one
   */
  public CustomRules(
      Resource<CustomObject> resource,
      CustomType type,
      @Nullable Resource<CustomObject> stored,
      CustomResourceDefinitionVersion version) {
    this.resource = resource;
    this.type = type;
    this.stored = stored;
    CustomResourceSubresources parts = version.subresources();
    status = parts != null && parts.status() != null;
    scale = parts == null || parts.scale() == null ? null : new CustomScale(parts.scale());
    selectable = selectable(version);
  }

  private static Map<String, Function<CustomObject, String>> selectable(
      CustomResourceDefinitionVersion version) {
    Map<String, Function<CustomObject, String>> fields = new LinkedHashMap<>();
    version
        .selectableFields()
        .forEach(
            field -> {
              List<String> path = CustomPaths.words(field.jsonPath());
              fields.put(
                  SelectableFields.name(field),
                  object -> SelectableFields.value(object.content(), path));
            });
    return fields;
  }

  @Override
  public Resource<CustomObject> resource() {
    return resource;
  }

  @Override
  public Optional<Conversion<CustomObject, ?>> conversion() {
    return stored == null ? Optional.empty() : Optional.of(new Renamed(stored, type));
  }

  /** Between versions that differ in nothing but what their schemas know. */
  private record Renamed(Resource<CustomObject> stored, CustomType type)
      implements Conversion<CustomObject, CustomObject> {
    @Override
    public CustomObject fromStored(CustomObject object) {
      return type.of(object);
    }

    @Override
    public CustomObject toStored(CustomObject object, @Nullable CustomObject current) {
      return ((CustomType) stored.type()).of(object);
    }
  }

  @Override
  public CustomObject defaults(CustomObject object) {
    return type.complete(object);
  }

  @Override
  public CustomObject prepareForCreate(CustomObject object, WriteContext context) {
    return withGeneration(status ? object.withField("status", null) : object, 1);
  }

  @Override
  public CustomObject prepareForUpdate(
      CustomObject object, CustomObject old, WriteContext context) {
    CustomObject prepared =
        status ? object.withField("status", old.content().get("status")) : object;
    return prepared.content().equals(old.content())
        ? prepared
        : withGeneration(prepared, old.metadata().generation() + 1);
  }

  private static CustomObject withGeneration(CustomObject object, long generation) {
    return object.withMetadata(object.metadata().withGeneration(generation));
  }

  @Override
  public FieldFilter resetFields() {
    return status ? RESETS_STATUS : FieldFilter.NONE;
  }

  @Override
  public List<FieldError> validate(CustomObject object) {
    return errors(object, null);
  }

  @Override
  public List<FieldError> validateUpdate(CustomObject object, CustomObject old) {
    return errors(object, old);
  }

  private List<FieldError> errors(CustomObject object, @Nullable CustomObject old) {
    Structural schema = type.structural();
    Json.Obj tree = object.tree();
    Json.Obj before = old == null ? null : old.tree();
    List<FieldError> errors = new ArrayList<>(ValueValidation.validate("", tree, before, schema));
    if (scale != null) {
      errors.addAll(scale.validateSpec(object));
      errors.addAll(scale.validateStatus(object));
    }
    errors.addAll(EmbeddedObjects.validate(object.content(), schema));
    if (before == null || ListTypes.validate(before, schema).isEmpty()) {
      errors.addAll(ListTypes.validate(tree, schema));
    }
    errors.addAll(ruleErrors(errors, object, old));
    return errors;
  }

  /** What the rules in expressions find, unless the object is too wrong to be judged by them. */
  private List<FieldError> ruleErrors(
      List<FieldError> found, CustomObject object, @Nullable CustomObject old) {
    Optional<RuleTree> rules = type.rules();
    if (rules.isEmpty()) {
      return List.of();
    }
    if (found.stream().anyMatch(error -> BLOCKING.contains(error.type()))) {
      return List.of(FieldError.invalid(FieldPath.of("<nil>"), null, NOT_CHECKED));
    }
    return RuleRun.judge(rules.get(), object.tree(), old == null ? null : old.tree()).errors();
  }

  @Override
  public List<String> warningsOnCreate(CustomObject object) {
    return FinalizerWarnings.of(object.metadata().finalizers());
  }

  @Override
  public List<String> warningsOnUpdate(CustomObject object, CustomObject old) {
    List<String> added = new ArrayList<>(object.metadata().finalizers());
    added.removeAll(old.metadata().finalizers());
    List<String> warnings = new ArrayList<>(FinalizerWarnings.of(added));
    type.rules()
        .ifPresent(
            rules -> warnings.addAll(RuleRun.judge(rules, object.tree(), old.tree()).warnings()));
    return warnings;
  }

  @Override
  public boolean qualifiesFinalizers() {
    return false;
  }

  @Override
  public boolean allowUnconditionalUpdate() {
    return false;
  }

  @Override
  public Map<String, Function<CustomObject, String>> selectableFields() {
    return selectable;
  }

  @Override
  public Map<String, UpdateRules<CustomObject>> subresources() {
    return status
        ? Map.of("status", new PartRules<>(this::prepareStatus, this::validateStatus, STATUS_ONLY))
        : Map.of();
  }

  /** Everything as it was but the status and who owns its fields. */
  private CustomObject prepareStatus(CustomObject object, CustomObject old, WriteContext context) {
    return old.withField("status", object.content().get("status"))
        .withMetadata(
            old.metadata()
                .withManagedFields(object.metadata().managedFields())
                .withResourceVersion(object.metadata().resourceVersion()));
  }

  private List<FieldError> validateStatus(CustomObject object, CustomObject old) {
    Structural schema = type.structural();
    List<FieldError> errors = new ArrayList<>();
    Json wished = object.content().get("status");
    Structural part = schema.properties().get("status");
    if (wished != null && part != null) {
      Json before = old.content().get("status");
      errors.addAll(ValueValidation.validate("status", wished, before, part));
    }
    if (scale != null) {
      errors.addAll(scale.validateStatus(object));
    }
    if (ListTypes.validate(old.content(), schema).isEmpty()) {
      errors.addAll(ListTypes.validate(object.content(), schema));
    }
    errors.addAll(ruleErrors(errors, object, old));
    return errors;
  }

  @Override
  public Optional<ScaleMapping<CustomObject>> scale() {
    return Optional.ofNullable(scale);
  }
}
