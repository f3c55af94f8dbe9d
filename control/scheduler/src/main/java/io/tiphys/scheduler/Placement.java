package io.tiphys.scheduler;

import io.tiphys.api.policy.v1.PodDisruptionBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The decision where a pod goes. Reads the cluster's state and changes nothing; {@code random}
 * breaks ties between equally good nodes.
 */
final class Placement {
  /** Below this many nodes all of them are looked at (schedule_one.go). */
  private static final int MIN_FEASIBLE_NODES = 100;

  private static final String AFTERWARDS = " no new claims to deallocate, preemption: ";

  private final RandomGenerator random;
  private final Supplier<List<PodDisruptionBudget>> budgets;

  /** Where the next search begins, so that the share of nodes searched is not always the same. */
  private int start;

  /**
   * @param budgets asked only when pods may have to make way for others
   */
  Placement(RandomGenerator random, Supplier<List<PodDisruptionBudget>> budgets) {
    this.random = random;
    this.budgets = budgets;
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

  /** Nowhere yet: others were told to make way for it on the node it is nominated for. */
  record Waiting(String message) implements Decision {}

  /**
   * Nowhere, until these have gone from that node.
   *
   * @param victims the most important first
   */
  record Preempt(String message, String node, List<Candidate> victims) implements Decision {}

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
    NodeState nominated = cluster.node(pod.pod().status().nominatedNodeName());
    if (nominated != null && rejection(pod, nominated, cluster, filters) == null) {
      return new Place(nominated.name(), needs);
    }
    List<NodeState> feasible = new ArrayList<>();
    FitError error = new FitError(nodes.size());
    int wanted = feasibleNodesWanted(nodes.size());
    int looked = 0;
    for (; looked < nodes.size() && feasible.size() < wanted; looked++) {
      NodeState node = nodes.get((start + looked) % nodes.size());
      Filter.Rejected rejected = rejection(pod, node, cluster, filters);
      if (rejected == null) {
        feasible.add(node);
      } else {
        error.add(node, rejected);
      }
    }
    start = (start + looked) % nodes.size();
    return feasible.isEmpty()
        ? makeRoom(pod, cluster, needs, error)
        : new Place(best(pod, feasible, nodes.size()).name(), needs);
  }

  private Decision makeRoom(
      Candidate pod, ClusterState cluster, VolumeNeeds.Known needs, FitError error) {
    int offset = error.resolvable.isEmpty() ? 0 : random.nextInt(error.resolvable.size());
    Preemption preemption = new Preemption(pod, cluster, needs, budgets.get());
    return switch (preemption.decide(error.resolvable, offset)) {
      case Preemption.Victims victims ->
          new Preempt(error.message(), victims.node(), victims.pods());
      case Preemption.Waits(String message) -> new Waiting(error.message(message));
      case Preemption.None(String message) -> new Unschedulable(error.message(message));
    };
  }

  /**
   * Why the node will not do, or null. Pods that are as important and nominated for the node count
   * as if they were there, and as if they were not.
   */
  static Filter.@Nullable Rejected rejection(
      Candidate pod, NodeState node, ClusterState cluster, List<Filter> filters) {
    List<Candidate> nominated =
        cluster.nominatedTo(node.name()).stream()
            .filter(other -> other.priority() >= pod.priority() && !other.uid().equals(pod.uid()))
            .toList();
    if (nominated.isEmpty()) {
      return firstRejection(pod, node, cluster, filters);
    }
    Filter.Rejected rejected;
    try {
      nominated.forEach(node::add);
      rejected = firstRejection(pod, node, cluster, filters);
    } finally {
      nominated.forEach(other -> node.remove(other.uid()));
    }
    return rejected == null ? firstRejection(pod, node, cluster, filters) : rejected;
  }

  private static Filter.@Nullable Rejected firstRejection(
      Candidate pod, NodeState node, ClusterState cluster, List<Filter> filters) {
    for (Filter filter : filters) {
      if (filter.check(pod, node, cluster) instanceof Filter.Rejected rejected) {
        return rejected;
      }
    }
    return null;
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

  /** Counts with what they count, in the order of the text. */
  static String histogram(Map<String, Integer> reasons) {
    return reasons.entrySet().stream()
        .map(entry -> entry.getValue() + " " + entry.getKey())
        .sorted()
        .reduce((a, b) -> a + ", " + b)
        .orElse("");
  }

  /** Collects why nodes were rejected; checked against framework/types.go, FitError. */
  private static final class FitError {
    private final int nodes;
    private final TreeMap<String, Integer> reasons = new TreeMap<>();
    private final List<NodeState> resolvable = new ArrayList<>();

    FitError(int nodes) {
      this.nodes = nodes;
    }

    void add(NodeState node, Filter.Rejected rejected) {
      rejected.reasons().forEach(reason -> reasons.merge(reason, 1, Integer::sum));
      if (rejected.resolvable()) {
        resolvable.add(node);
      }
    }

    String message() {
      return "0/%d nodes are available: %s.".formatted(nodes, histogram(reasons));
    }

    String message(String preemption) {
      return message() + AFTERWARDS + preemption;
    }

    static String beforeFiltering(Candidate pod, int nodes, String message) {
      String preemption =
          "Never".equals(pod.pod().spec().preemptionPolicy())
              ? Preemption.NEVER
              : Preemption.notHelpful(nodes);
      return "0/%d nodes are available: %s.".formatted(nodes, message) + AFTERWARDS + preemption;
    }
  }
}
