package io.tiphys.meta.apply;

import io.tiphys.meta.GoText;

/**
 * What tells managers apart. An applier is one manager whatever version it applies in; an updater
 * is another one in each version.
 *
 * <p>Checked against BuildManagerIdentifier in managedfields.go and printManager in conflict.go of
 * apimachinery/pkg/util/managedfields/internal.
 *
 * @param apiVersion empty for appliers
 */
record ManagerId(String manager, Operation operation, String apiVersion, String subresource)
    implements Comparable<ManagerId> {

  static ManagerId of(ManagedEntry entry) {
    return of(entry.manager(), entry.operation(), entry.apiVersion(), entry.subresource());
  }

  static ManagerId of(String manager, Operation operation, String apiVersion, String subresource) {
    return new ManagerId(
        manager, operation, operation == Operation.APPLY ? "" : apiVersion, subresource);
  }

  /** The manager as conflicts name it. */
  @Override
  public String toString() {
    String text = GoText.quote(manager);
    if (!subresource.isEmpty()) {
      text += " with subresource " + GoText.quote(subresource);
    }
    return operation == Operation.UPDATE ? text + " using " + apiVersion : text;
  }

  @Override
  public int compareTo(ManagerId other) {
    int order = manager.compareTo(other.manager);
    if (order == 0) {
      order = operation.compareTo(other.operation);
    }
    if (order == 0) {
      order = apiVersion.compareTo(other.apiVersion);
    }
    return order == 0 ? subresource.compareTo(other.subresource) : order;
  }
}
