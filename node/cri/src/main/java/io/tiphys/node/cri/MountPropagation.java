package io.tiphys.node.cri;

/** Which later mounts cross between host and container. */
public enum MountPropagation {
  /** None. */
  PROPAGATION_PRIVATE,
  /** The host's appear in the container ({@code rslave}). */
  PROPAGATION_HOST_TO_CONTAINER,
  /** Both ways ({@code rshared}). */
  PROPAGATION_BIDIRECTIONAL
}
