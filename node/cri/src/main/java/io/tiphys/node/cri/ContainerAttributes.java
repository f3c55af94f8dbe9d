package io.tiphys.node.cri;

import java.util.Map;

/** What names a container in its statistics. */
public record ContainerAttributes(
    String id,
    ContainerMetadata metadata,
    Map<String, String> labels,
    Map<String, String> annotations) {
  public ContainerAttributes {
    labels = Map.copyOf(labels);
    annotations = Map.copyOf(annotations);
  }
}
