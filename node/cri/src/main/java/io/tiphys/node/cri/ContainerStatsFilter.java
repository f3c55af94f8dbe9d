package io.tiphys.node.cri;

import java.util.Map;

/** Which containers' statistics to list. */
public record ContainerStatsFilter(
    String id, String podSandboxId, Map<String, String> labelSelector) {
  public static final ContainerStatsFilter EMPTY = new ContainerStatsFilter("", "", Map.of());

  public ContainerStatsFilter {
    labelSelector = Map.copyOf(labelSelector);
  }
}
