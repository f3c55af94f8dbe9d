package io.tiphys.node.cri;

/**
 * The namespaces of a pod or container.
 *
 * @param targetId the container whose pid namespace to join with {@link NamespaceMode#TARGET}
 */
public record NamespaceOption(
    NamespaceMode network, NamespaceMode pid, NamespaceMode ipc, String targetId) {
  public static final NamespaceOption EMPTY =
      new NamespaceOption(NamespaceMode.POD, NamespaceMode.POD, NamespaceMode.POD, "");
}
