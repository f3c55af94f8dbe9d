package io.tiphys.server.discovery;

import java.util.List;
import java.util.Map;

/**
 * The pages that tell what there is: versions, groups and resources, and which program serves them.
 * Pure. Checked against apiserver/pkg/endpoints/discovery and pkg/routes of upstream.
 */
final class PageOperations {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final List<String> PLAIN = List.of("application/json");

  private PageOperations() {}

  /** {@code /api/}: the versions of the core group. */
  static Map<String, List<Operation>> versions() {
    return page(
        "/api/",
        "getCoreAPIVersions",
        "get available API versions",
        "core",
        ResourceOperations.OBJECTS,
        META + "APIVersions");
  }

  /** {@code /apis/}: the groups. */
  static Map<String, List<Operation>> groups() {
    return page(
        "/apis/",
        "getAPIVersions",
        "get available API versions",
        "apis",
        ResourceOperations.OBJECTS,
        META + "APIGroupList");
  }

  /** {@code /apis/GROUP/}: the versions of a group. */
  static Map<String, List<Operation>> group(String group) {
    ApiWords words = new ApiWords(group, "");
    return page(
        words.root() + "/",
        "get" + words.id() + "APIGroup",
        "get information of a group",
        words.tag(),
        ResourceOperations.OBJECTS,
        META + "APIGroup");
  }

  /** {@code /apis/GROUP/VERSION/}: the resources. */
  static Map<String, List<Operation>> resources(String group, String version) {
    ApiWords words = new ApiWords(group, version);
    return page(
        words.root() + "/",
        "get" + words.id() + "APIResources",
        "get available resources",
        words.tag(),
        ResourceOperations.OBJECTS,
        META + "APIResourceList");
  }

  /** {@code /version/}. */
  static Map<String, List<Operation>> program() {
    return page(
        "/version/",
        "getCodeVersion",
        "get the version information for this server",
        "version",
        PLAIN,
        "io.k8s.apimachinery.pkg.version.Info");
  }

  private static Map<String, List<Operation>> page(
      String path, String id, String description, String tag, List<String> media, String answer) {
    Operation operation =
        new Draft("get", "", null, tag, "")
            .named(id, description)
            .takes(media, null, List.of())
            .gives(media, Operation.ok(answer));
    return Map.of(path, List.of(operation));
  }
}
