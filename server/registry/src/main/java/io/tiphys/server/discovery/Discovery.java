package io.tiphys.server.discovery;

import io.tiphys.api.AdmissionregistrationV1;
import io.tiphys.api.ApiextensionsV1;
import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.server.kinds.Registry;
import io.tiphys.server.kinds.ServedKind;
import io.tiphys.server.kinds.Subresource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Discovery documents of a registry. Pure; the shapes are apimachinery's meta/v1 APIGroupList,
 * APIResourceList and apidiscovery/v2 APIGroupDiscoveryList.
 */
final class Discovery {
  /** What upstream still writes in the version of its first years. */
  private static final Set<Resource<?>> STORED_BETA =
      Set.of(
          ApiextensionsV1.CUSTOMRESOURCEDEFINITIONS,
          AdmissionregistrationV1.MUTATINGADMISSIONPOLICIES,
          AdmissionregistrationV1.MUTATINGADMISSIONPOLICYBINDINGS);

  private final Registry registry;

  Discovery(Registry registry) {
    this.registry = registry;
  }

  /** {@code /api}: the versions of the core group. */
  static Json versions(String serverAddress) {
    Json byNetwork =
        Json.Obj.builder()
            .put("clientCIDR", "0.0.0.0/0")
            .put("serverAddress", serverAddress)
            .build();
    return Json.Obj.builder()
        .put("kind", "APIVersions")
        .put("versions", strings(List.of("v1")))
        .put("serverAddressByClientCIDRs", new Json.Arr(List.of(byNetwork)))
        .build();
  }

  /** {@code /apis}: the named groups. */
  Json groups() {
    List<Json> groups = new ArrayList<>();
    registry
        .groups()
        .forEach(
            (name, versions) -> {
              if (!name.isEmpty()) {
                groups.add(group(name, versions.keySet()));
              }
            });
    return Json.Obj.builder()
        .put("kind", "APIGroupList")
        .put("apiVersion", "v1")
        .put("groups", new Json.Arr(groups))
        .build();
  }

  /** {@code /apis/GROUP}, or null when there is no such group. */
  @Nullable Json group(String name) {
    Map<String, List<ServedKind<?>>> versions = registry.groups().get(name);
    if (versions == null || name.isEmpty()) {
      return null;
    }
    Json.Obj group = group(name, versions.keySet());
    return Json.Obj.builder().put("kind", "APIGroup").put("apiVersion", "v1").putAll(group).build();
  }

  private static Json.Obj group(String name, Iterable<String> versions) {
    List<Json> listed = new ArrayList<>();
    for (String version : versions) {
      listed.add(
          Json.Obj.builder()
              .put("groupVersion", name + "/" + version)
              .put("version", version)
              .build());
    }
    return Json.Obj.builder()
        .put("name", name)
        .put("versions", new Json.Arr(listed))
        .put("preferredVersion", listed.getFirst())
        .build();
  }

  /** {@code /api/v1} or {@code /apis/GROUP/VERSION}, or null when there is none. */
  @Nullable Json resources(String group, String version) {
    List<ServedKind<?>> entries = registry.groups().getOrDefault(group, Map.of()).get(version);
    if (entries == null) {
      return null;
    }
    List<Json> resources = new ArrayList<>();
    for (ServedKind<?> entry : entries) {
      resources.add(resource(entry));
      entry.subresources().forEach((name, part) -> resources.add(part(entry, name, part)));
    }
    return Json.Obj.builder()
        .put("kind", "APIResourceList")
        .put("apiVersion", "v1")
        .put("groupVersion", group.isEmpty() ? version : group + "/" + version)
        .put("resources", new Json.Arr(resources))
        .build();
  }

  private static Json resource(ServedKind<?> entry) {
    Resource<?> resource = entry.resource();
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("name", resource.plural())
            .put("singularName", resource.singular())
            .put("namespaced", resource.namespaced())
            .put("kind", resource.kind())
            .put("verbs", strings(entry.verbs()));
    if (!resource.shortNames().isEmpty()) {
      out.put("shortNames", strings(resource.shortNames()));
    }
    if (!resource.categories().isEmpty()) {
      out.put("categories", strings(resource.categories()));
    }
    if (entry.stored()) {
      out.put("storageVersionHash", storageVersionHash(entry.storedAs()));
    }
    return out.build();
  }

  private static Json part(ServedKind<?> entry, String name, Subresource part) {
    Resource<?> resource = entry.resource();
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("name", resource.plural() + "/" + name)
            .put("singularName", "")
            .put("namespaced", resource.namespaced());
    if (!part.kind().apiVersion().equals(resource.apiVersion())) {
      out.put("group", part.kind().group()).put("version", part.kind().version());
    }
    return out.put("kind", part.kind().kind()).put("verbs", strings(part.verbs())).build();
  }

  /**
   * Everything at once.
   *
   * @param core the core group alone ({@code /api}), or all others ({@code /apis})
   * @param version of the document: v2 or v2beta1
   */
  Json aggregated(boolean core, String version) {
    List<Json> groups = new ArrayList<>();
    registry
        .groups()
        .forEach(
            (name, versions) -> {
              if (name.isEmpty() == core) {
                groups.add(aggregatedGroup(name, versions));
              }
            });
    return Json.Obj.builder()
        .put("kind", "APIGroupDiscoveryList")
        .put("apiVersion", "apidiscovery.k8s.io/" + version)
        .put("metadata", Json.Obj.EMPTY)
        .put("items", new Json.Arr(groups))
        .build();
  }

  private static Json aggregatedGroup(String name, Map<String, List<ServedKind<?>>> versions) {
    List<Json> listed = new ArrayList<>();
    versions.forEach(
        (version, entries) ->
            listed.add(
                Json.Obj.builder()
                    .put("version", version)
                    .put(
                        "resources",
                        new Json.Arr(entries.stream().map(Discovery::aggregatedEntry).toList()))
                    .put("freshness", "Current")
                    .build()));
    Json.Obj metadata = name.isEmpty() ? Json.Obj.EMPTY : Json.Obj.of("name", Json.of(name));
    return Json.Obj.builder()
        .put("metadata", metadata)
        .put("versions", new Json.Arr(listed))
        .build();
  }

  private static Json aggregatedEntry(ServedKind<?> entry) {
    Resource<?> resource = entry.resource();
    Json.Obj.Builder out =
        Json.Obj.builder()
            .put("resource", resource.plural())
            .put("responseKind", kind(resource.type().gvk()))
            .put("scope", resource.namespaced() ? "Namespaced" : "Cluster")
            .put("singularResource", resource.singular())
            .put("verbs", strings(entry.verbs()));
    if (!resource.shortNames().isEmpty()) {
      out.put("shortNames", strings(resource.shortNames()));
    }
    if (!resource.categories().isEmpty()) {
      out.put("categories", strings(resource.categories()));
    }
    if (!entry.subresources().isEmpty()) {
      List<Json> parts = new ArrayList<>();
      entry
          .subresources()
          .forEach(
              (name, part) ->
                  parts.add(
                      Json.Obj.builder()
                          .put("subresource", name)
                          .put("responseKind", kind(part.kind()))
                          .put("verbs", strings(part.verbs()))
                          .build()));
      out.put("subresources", new Json.Arr(parts));
    }
    return out.build();
  }

  private static Json kind(GroupVersionKind kind) {
    return Json.Obj.builder()
        .put("group", kind.group())
        .put("version", kind.version())
        .put("kind", kind.kind())
        .build();
  }

  /** Checked against apiserver/pkg/endpoints/discovery/storageversionhash.go. */
  static String storageVersionHash(Resource<?> resource) {
    String version = STORED_BETA.contains(resource) ? "v1beta1" : resource.version();
    String name = resource.group() + "/" + version + "/" + resource.kind();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(Arrays.copyOf(hash, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Json strings(List<String> values) {
    return new Json.Arr(values.stream().<Json>map(Json.Str::new).toList());
  }
}
