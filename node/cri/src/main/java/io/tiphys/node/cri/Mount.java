package io.tiphys.node.cri;

/**
 * A host path inside a container.
 *
 * @param hostPath a symlink is followed; created as a directory when missing
 */
public record Mount(
    String containerPath,
    String hostPath,
    boolean readonly,
    boolean recursiveReadOnly,
    MountPropagation propagation) {
  /** A private, writable bind mount. */
  public static Mount of(String hostPath, String containerPath) {
    return new Mount(containerPath, hostPath, false, false, MountPropagation.PROPAGATION_PRIVATE);
  }
}
