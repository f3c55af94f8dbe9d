package io.tiphys.node.cri;

/**
 * The name of a container in its pod.
 *
 * @param attempt how often it was created before in this sandbox
 */
public record ContainerMetadata(String name, int attempt) {
  public static final ContainerMetadata EMPTY = new ContainerMetadata("", 0);
}
