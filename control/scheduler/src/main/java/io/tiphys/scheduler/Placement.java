package io.tiphys.scheduler;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The decision where a pod goes. Reads the cluster's state and changes nothing; {@code random}
 * breaks ties between equally good nodes.
 */
final class Placement {
  /** Below this many nodes all of them are looked at (schedule_one.go). */
  private static final int MIN_FEASIBLE_NODES = 100;

  private final RandomGenerator random;

  /** Where the next search begins, so that the share of nodes searched is not always the same. */
  private int start;

  Placement(RandomGenerator random) {
    this.random = random;
  }

  /** Where a pod goes, or why nowhere. */
  sealed interface Decision {}

  /**
   * @param needs the claims that must get a volume on that node before the pod is bound
   */
  record Place(String node, VolumeNeeds.Known needs) implements Decision {}

  /**
   * @param message for the event and the PodScheduled condition, in upstream's words
   */
  record Unschedulable(String message) implements Decision {}

  Decision decide(Candidate pod, ClusterState cluster, Volumes volumes) {
    List<NodeState> nodes = cluster.nodes();
    if (nodes.isEmpty()) {
      return new Unschedulable("no nodes available to schedule pods");
    }
    return switch (VolumeNeeds.of(pod.pod(), volumes)) {
      case VolumeNeeds.Blocked(String message) ->
          new Unschedulable(FitError.beforeFiltering(pod, nodes.size(), message));
      case VolumeNeeds.Known needs -> place(pod, cluster, needs);
    };
  }

  private Decision place(Candidate pod, ClusterState cluster, VolumeNeeds.Known needs) {
    List<NodeState> nodes = cluster.nodes();
    List<Filter> filters = Filters.forPod(pod, needs, cluster);
    List<NodeState> feasible = new ArrayList<>();
    FitError error = new FitError(pod, nodes.size());
    int wanted = feasibleNodesWanted(nodes.size());
    int looked = 0;
    for (; looked < nodes.size() && feasible.size() < wanted; looked++) {
      NodeState node = nodes.get((start + looked) % nodes.size());
      if (passes(pod, node, cluster, filters, error)) {
        feasible.add(node);
      }
    }
    start = (start + looked) % nodes.size();
    return feasible.isEmpty()
        ? new Unschedulable(error.message())
        : new Place(best(pod, feasible, nodes.size()).name(), needs);
  }

  private static boolean passes(
      Candidate pod, NodeState node, ClusterState cluster, List<Filter> filters, FitError error) {
    for (Filter filter : filters) {
      if (filter.check(pod, node, cluster) instanceof Filter.Rejected rejected) {
        error.add(rejected);
        return false;
      }
    }
    return true;
  }

  private NodeState best(Candidate pod, List<NodeState> feasible, int nodesInAll) {
    if (feasible.size() == 1) {
      return feasible.getFirst();
    }
    long[] scores = Scores.of(pod, feasible, nodesInAll);
    int best = 0;
    int equals = 1;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
        equals = 1;
      } else if (scores[i] == scores[best] && random.nextInt(++equals) == 0) {
        best = i;
      }
    }
    return feasible.get(best);
  }

  /** Upstream's adaptive share: half of the nodes, less in large clusters, 5 percent at least. */
  private static int feasibleNodesWanted(int nodes) {
    if (nodes < MIN_FEASIBLE_NODES) {
      return nodes;
    }
    int percentage = Math.max(5, 50 - nodes / 125);
    return Math.max(MIN_FEASIBLE_NODES, nodes * percentage / 100);
  }

  /** Collects why nodes were rejected; checked against framework/types.go, FitError. */
  static final class FitError {
    private static final String NOT_HELPFUL = "Preemption is not helpful for scheduling";
    private static final String NO_VICTIMS = "No preemption victims found for incoming pod";

    private final Candidate pod;
    private final int nodes;
    private final TreeMap<String, Integer> reasons = new TreeMap<>();
    private int resolvable;

    FitError(Candidate pod, int nodes) {
      this.pod = pod;
      this.nodes = nodes;
    }

    void add(Filter.Rejected rejected) {
      rejected.reasons().forEach(reason -> reasons.merge(reason, 1, Integer::sum));
      resolvable += rejected.resolvable() ? 1 : 0;
    }

    String message() {
      return "0/%d nodes are available: %s. %s"
          .formatted(nodes, histogram(reasons), afterwards(pod, nodes, resolvable));
    }

    static String beforeFiltering(Candidate pod, int nodes, String message) {
      return "0/%d nodes are available: %s. %s"
          .formatted(nodes, message, afterwards(pod, nodes, 0));
    }

    private static String afterwards(Candidate pod, int nodes, int resolvable) {
      String claims = "no new claims to deallocate, preemption: ";
      if ("Never".equals(pod.pod().spec().preemptionPolicy())) {
        return claims + "not eligible due to preemptionPolicy=Never.";
      }
      TreeMap<String, Integer> outcome = new TreeMap<>();
      if (resolvable > 0) {
        outcome.put(NO_VICTIMS, resolvable);
      }
      if (nodes > resolvable) {
        outcome.put(NOT_HELPFUL, nodes - resolvable);
      }
      return claims + "0/%d nodes are available: %s.".formatted(nodes, histogram(outcome));
    }

    private static String histogram(Map<String, Integer> reasons) {
      return reasons.entrySet().stream()
          .map(entry -> entry.getValue() + " " + entry.getKey())
          .sorted()
          .reduce((a, b) -> a + ", " + b)
          .orElse("");
    }
  }
}
