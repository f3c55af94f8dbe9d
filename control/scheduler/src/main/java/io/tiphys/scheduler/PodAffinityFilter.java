package io.tiphys.scheduler;

import io.tiphys.api.LabelSelectors;
import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.PodAffinityTerm;
import io.tiphys.meta.selector.Selector;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Pods that must or must not share a part of the cluster. The places that count are worked out once
 * per pod, so that looking at a node is a look-up. Checked against
 * plugins/interpodaffinity/filtering.go.
 */
final class PodAffinityFilter implements Filter {
  /** A value of a topology label: all nodes with it are one place. */
  private record Place(String key, String value) {}

  /**
   * One term of the incoming pod.
   *
   * @param places where a pod is that the term matches
   */
  private record Wanted(String topologyKey, Set<Place> places) {}

  private final Set<Place> forbiddenByOthers = new LinkedHashSet<>();
  private final List<Wanted> affinity = new ArrayList<>();
  private final Set<Place> forbidden = new LinkedHashSet<>();

  private PodAffinityFilter() {}

  /** Nothing when neither the pod nor any placed pod has such terms. */
  static Optional<Filter> forPod(Candidate pod, ClusterState cluster) {
    List<PodAffinityTerm> wanted = requiredAffinity(pod);
    List<PodAffinityTerm> unwanted = requiredAntiAffinity(pod);
    if (wanted.isEmpty() && unwanted.isEmpty() && cluster.antiAffine().isEmpty()) {
      return Optional.empty();
    }
    PodAffinityFilter filter = new PodAffinityFilter();
    for (Candidate other : cluster.antiAffine()) {
      NodeState node = cluster.nodeOf(other.uid());
      for (PodAffinityTerm term : requiredAntiAffinity(other)) {
        if (node != null && matches(term, other, pod, cluster)) {
          filter.forbiddenByOthers.addAll(place(term.topologyKey(), node));
        }
      }
    }
    for (PodAffinityTerm term : wanted) {
      Set<Place> places = placesOf(term, pod, cluster);
      boolean firstOfItsKind = places.isEmpty() && matches(term, pod, pod, cluster);
      filter.affinity.add(
          new Wanted(term.topologyKey(), firstOfItsKind ? anywhere(term, cluster) : places));
    }
    for (PodAffinityTerm term : unwanted) {
      filter.forbidden.addAll(placesOf(term, pod, cluster));
    }
    return Optional.of(filter);
  }

  static boolean hasAntiAffinity(Candidate pod) {
    return !requiredAntiAffinity(pod).isEmpty();
  }

  @Override
  public Verdict check(Candidate pod, NodeState node, ClusterState cluster) {
    for (Wanted term : affinity) {
      if (place(term.topologyKey(), node).stream().noneMatch(term.places()::contains)) {
        return Verdict.unresolvable("node(s) didn't match pod affinity rules");
      }
    }
    if (in(node, forbidden)) {
      return Verdict.rejected("node(s) didn't match pod anti-affinity rules");
    }
    if (in(node, forbiddenByOthers)) {
      return Verdict.rejected("node(s) didn't satisfy existing pods anti-affinity rules");
    }
    return Verdict.FITS;
  }

  private static boolean in(NodeState node, Set<Place> places) {
    for (Place place : places) {
      if (place.value.equals(node.labels().get(place.key))) {
        return true;
      }
    }
    return false;
  }

  private static Set<Place> place(String key, NodeState node) {
    String value = node.labels().get(key);
    return value == null ? Set.of() : Set.of(new Place(key, value));
  }

  private static Set<Place> anywhere(PodAffinityTerm term, ClusterState cluster) {
    Set<Place> places = new LinkedHashSet<>();
    cluster.nodes().forEach(node -> places.addAll(place(term.topologyKey(), node)));
    return places;
  }

  private static Set<Place> placesOf(PodAffinityTerm term, Candidate owner, ClusterState cluster) {
    Set<Place> places = new LinkedHashSet<>();
    for (NodeState node : cluster.nodes()) {
      for (Candidate placed : node.pods()) {
        if (matches(term, owner, placed, cluster)) {
          places.addAll(place(term.topologyKey(), node));
          break;
        }
      }
    }
    return places;
  }

  /** Whether {@code owner}'s term means {@code other}. */
  private static boolean matches(
      PodAffinityTerm term, Candidate owner, Candidate other, ClusterState cluster) {
    Selector labels = LabelSelectors.of(term.labelSelector());
    return namespaceMatches(term, owner, other.pod().namespace(), cluster)
        && labels.matches(other.pod().metadata().labels());
  }

  private static boolean namespaceMatches(
      PodAffinityTerm term, Candidate owner, String namespace, ClusterState cluster) {
    if (term.namespaces().isEmpty() && term.namespaceSelector() == null) {
      return namespace.equals(owner.pod().namespace());
    }
    return term.namespaces().contains(namespace)
        || LabelSelectors.of(term.namespaceSelector()).matches(cluster.namespaceLabels(namespace));
  }

  private static List<PodAffinityTerm> requiredAffinity(Candidate pod) {
    Affinity affinity = pod.pod().spec().affinity();
    return affinity == null || affinity.podAffinity() == null
        ? List.of()
        : affinity.podAffinity().requiredDuringSchedulingIgnoredDuringExecution();
  }

  private static List<PodAffinityTerm> requiredAntiAffinity(Candidate pod) {
    Affinity affinity = pod.pod().spec().affinity();
    return affinity == null || affinity.podAntiAffinity() == null
        ? List.of()
        : affinity.podAntiAffinity().requiredDuringSchedulingIgnoredDuringExecution();
  }
}
