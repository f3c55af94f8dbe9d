package io.tiphys.scheduler;

import io.tiphys.api.core.v1.Container;
import java.util.List;

/**
 * How well nodes suit a pod, on upstream's scale with upstream's weights
 * (apis/config/v1/default_plugins.go): discouraging taints 3, preferred node affinity 2, spreading
 * pods of one controller 2, free resources 1, balanced resources 1, images present 1.
 */
final class Scores {
  private static final long MAX = 100;
  private static final long MEGABYTE = 1024 * 1024;

  /** Images below or above count as if they were this large (plugins/imagelocality). */
  private static final long SMALLEST_IMAGE = 23 * MEGABYTE;

  private static final long LARGEST_IMAGE = 1000 * MEGABYTE;

  private Scores() {}

  /** The total score of each node, in the order of {@code nodes}. */
  static long[] of(Candidate pod, List<NodeState> nodes, int nodesInAll) {
    int count = nodes.size();
    long[] taints = new long[count];
    long[] affinity = new long[count];
    long[] siblings = new long[count];
    long[] total = new long[count];
    String owner = pod.owner();
    for (int i = 0; i < count; i++) {
      NodeState node = nodes.get(i);
      taints[i] = TaintsFilter.discouraging(pod, node);
      affinity[i] = NodeSelection.preferred(pod, node.node());
      siblings[i] = owner.isEmpty() ? 0 : node.podsOwnedBy(owner);
      total[i] = leastAllocated(pod, node) + balance(pod, node) + images(pod, node, nodesInAll);
    }
    addNormalized(total, taints, 3, true);
    addNormalized(total, affinity, 2, false);
    addNormalized(total, siblings, 2, true);
    return total;
  }

  private static void addNormalized(long[] total, long[] raw, int weight, boolean fewerIsBetter) {
    long largest = 0;
    for (long value : raw) {
      largest = Math.max(largest, value);
    }
    for (int i = 0; i < raw.length; i++) {
      long share = largest == 0 ? 0 : raw[i] * MAX / largest;
      total[i] += weight * (fewerIsBetter ? MAX - share : share);
    }
  }

  /** Checked against plugins/noderesources/least_allocated.go: cpu and memory count alike. */
  private static long leastAllocated(Candidate pod, NodeState node) {
    long cpu =
        free(node.weighed().milliCpu() + pod.weighed().milliCpu(), node.allocatable().milliCpu());
    long memory =
        free(node.weighed().memory() + pod.weighed().memory(), node.allocatable().memory());
    return (cpu + memory) / 2;
  }

  private static long free(long requested, long allocatable) {
    return allocatable == 0 || requested > allocatable
        ? 0
        : (allocatable - requested) * MAX / allocatable;
  }

  /** Checked against plugins/noderesources/balanced_allocation.go. */
  private static long balance(Candidate pod, NodeState node) {
    long with = balanceOf(node, pod.requests().milliCpu(), pod.requests().memory());
    long without = balanceOf(node, 0, 0);
    return MAX / 2 + (MAX / 2 + with - without) / 2;
  }

  private static long balanceOf(NodeState node, long moreCpu, long moreMemory) {
    if (node.allocatable().milliCpu() == 0 || node.allocatable().memory() == 0) {
      return MAX;
    }
    double cpu = fraction(node.requested().milliCpu() + moreCpu, node.allocatable().milliCpu());
    double memory = fraction(node.requested().memory() + moreMemory, node.allocatable().memory());
    return (long) ((1 - Math.abs(cpu - memory) / 2) * MAX);
  }

  private static double fraction(long requested, long allocatable) {
    return Math.min(1, (double) requested / allocatable);
  }

  /** Checked against plugins/imagelocality/image_locality.go. */
  private static long images(Candidate pod, NodeState node, int nodesInAll) {
    if (node.imageSizes().isEmpty()) {
      return 0;
    }
    List<Container> containers = pod.pod().spec().containers();
    long sum = 0;
    for (Container container : containers) {
      sum += node.imageSizes().getOrDefault(tagged(container.image()), 0L);
    }
    long largest = LARGEST_IMAGE * containers.size();
    long bounded = Math.clamp(sum / Math.max(1, nodesInAll), SMALLEST_IMAGE, largest);
    return MAX * (bounded - SMALLEST_IMAGE) / (largest - SMALLEST_IMAGE);
  }

  private static String tagged(String image) {
    return image.lastIndexOf(':') <= image.lastIndexOf('/') ? image + ":latest" : image;
  }
}
