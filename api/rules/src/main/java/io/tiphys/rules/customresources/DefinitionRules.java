package io.tiphys.rules.customresources;

import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.apiextensions.v1.CustomResourceConversion;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionCondition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionSpec;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionStatus;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import io.tiphys.api.apiextensions.v1.CustomResourceValidation;
import io.tiphys.api.apiextensions.v1.ServiceReference;
import io.tiphys.api.apiextensions.v1.WebhookClientConfig;
import io.tiphys.api.apiextensions.v1.WebhookConversion;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.GoValues;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * CustomResourceDefinitions. Checked against
 * apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go and
 * pkg/apis/apiextensions/v1/defaults.go.
 */
public final class DefinitionRules
    extends SpecRules<
        CustomResourceDefinition, CustomResourceDefinitionSpec, CustomResourceDefinitionStatus> {
  private static final int HTTPS_PORT = 443;

  /** Keeps a definition until its objects are gone. */
  public static final String CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

  public DefinitionRules() {
    super(
        ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS,
        new Parts<>(
            CustomResourceDefinition::spec,
            CustomResourceDefinition::status,
            CustomResourceDefinition::withSpec,
            CustomResourceDefinition::withStatus,
            CustomResourceDefinitionStatus.EMPTY));
  }

  @Override
  public CustomResourceDefinition defaults(CustomResourceDefinition definition) {
    CustomResourceDefinition filled = super.defaults(definition);
    return filled.status().storedVersions().isEmpty() ? withStored(filled) : filled;
  }

  @Override
  protected CustomResourceDefinitionSpec defaults(
      CustomResourceDefinitionSpec spec, CustomResourceDefinition object) {
    CustomResourceDefinitionNames names = spec.names();
    if (names.singular().isEmpty()) {
      names = names.withSingular(names.kind().toLowerCase(Locale.ROOT));
    }
    if (names.listKind().isEmpty() && !names.kind().isEmpty()) {
      names = names.withListKind(names.kind() + "List");
    }
    CustomResourceDefinitionSpec filled = spec.withNames(names);
    return filled.withConversion(
        filled.conversion() == null
            ? CustomResourceConversion.builder().strategy("None").build()
            : withPort(filled.conversion()));
  }

  private static CustomResourceConversion withPort(CustomResourceConversion conversion) {
    WebhookConversion webhook = conversion.webhook();
    WebhookClientConfig client = webhook == null ? null : webhook.clientConfig();
    ServiceReference service = client == null ? null : client.service();
    return webhook == null || client == null || service == null || service.port() != null
        ? conversion
        : conversion.withWebhook(
            webhook.withClientConfig(client.withService(service.withPort(HTTPS_PORT))));
  }

  @Override
  public CustomResourceDefinition prepareForCreate(
      CustomResourceDefinition definition, WriteContext context) {
    return withStored(super.prepareForCreate(definition, context));
  }

  @Override
  public CustomResourceDefinition prepareForUpdate(
      CustomResourceDefinition definition, CustomResourceDefinition old, WriteContext context) {
    return withStored(super.prepareForUpdate(definition, old, context));
  }

  /** The storage version is one of those in which objects may be stored. */
  private static CustomResourceDefinition withStored(CustomResourceDefinition definition) {
    for (CustomResourceDefinitionVersion version : definition.spec().versions()) {
      if (version.storage()) {
        List<String> stored = new ArrayList<>(definition.status().storedVersions());
        if (!stored.contains(version.name())) {
          stored.add(version.name());
        }
        return definition.withStatus(definition.status().withStoredVersions(stored));
      }
    }
    return definition;
  }

  @Override
  public List<FieldError> validate(CustomResourceDefinition definition) {
    return DefinitionValidation.validate(definition);
  }

  @Override
  public List<FieldError> validateUpdate(
      CustomResourceDefinition definition, CustomResourceDefinition old) {
    return DefinitionValidation.validateUpdate(definition, old);
  }

  @Override
  public List<String> warningsOnCreate(CustomResourceDefinition definition) {
    return unknownFormats(definition);
  }

  @Override
  public List<String> warningsOnUpdate(
      CustomResourceDefinition definition, CustomResourceDefinition old) {
    List<String> added = new ArrayList<>(unknownFormats(definition));
    added.removeAll(unknownFormats(old));
    return added;
  }

  private static List<String> unknownFormats(CustomResourceDefinition definition) {
    List<String> warnings = new ArrayList<>();
    for (CustomResourceDefinitionVersion version : definition.spec().versions()) {
      CustomResourceValidation validation = version.schema_();
      if (validation != null && validation.openAPIV3Schema() != null) {
        unknownFormats(GoValues.tree(validation.openAPIV3Schema()::write), warnings);
      }
    }
    return warnings;
  }

  private static void unknownFormats(Json schema, List<String> warnings) {
    switch (schema) {
      case Json.Obj object -> {
        boolean typed = object.get("type") instanceof Json.Str || object.get("properties") == null;
        if (typed && object.get("format") instanceof Json.Str(String format)) {
          String type = object.get("type") instanceof Json.Str(String text) ? text : "";
          if (!format.isEmpty() && Formats.known(type, format).isEmpty()) {
            warnings.add("unrecognized format " + GoText.quote(format));
          }
        }
        object.members().values().forEach(member -> unknownFormats(member, warnings));
      }
      case Json.Arr(var elements) -> elements.forEach(each -> unknownFormats(each, warnings));
      default -> {}
    }
  }

  /** Its objects go first, so a definition never goes at once. */
  @Override
  public boolean holdsDeletion(CustomResourceDefinition definition) {
    return definition.metadata().deletionTimestamp() == null;
  }

  /** Checked against registry/customresourcedefinition/etcd.go: Delete. */
  @Override
  public CustomResourceDefinition markTerminating(CustomResourceDefinition definition) {
    Instant now = Objects.requireNonNull(definition.metadata().deletionTimestamp());
    List<String> finalizers = new ArrayList<>(definition.metadata().finalizers());
    if (!finalizers.contains(CLEANUP)) {
      finalizers.add(CLEANUP);
    }
    CustomResourceDefinitionCondition terminating =
        CustomResourceDefinitionCondition.builder()
            .type("Terminating")
            .status("True")
            .reason("InstanceDeletionPending")
            .message(
                "CustomResourceDefinition marked for deletion; CustomResource deletion will begin"
                    + " soon")
            .build();
    return Definitions.with(
        definition.withMetadata(definition.metadata().withFinalizers(finalizers)),
        terminating,
        now);
  }

  @Override
  public boolean allowUnconditionalUpdate() {
    return false;
  }

  @Override
  protected List<FieldError> validateStatus(
      CustomResourceDefinition object, CustomResourceDefinition old) {
    return DefinitionValidation.validateStatus(object);
  }
}
