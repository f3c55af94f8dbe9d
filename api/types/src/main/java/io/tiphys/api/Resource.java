package io.tiphys.api;

import java.util.List;

/**
 * A collection of the API as clients address it: the plural in the path and what discovery says of
 * it. Behaviour (defaults, validation, storage) is {@code rules}' and {@code server}'s business.
 *
 * @param group empty for the core group
 * @param shortNames as kubectl accepts them, such as {@code po}
 * @param categories such as {@code all}
 */
public record Resource<T extends ApiObject>(
    String group,
    String version,
    String plural,
    String singular,
    List<String> shortNames,
    List<String> categories,
    boolean namespaced,
    ObjectType<T> type) {

  /** {@code v1} or {@code apps/v1}. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  public String kind() {
    return type.gvk().kind();
  }

  /** {@code pods} or {@code deployments.apps}, as in messages of the API. */
  public String qualifiedName() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  @Override
  public String toString() {
    return qualifiedName();
  }
}
