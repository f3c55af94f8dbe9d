package io.tiphys.node.cri;

import java.time.Instant;
import java.util.Map;

/** A sandbox's state. */
public record PodSandboxStatus(
    String id,
    PodSandboxMetadata metadata,
    PodSandboxState state,
    Instant createdAt,
    PodSandboxNetworkStatus network,
    NamespaceOption namespaces,
    Map<String, String> labels,
    Map<String, String> annotations,
    String runtimeHandler) {
  public PodSandboxStatus {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }
}
