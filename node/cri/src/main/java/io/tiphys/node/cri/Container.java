package io.tiphys.node.cri;

import java.time.Instant;
import java.util.Map;

/** A container in a list. */
public record Container(
    String id,
    String podSandboxId,
    ContainerMetadata metadata,
    ImageSpec image,
    String imageRef,
    String imageId,
    ContainerState state,
    Instant createdAt,
    Map<String, String> labels,
    Map<String, String> annotations) {
  public Container {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }
}
