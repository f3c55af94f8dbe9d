package io.tiphys.scheduler;

import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the scheduler knows: the nodes with the pods placed on them, those it has just placed itself
 * included before the API says so. Changed and read by one thread at a time, see {@link Scheduler}.
 */
final class ClusterState {
  private final Map<String, NodeState> nodes = new LinkedHashMap<>();
  private final List<NodeState> order = new ArrayList<>();
  private final Map<String, Placed> placed = new LinkedHashMap<>();
  private final Map<String, Candidate> antiAffine = new LinkedHashMap<>();
  private final Map<String, Placed> nominated = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> namespaces = new LinkedHashMap<>();

  /** A pod and the node it counts on; {@code assumed} until the API confirms it. */
  private record Placed(Candidate pod, String node, boolean assumed) {}

  /** All nodes in a stable order. */
  List<NodeState> nodes() {
    return order;
  }

  @Nullable NodeState node(String name) {
    return nodes.get(name);
  }

  void putNode(Node node) {
    NodeState known = nodes.get(node.name());
    if (known != null) {
      known.update(node);
      return;
    }
    NodeState state = new NodeState(node);
    nodes.put(node.name(), state);
    order.add(state);
    placed.values().stream()
        .filter(entry -> entry.node.equals(node.name()))
        .forEach(entry -> state.add(entry.pod));
  }

  void removeNode(String name) {
    NodeState gone = nodes.remove(name);
    if (gone != null) {
      order.remove(gone);
    }
  }

  /** Keeps room on a node for a pod that others make way for; an empty name ends that. */
  void nominate(Candidate pod, String node) {
    if (node.isEmpty()) {
      nominated.remove(pod.uid());
    } else {
      nominated.put(pod.uid(), new Placed(pod, node, false));
    }
  }

  /** The pods that room is kept for on a node. */
  List<Candidate> nominatedTo(String node) {
    return nominated.isEmpty()
        ? List.of()
        : nominated.values().stream()
            .filter(entry -> entry.node.equals(node))
            .map(Placed::pod)
            .toList();
  }

  /** Leaves a placed pod out of account until {@link #putBack}. */
  void setAside(String uid) {
    uncount(placed.get(uid));
  }

  void putBack(String uid) {
    count(placed.get(uid));
  }

  /** Counts a pod on a node before its binding is confirmed. */
  void assume(Candidate pod, String node) {
    place(new Placed(pod, node, true));
  }

  /** Takes back {@link #assume} after a binding that failed. */
  void forget(String uid) {
    Placed entry = placed.get(uid);
    if (entry != null && entry.assumed) {
      removePod(uid);
    }
  }

  /** Counts a pod where the API says it is. */
  void putPod(Pod pod) {
    place(new Placed(Candidate.of(pod), pod.spec().nodeName(), false));
  }

  void removePod(String uid) {
    nominated.remove(uid);
    uncount(placed.remove(uid));
  }

  boolean isPlaced(String uid) {
    return placed.containsKey(uid);
  }

  /** The node a placed pod counts on, if it is known. */
  @Nullable NodeState nodeOf(String uid) {
    Placed entry = placed.get(uid);
    return entry == null ? null : nodes.get(entry.node);
  }

  /** The placed pods that keep others away. */
  Collection<Candidate> antiAffine() {
    return antiAffine.values();
  }

  void putNamespace(String name, Map<String, String> labels) {
    namespaces.put(name, labels);
  }

  void removeNamespace(String name) {
    namespaces.remove(name);
  }

  Map<String, String> namespaceLabels(String name) {
    return namespaces.getOrDefault(name, Map.of());
  }

  private void place(Placed entry) {
    removePod(entry.pod.uid());
    placed.put(entry.pod.uid(), entry);
    count(entry);
  }

  private void count(@Nullable Placed entry) {
    if (entry == null) {
      return;
    }
    if (PodAffinityFilter.hasAntiAffinity(entry.pod)) {
      antiAffine.put(entry.pod.uid(), entry.pod);
    }
    NodeState node = nodes.get(entry.node);
    if (node != null) {
      node.add(entry.pod);
    }
  }

  private void uncount(@Nullable Placed entry) {
    if (entry == null) {
      return;
    }
    antiAffine.remove(entry.pod.uid());
    NodeState node = nodes.get(entry.node);
    if (node != null) {
      node.remove(entry.pod.uid());
    }
  }
}
