package io.tiphys.node.agent.volumes;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.meta.Quantity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How large a folder in memory may grow: no more than its limit, than what the pod may use, than
 * what the node has. Checked against calculateEmptyDirMemorySize in
 * pkg/volume/emptydir/empty_dir.go.
 */
final class MemorySize {
  private MemorySize() {}

  /**
   * In bytes; zero where nothing limits it.
   *
   * @param allocatable the node's memory
   */
  static long of(Pod pod, @Nullable Quantity limit, Quantity allocatable) {
    long size = smaller(allocatable.value(), podLimit(pod));
    return limit == null ? size : smaller(size, limit.value());
  }

  /** Zero is no limit. */
  private static long smaller(long a, long b) {
    return a <= 0 ? b : b <= 0 ? a : Math.min(a, b);
  }

  /** Zero unless every container has a limit. */
  private static long podLimit(Pod pod) {
    List<Container> main = pod.spec().containers();
    long sum = 0;
    for (Container container : main) {
      long limit = limit(container);
      if (limit == 0) {
        return 0;
      }
      sum += limit;
    }
    long largest = 0;
    for (Container container : pod.spec().initContainers()) {
      long limit = limit(container);
      if (limit == 0) {
        return 0;
      }
      boolean stays = "Always".equals(container.restartPolicy());
      sum += stays ? limit : 0;
      largest = Math.max(largest, limit);
    }
    return Math.max(sum, largest);
  }

  private static long limit(Container container) {
    return container.resources().limits().getOrDefault("memory", Quantity.ZERO).value();
  }
}
