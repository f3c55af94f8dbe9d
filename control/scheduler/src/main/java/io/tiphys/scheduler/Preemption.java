package io.tiphys.scheduler;

import io.tiphys.api.LabelSelectors;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which pods of lower priority make way for one that fits nowhere. Takes pods off the cluster's
 * state to see what that would help, and puts them back. Checked against
 * plugins/defaultpreemption/default_preemption.go and framework/preemption/preemption.go.
 */
final class Preemption {
  /** The reason of the DisruptionTarget condition that victims get. */
  static final String REASON = "PreemptionByScheduler";

  static final String NEVER = "not eligible due to preemptionPolicy=Never.";

  private static final String NOT_HELPFUL = "Preemption is not helpful for scheduling";
  private static final String NO_VICTIMS = "No preemption victims found for incoming pod";

  /** As upstream's minCandidateNodesAbsolute: enough nodes to choose a good one from. */
  private static final int MIN_CANDIDATES = 100;

  /** The most important first. */
  private static final Comparator<Candidate> IMPORTANCE =
      Comparator.comparing(Candidate::priority, Comparator.reverseOrder())
          .thenComparing(Preemption::startTime);

  private final Candidate pod;
  private final ClusterState cluster;
  private final VolumeNeeds.Known needs;
  private final List<PodDisruptionBudget> budgets;

  Preemption(
      Candidate pod,
      ClusterState cluster,
      VolumeNeeds.Known needs,
      List<PodDisruptionBudget> budgets) {
    this.pod = pod;
    this.cluster = cluster;
    this.needs = needs;
    this.budgets = budgets;
  }

  /** What comes of it. */
  sealed interface Outcome {}

  /** These pods go, and then the pod fits on that node. */
  record Victims(String node, List<Candidate> pods, int violations) implements Outcome {
    private int highestPriority() {
      return pods.getFirst().priority();
    }

    private long sumOfPriorities() {
      return pods.stream().mapToLong(victim -> victim.priority() - (long) Integer.MIN_VALUE).sum();
    }

    private Instant earliestStart() {
      int highest = highestPriority();
      return pods.stream()
          .filter(victim -> victim.priority() == highest)
          .map(Preemption::startTime)
          .min(Comparator.naturalOrder())
          .orElse(Instant.MAX);
    }
  }

  /** Nobody makes way; the message says why. */
  record None(String message) implements Outcome {}

  /** Earlier victims are still on their way out. */
  record Waits(String message) implements Outcome {}

  /**
   * @param resolvable the nodes that were rejected for what is placed on them
   * @param offset where among them to begin, so that not always the same nodes lose pods
   */
  Outcome decide(List<NodeState> resolvable, int offset) {
    if ("Never".equals(pod.pod().spec().preemptionPolicy())) {
      return new None(NEVER);
    }
    if (waitsForVictims(resolvable)) {
      return new Waits("not eligible due to a terminating pod on the nominated node.");
    }
    TreeMap<String, Integer> reasons = new TreeMap<>();
    List<Victims> candidates = new ArrayList<>();
    int wanted = Math.max(MIN_CANDIDATES, resolvable.size() / 10);
    boolean harmless = false;
    for (int i = 0; i < resolvable.size() && !(harmless && candidates.size() >= wanted); i++) {
      NodeState node = resolvable.get((offset + i) % resolvable.size());
      Victims victims = victimsOn(node, reasons);
      if (victims != null) {
        candidates.add(victims);
        harmless |= victims.violations() == 0;
      }
    }
    Comparator<Victims> order =
        Comparator.comparingInt(Victims::violations)
            .thenComparingInt(Victims::highestPriority)
            .thenComparingLong(Victims::sumOfPriorities)
            .thenComparingInt(victims -> victims.pods().size())
            .thenComparing(Victims::earliestStart, Comparator.reverseOrder());
    return candidates.stream()
        .min(order)
        .<Outcome>map(best -> best)
        .orElseGet(() -> new None(notHelpful(resolvable.size(), reasons)));
  }

  private String notHelpful(int resolvable, Map<String, Integer> reasons) {
    int others = cluster.nodes().size() - resolvable;
    return message(cluster.nodes().size(), others, reasons);
  }

  /** Why no node is helped when none of them depends on what is placed there. */
  static String notHelpful(int nodes) {
    return message(nodes, nodes, Map.of());
  }

  private static String message(int nodes, int hopeless, Map<String, Integer> reasons) {
    TreeMap<String, Integer> all = new TreeMap<>(reasons);
    if (hopeless > 0) {
      all.merge(NOT_HELPFUL, hopeless, Integer::sum);
    }
    return "0/%d nodes are available: %s.".formatted(nodes, Placement.histogram(all));
  }

  private boolean waitsForVictims(List<NodeState> resolvable) {
    String nominated = pod.pod().status().nominatedNodeName();
    return resolvable.stream()
        .filter(node -> node.name().equals(nominated))
        .flatMap(node -> node.pods().stream())
        .anyMatch(victim -> mayGo(victim) && isPreempted(victim.pod()));
  }

  private static boolean isPreempted(Pod victim) {
    return victim.metadata().deletionTimestamp() != null
        && victim.status().conditions().stream().anyMatch(Preemption::isPreemption);
  }

  private static boolean isPreemption(PodCondition condition) {
    return condition.type().equals("DisruptionTarget")
        && condition.status().equals("True")
        && condition.reason().equals(REASON);
  }

  private boolean mayGo(Candidate victim) {
    return victim.priority() < pod.priority();
  }

  /** The fewest pods without whom the pod fits; null, and a reason counted, if there are none. */
  private @Nullable Victims victimsOn(NodeState node, Map<String, Integer> reasons) {
    List<Candidate> removed =
        new ArrayList<>(node.pods().stream().filter(this::mayGo).sorted(IMPORTANCE).toList());
    if (removed.isEmpty()) {
      reasons.merge(NO_VICTIMS, 1, Integer::sum);
      return null;
    }
    List<Candidate> all = List.copyOf(removed);
    all.forEach(victim -> cluster.setAside(victim.uid()));
    try {
      Filter.Rejected rejected = rejection(node);
      if (rejected != null) {
        rejected.reasons().forEach(reason -> reasons.merge(reason, 1, Integer::sum));
        return null;
      }
      List<Candidate> violating = violating(all);
      int violations = (int) violating.stream().filter(v -> !reprieve(v, node, removed)).count();
      all.stream().filter(v -> !violating.contains(v)).forEach(v -> reprieve(v, node, removed));
      return new Victims(node.name(), List.copyOf(removed), violations);
    } finally {
      removed.forEach(victim -> cluster.putBack(victim.uid()));
    }
  }

  /** Lets a pod stay if the incoming one fits beside it. */
  private boolean reprieve(Candidate victim, NodeState node, List<Candidate> removed) {
    cluster.putBack(victim.uid());
    if (rejection(node) == null) {
      removed.remove(victim);
      return true;
    }
    cluster.setAside(victim.uid());
    return false;
  }

  private Filter.@Nullable Rejected rejection(NodeState node) {
    return Placement.rejection(pod, node, cluster, Filters.forPod(pod, needs, cluster));
  }

  /** Those whose budgets would be overdrawn if all of them went, in the order given. */
  private List<Candidate> violating(List<Candidate> victims) {
    int[] allowed =
        budgets.stream().mapToInt(budget -> budget.status().disruptionsAllowed()).toArray();
    List<Candidate> violating = new ArrayList<>();
    for (Candidate victim : victims) {
      boolean violates = false;
      for (int i = 0; i < allowed.length; i++) {
        if (covers(budgets.get(i), victim.pod())) {
          violates |= --allowed[i] < 0;
        }
      }
      if (violates) {
        violating.add(victim);
      }
    }
    return violating;
  }

  private static boolean covers(PodDisruptionBudget budget, Pod victim) {
    LabelSelector selector = budget.spec().selector();
    return budget.namespace().equals(victim.namespace())
        && selector != null
        && !selector.equals(LabelSelector.EMPTY)
        && !budget.status().disruptedPods().containsKey(victim.name())
        && LabelSelectors.of(selector).matches(victim.metadata().labels());
  }

  private static Instant startTime(Candidate candidate) {
    Instant start = candidate.pod().status().startTime();
    return start == null ? Instant.MAX : start;
  }
}
