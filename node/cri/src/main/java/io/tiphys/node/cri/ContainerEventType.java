package io.tiphys.node.cri;

/** What happened to a container or sandbox. */
public enum ContainerEventType {
  CONTAINER_CREATED_EVENT,
  CONTAINER_STARTED_EVENT,
  CONTAINER_STOPPED_EVENT,
  CONTAINER_DELETED_EVENT
}
