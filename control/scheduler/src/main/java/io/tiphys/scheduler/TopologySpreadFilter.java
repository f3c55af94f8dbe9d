package io.tiphys.scheduler;

import io.tiphys.api.LabelSelectors;
import io.tiphys.api.core.v1.TopologySpreadConstraint;
import io.tiphys.meta.selector.Selector;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pods spread evenly over parts of the cluster, as far as the pod insists on it ({@code
 * DoNotSchedule}). Checked against plugins/podtopologyspread/filtering.go.
 */
final class TopologySpreadFilter implements Filter {
  private static final String SKEWED = "node(s) didn't match pod topology spread constraints";
  private static final String UNLABELED = SKEWED + " (missing required label)";

  /**
   * One constraint with the pods it counts.
   *
   * @param self 1 if the incoming pod would be counted too
   */
  private record Spread(
      String topologyKey, int maxSkew, int self, Map<String, Integer> counts, int least) {}

  private final List<Spread> spreads;

  private TopologySpreadFilter(List<Spread> spreads) {
    this.spreads = spreads;
  }

  /** Nothing when the pod has no such constraint. */
  static Optional<Filter> forPod(Candidate pod, ClusterState cluster) {
    List<Spread> spreads = new ArrayList<>();
    for (TopologySpreadConstraint constraint : pod.pod().spec().topologySpreadConstraints()) {
      if ("DoNotSchedule".equals(constraint.whenUnsatisfiable())) {
        spreads.add(count(constraint, pod, cluster));
      }
    }
    return spreads.isEmpty() ? Optional.empty() : Optional.of(new TopologySpreadFilter(spreads));
  }

  @Override
  public Verdict check(Candidate pod, NodeState node, ClusterState cluster) {
    for (Spread spread : spreads) {
      String place = node.labels().get(spread.topologyKey);
      if (place == null) {
        return Verdict.unresolvable(UNLABELED);
      }
      int there = spread.counts.getOrDefault(place, 0);
      if (there + spread.self - spread.least > spread.maxSkew) {
        return Verdict.rejected(SKEWED);
      }
    }
    return Verdict.FITS;
  }

  private static Spread count(
      TopologySpreadConstraint constraint, Candidate pod, ClusterState cluster) {
    Selector selector = LabelSelectors.of(constraint.labelSelector());
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (NodeState node : cluster.nodes()) {
      String place = node.labels().get(constraint.topologyKey());
      if (place != null && counts(constraint, pod, node)) {
        counts.merge(place, matching(selector, pod, node), Integer::sum);
      }
    }
    int least = counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    Integer minDomains = constraint.minDomains();
    boolean tooFewPlaces = minDomains != null && counts.size() < minDomains;
    return new Spread(
        constraint.topologyKey(),
        constraint.maxSkew(),
        selector.matches(pod.pod().metadata().labels()) ? 1 : 0,
        counts,
        tooFewPlaces ? 0 : least);
  }

  private static boolean counts(
      TopologySpreadConstraint constraint, Candidate pod, NodeState node) {
    return "Ignore".equals(constraint.nodeAffinityPolicy())
        || NodeSelection.required(pod, node.node());
  }

  private static int matching(Selector selector, Candidate pod, NodeState node) {
    int count = 0;
    for (Candidate placed : node.pods()) {
      if (placed.pod().namespace().equals(pod.pod().namespace())
          && placed.pod().metadata().deletionTimestamp() == null
          && selector.matches(placed.pod().metadata().labels())) {
        count++;
      }
    }
    return count;
  }
}
