package io.tiphys.scheduler;

import io.tiphys.api.core.v1.ContainerImage;
import io.tiphys.api.core.v1.Node;
import io.tiphys.meta.Quantity;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** A node and what is placed on it, with running sums. Changed by the scheduler's thread alone. */
final class NodeState {
  private Node node;
  private Resources allocatable = Resources.NONE;
  private long maxPods;
  private Map<String, Long> imageSizes = Map.of();
  private Resources requested = Resources.NONE;
  private Resources weighed = Resources.NONE;
  private final Map<String, Candidate> pods = new LinkedHashMap<>();
  private final Map<String, Integer> podsByOwner = new LinkedHashMap<>();

  NodeState(Node node) {
    this.node = node;
    update(node);
  }

  void update(Node changed) {
    node = changed;
    allocatable = Resources.of(changed.status().allocatable());
    Quantity limit = changed.status().allocatable().get("pods");
    maxPods = limit == null ? 0 : limit.value();
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (ContainerImage image : changed.status().images()) {
      image.names().forEach(name -> sizes.put(name, image.sizeBytes()));
    }
    imageSizes = sizes;
  }

  void add(Candidate pod) {
    if (pods.putIfAbsent(pod.uid(), pod) == null) {
      requested = requested.plus(pod.requests());
      weighed = weighed.plus(pod.weighed());
      podsByOwner.merge(pod.owner(), 1, Integer::sum);
    }
  }

  void remove(String uid) {
    Candidate pod = pods.remove(uid);
    if (pod != null) {
      requested = requested.minus(pod.requests());
      weighed = weighed.minus(pod.weighed());
      podsByOwner.computeIfPresent(pod.owner(), (_, count) -> count == 1 ? null : count - 1);
    }
  }

  Node node() {
    return node;
  }

  String name() {
    return node.name();
  }

  Map<String, String> labels() {
    return node.metadata().labels();
  }

  Resources allocatable() {
    return allocatable;
  }

  /** How many pods the node takes. */
  long maxPods() {
    return maxPods;
  }

  Resources requested() {
    return requested;
  }

  /** The sum of requests with defaults for containers that ask for nothing. */
  Resources weighed() {
    return weighed;
  }

  /** Bytes of the images present, by each of their names. */
  Map<String, Long> imageSizes() {
    return imageSizes;
  }

  /** How many pods of one controller are here. */
  int podsOwnedBy(String owner) {
    return podsByOwner.getOrDefault(owner, 0);
  }

  Collection<Candidate> pods() {
    return pods.values();
  }
}
