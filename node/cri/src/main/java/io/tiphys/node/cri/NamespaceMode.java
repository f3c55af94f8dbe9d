package io.tiphys.node.cri;

/** Whose namespace a container lives in. */
public enum NamespaceMode {
  /** Shared by the containers of the pod. */
  POD,
  /** The container's own. */
  CONTAINER,
  /** The host's. */
  NODE,
  /** Another container's. */
  TARGET
}
