package io.tiphys.node.cri;

import java.time.Instant;
import java.util.List;

/** A sandbox and its containers, both as of {@code timestamp}. */
public record PodSandboxStatusResponse(
    PodSandboxStatus status, List<ContainerStatus> containersStatuses, Instant timestamp) {
  public PodSandboxStatusResponse {
    containersStatuses = List.copyOf(containersStatuses);
  }
}
