package io.tiphys.node.cri;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a container, with the state of its pod just after it.
 *
 * @param containerId for a sandbox's own events, the sandbox's id
 * @param podSandboxStatus null when the sandbox is gone
 */
public record ContainerEvent(
    String containerId,
    ContainerEventType type,
    Instant createdAt,
    @Nullable PodSandboxStatus podSandboxStatus,
    List<ContainerStatus> containersStatuses) {
  public ContainerEvent {
    containersStatuses = List.copyOf(containersStatuses);
  }
}
