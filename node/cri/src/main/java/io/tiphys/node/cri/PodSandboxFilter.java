package io.tiphys.node.cri;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which sandboxes to list; what is absent does not filter.
 *
 * @param labelSelector labels that all must be equal
 */
public record PodSandboxFilter(
    String id, @Nullable PodSandboxState state, Map<String, String> labelSelector) {
  public static final PodSandboxFilter EMPTY = new PodSandboxFilter("", null, Map.of());

  public PodSandboxFilter {
    labelSelector = Map.copyOf(labelSelector);
  }
}
