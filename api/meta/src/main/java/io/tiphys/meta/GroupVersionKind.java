package io.tiphys.meta;

/**
 * The full name of a kind.
 *
 * @param group empty for the core group
 */
public record GroupVersionKind(String group, String version, String kind) {

  /** {@code v1} or {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Splits {@code apiVersion} at its slash; the part before it, if any, is the group. */
  public static GroupVersionKind of(String apiVersion, String kind) {
    int slash = apiVersion.indexOf('/');
    return slash < 0
        ? new GroupVersionKind("", apiVersion, kind)
        : new GroupVersionKind(
            apiVersion.substring(0, slash), apiVersion.substring(slash + 1), kind);
  }

  @Override
  public String toString() {
    return apiVersion() + ", Kind=" + kind;
  }
}
