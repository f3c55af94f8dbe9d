package io.tiphys.server.customresources;

import io.tiphys.api.Resource;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinition;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionNames;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionSpec;
import io.tiphys.api.apiextensions.v1.CustomResourceDefinitionVersion;
import io.tiphys.api.apiextensions.v1.CustomResourceSubresources;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.rules.customresources.CustomObject;
import io.tiphys.rules.customresources.CustomRules;
import io.tiphys.rules.customresources.CustomType;
import io.tiphys.rules.customresources.Definitions;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.kinds.Subresource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of a definition. Pure. Checked against
 * apiextensions-apiserver/pkg/apiserver/customresource_{handler,discovery_controller}.go.
 */
final class CustomKinds {
  private static final List<String> VERBS =
      List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch");
  private static final List<String> ENDING =
      List.of("delete", "deletecollection", "get", "list", "patch", "update", "watch");
  private static final List<String> PART = List.of("get", "patch", "update");

  private CustomKinds() {}

  /** The served versions, best first; none as long as the names are not accepted. */
  static List<ServedKind<?>> of(CustomResourceDefinition definition) {
    boolean named =
        Definitions.is(definition, "NamesAccepted") || Definitions.is(definition, "Established");
    CustomResourceDefinitionVersion storage = storage(definition.spec());
    if (!named || storage == null) {
      return List.of();
    }
    Resource<CustomObject> stored = resource(definition, storage);
    return definition.spec().versions().stream()
        .filter(CustomResourceDefinitionVersion::served)
        .sorted(
            Comparator.comparing(CustomResourceDefinitionVersion::name, KubeVersions.BEST_FIRST))
        .<ServedKind<?>>map(version -> kind(definition, version, stored, storage))
        .toList();
  }

  private static @Nullable CustomResourceDefinitionVersion storage(
      CustomResourceDefinitionSpec spec) {
    return spec.versions().stream()
        .filter(CustomResourceDefinitionVersion::storage)
        .findFirst()
        .orElse(null);
  }

  private static Resource<CustomObject> resource(
      CustomResourceDefinition definition, CustomResourceDefinitionVersion version) {
    String group = definition.spec().group();
    CustomResourceDefinitionNames names = definition.status().acceptedNames();
    return new Resource<>(
        group,
        version.name(),
        names.plural(),
        names.singular(),
        names.shortNames(),
        names.categories(),
        definition.spec().scope().equals("Namespaced"),
        new CustomType(new GroupVersionKind(group, version.name(), names.kind()), schema(version)));
  }

  private static Json.Obj schema(CustomResourceDefinitionVersion version) {
    if (version.schema_() == null || version.schema_().openAPIV3Schema() == null) {
      return Json.Obj.of("x-kubernetes-preserve-unknown-fields", Json.Bool.TRUE);
    }
    TreeWriter out = new TreeWriter();
    version.schema_().openAPIV3Schema().write(out);
    return (Json.Obj) out.tree();
  }

  private static ServedKind<CustomObject> kind(
      CustomResourceDefinition definition,
      CustomResourceDefinitionVersion version,
      Resource<CustomObject> stored,
      CustomResourceDefinitionVersion storage) {
    boolean isStorage = version.equals(storage);
    Resource<CustomObject> resource = isStorage ? stored : resource(definition, version);
    CustomType type = (CustomType) resource.type();
    return new ServedKind<>(
        resource,
        new CustomRules(resource, type, isStorage ? null : stored, version),
        CustomColumns.of(version.additionalPrinterColumns()),
        Definitions.is(definition, "Terminating") ? ENDING : VERBS,
        parts(version, type.gvk()),
        new ServedKind.Custom(
            definition.status().acceptedNames().listKind(),
            type.definition(),
            deprecation(definition, version)));
  }

  private static Map<String, Subresource> parts(
      CustomResourceDefinitionVersion version, GroupVersionKind kind) {
    Map<String, Subresource> parts = new TreeMap<>();
    CustomResourceSubresources defined = version.subresources();
    if (defined != null && defined.status() != null) {
      parts.put("status", new Subresource.Part(kind, PART, true));
    }
    if (defined != null && defined.scale() != null) {
      parts.put("scale", new Subresource.Scale());
    }
    return parts;
  }

  private static String deprecation(
      CustomResourceDefinition definition, CustomResourceDefinitionVersion version) {
    if (!version.deprecated()) {
      return "";
    }
    if (version.deprecationWarning() != null) {
      return version.deprecationWarning();
    }
    String kind = definition.spec().names().kind();
    String group = definition.spec().group();
    List<String> better = new ArrayList<>();
    for (CustomResourceDefinitionVersion other : definition.spec().versions()) {
      boolean newer = KubeVersions.BEST_FIRST.compare(other.name(), version.name()) < 0;
      if (newer && other.served() && !other.deprecated()) {
        better.add(other.name());
      }
    }
    better.sort(KubeVersions.BEST_FIRST);
    String said = group + "/" + version.name() + " " + kind + " is deprecated";
    return better.isEmpty() ? said : said + "; use " + group + "/" + better.getFirst() + " " + kind;
  }
}
