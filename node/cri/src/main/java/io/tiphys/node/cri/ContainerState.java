package io.tiphys.node.cri;

/** Where a container is in its life. */
public enum ContainerState {
  CONTAINER_CREATED,
  CONTAINER_RUNNING,
  CONTAINER_EXITED,
  /** Its state cannot be told; it is treated as exited after it was stopped. */
  CONTAINER_UNKNOWN
}
