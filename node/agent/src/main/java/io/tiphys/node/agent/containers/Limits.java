package io.tiphys.node.agent.containers;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.meta.Quantity;
import io.tiphys.node.cri.LinuxContainerResources;

/** What a container may use, as cgroups count; checked against pkg/kubelet/cm/helpers_linux.go. */
final class Limits {
  private static final long PERIOD_MICROS = 100_000;
  private static final long MIN_QUOTA_MICROS = 1_000;
  private static final long MIN_SHARES = 2;
  private static final long SHARES_PER_CORE = 1024;
  private static final int GUARANTEED_SCORE = -997;
  private static final int BEST_EFFORT_SCORE = 1000;

  private Limits() {}

  /**
   * @param machineMemory all that the node has, in bytes
   */
  static LinuxContainerResources of(Pod pod, Container container, long machineMemory) {
    Quantity request = container.resources().requests().get("cpu");
    Quantity limit = container.resources().limits().get("cpu");
    Quantity memory = container.resources().limits().get("memory");
    LinuxContainerResources.Builder out =
        LinuxContainerResources.builder()
            .cpuShares(
                request == null
                    ? MIN_SHARES
                    : Math.max(MIN_SHARES, request.milliValue() * SHARES_PER_CORE / 1000))
            .oomScoreAdj(score(pod, container, machineMemory));
    if (limit != null && !limit.isZero()) {
      out.cpuPeriod(PERIOD_MICROS)
          .cpuQuota(Math.max(MIN_QUOTA_MICROS, limit.milliValue() * PERIOD_MICROS / 1000));
    }
    if (memory != null) {
      out.memoryLimitInBytes(memory.value());
    }
    return out.build();
  }

  private static long score(Pod pod, Container container, long machineMemory) {
    return switch (pod.status().qosClass()) {
      case "Guaranteed" -> GUARANTEED_SCORE;
      case "Burstable" -> {
        Quantity request = container.resources().requests().get("memory");
        long share = request == null ? 0 : 1000 * request.value() / Math.max(1, machineMemory);
        yield Math.clamp(1000 - share, 3, BEST_EFFORT_SCORE - 1);
      }
      default -> BEST_EFFORT_SCORE;
    };
  }
}
