package io.tiphys.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The node has what the pod asks for. Checked against plugins/noderesources/fit.go. */
final class ResourcesFilter implements Filter {
  @Override
  public Verdict check(Candidate pod, NodeState node, ClusterState cluster) {
    Resources asked = pod.requests();
    Resources used = node.requested();
    Resources all = node.allocatable();
    Shortage shortage = new Shortage();
    if (node.pods().size() + 1 > node.maxPods()) {
      shortage.reasons.add("Too many pods");
    }
    shortage.check("cpu", asked.milliCpu(), used.milliCpu(), all.milliCpu());
    shortage.check("memory", asked.memory(), used.memory(), all.memory());
    shortage.check(
        "ephemeral-storage",
        asked.ephemeralStorage(),
        used.ephemeralStorage(),
        all.ephemeralStorage());
    for (Map.Entry<String, Long> other : asked.other().entrySet()) {
      String name = other.getKey();
      long taken = used.other().getOrDefault(name, 0L);
      shortage.check(name, other.getValue(), taken, all.other().getOrDefault(name, 0L));
    }
    return shortage.reasons.isEmpty()
        ? Verdict.FITS
        : new Rejected(shortage.reasons, shortage.resolvable);
  }

  private static final class Shortage {
    private final List<String> reasons = new ArrayList<>(2);
    private boolean resolvable = true;

    void check(String name, long asked, long used, long all) {
      if (asked > 0 && asked > all - used) {
        reasons.add("Insufficient " + name);
        resolvable &= asked <= all;
      }
    }
  }
}
