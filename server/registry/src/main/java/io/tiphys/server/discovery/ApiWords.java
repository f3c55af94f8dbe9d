package io.tiphys.server.discovery;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the paths, names and tags of a group and version's operations are made of. Checked against
 * GetOperationIDAndTags of apiserver/pkg/endpoints/openapi.
 *
 * @param version empty for what all versions of the group share
 */
record ApiWords(String group, String version) {
  /** {@code /apis/apps/v1}. */
  String root() {
    String above = group.isEmpty() ? "/api" : "/apis/" + group;
    return version.isEmpty() ? above : above + "/" + version;
  }

  /** {@code AppsV1}, within the names of operations. */
  String id() {
    return capital(groupWords()) + capital(version);
  }

  /** {@code apps_v1}. */
  String tag() {
    return version.isEmpty() ? groupWords() : groupWords() + "_" + version;
  }

  private String groupWords() {
    if (group.isEmpty()) {
      return "core";
    }
    String[] parts = group.replaceAll("\\.k8s\\.io$", "").split("\\.");
    return parts[0]
        + Arrays.stream(parts).skip(1).map(ApiWords::capital).collect(Collectors.joining());
  }

  static String capital(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
