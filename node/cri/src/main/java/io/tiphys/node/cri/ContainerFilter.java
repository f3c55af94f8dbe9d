package io.tiphys.node.cri;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which containers to list; what is absent does not filter.
 *
 * @param labelSelector labels that all must be equal
 */
public record ContainerFilter(
    String id,
    @Nullable ContainerState state,
    String podSandboxId,
    Map<String, String> labelSelector) {
  public static final ContainerFilter EMPTY = new ContainerFilter("", null, "", Map.of());

  public ContainerFilter {
    labelSelector = Map.copyOf(labelSelector);
  }
}
