package io.tiphys.node.agent.admission;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.api.core.v1.Toleration;
import io.tiphys.meta.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a pod that is bound to this node can be run here; a pure function. Whoever binds a pod
 * may be wrong, or late. Checked against pkg/kubelet/lifecycle/predicate.go and AdmissionCheck in
 * pkg/scheduler/eventhandlers.go.
 */
public final class PodAdmission {
  private static final String OS = "linux";
  private static final String OS_LABEL = "kubernetes.io/os";
  private static final String EVERYWHERE = "0.0.0.0";

  private final Node node;
  private final List<Pod> others;

  /**
   * Why a pod is not run.
   *
   * @param reason such as {@code OutOfcpu}, as the pod's status shows it
   */
  public record Rejection(String reason, String message) {}

  /**
   * @param others the pods that this node has already taken in and that are not over
   */
  public PodAdmission(Node node, List<Pod> others) {
    this.node = node;
    this.others = List.copyOf(others);
  }

  /** Why {@code pod} is not run; empty if it is. */
  public Optional<Rejection> check(Pod pod) {
    String label = pod.metadata().labels().get(OS_LABEL);
    if (label != null && !label.equals(OS)) {
      return rejected(
          "PodOSSelectorNodeLabelDoesNotMatch",
          "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label");
    }
    if (pod.spec().os() != null && !pod.spec().os().name().equals(OS)) {
      return rejected(
          "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS");
    }
    return resources(pod)
        .or(() -> affinity(pod))
        .or(() -> name(pod))
        .or(() -> ports(pod))
        .or(() -> taints(pod));
  }

  private static Optional<Rejection> rejected(String reason, String message) {
    return Optional.of(new Rejection(reason, message));
  }

  private static Optional<Rejection> failed(String predicate, String why) {
    return rejected(predicate, "Predicate %s failed: %s".formatted(predicate, why));
  }

  private Optional<Rejection> resources(Pod pod) {
    long room = whole("pods", node.status().allocatable().getOrDefault("pods", Quantity.ZERO));
    if (others.size() + 1 > room) {
      return insufficient("pods", 1, others.size(), room);
    }
    Map<String, Quantity> allocatable = node.status().allocatable();
    for (Map.Entry<String, Quantity> wanted : PodRequests.of(pod).entrySet()) {
      String name = wanted.getKey();
      boolean unknown = !allocatable.containsKey(name) && PodRequests.isExtended(name);
      if (wanted.getValue().isZero() || unknown) {
        continue; // What no node knows is somebody else's to give.
      }
      Quantity used =
          others.stream()
              .map(other -> PodRequests.of(other).getOrDefault(name, Quantity.ZERO))
              .reduce(Quantity.ZERO, Quantity::add);
      Quantity capacity = allocatable.getOrDefault(name, Quantity.ZERO);
      if (used.add(wanted.getValue()).compareTo(capacity) > 0) {
        return insufficient(
            name, whole(name, wanted.getValue()), whole(name, used), whole(name, capacity));
      }
    }
    return Optional.empty();
  }

  private static Optional<Rejection> insufficient(
      String name, long requested, long used, long capacity) {
    return rejected(
        "OutOf" + name,
        "Node didn't have enough resource: %s, requested: %d, used: %d, capacity: %d"
            .formatted(name, requested, used, capacity));
  }

  private static long whole(String name, Quantity amount) {
    return name.equals("cpu") ? amount.milliValue() : amount.value();
  }

  private Optional<Rejection> affinity(Pod pod) {
    return RequiredAffinity.holds(pod, node)
        ? Optional.empty()
        : failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
  }

  private Optional<Rejection> name(Pod pod) {
    boolean here = pod.spec().nodeName().isEmpty() || pod.spec().nodeName().equals(node.name());
    return here
        ? Optional.empty()
        : failed("NodeName", "node(s) didn't match the requested node name");
  }

  private Optional<Rejection> ports(Pod pod) {
    List<ContainerPort> taken =
        others.stream().flatMap(other -> hostPorts(other).stream()).toList();
    boolean free =
        hostPorts(pod).stream().noneMatch(port -> taken.stream().anyMatch(t -> conflict(port, t)));
    return free
        ? Optional.empty()
        : failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");
  }

  private static List<ContainerPort> hostPorts(Pod pod) {
    Stream<Container> sidecars =
        pod.spec().initContainers().stream().filter(c -> "Always".equals(c.restartPolicy()));
    return Stream.concat(sidecars, pod.spec().containers().stream())
        .flatMap(container -> container.ports().stream())
        .filter(port -> port.hostPort() > 0)
        .toList();
  }

  private static boolean conflict(ContainerPort a, ContainerPort b) {
    String first = address(a);
    String second = address(b);
    boolean meet = first.equals(second) || first.equals(EVERYWHERE) || second.equals(EVERYWHERE);
    return meet && a.hostPort() == b.hostPort() && protocol(a).equals(protocol(b));
  }

  private static String address(ContainerPort port) {
    return port.hostIP().isEmpty() ? EVERYWHERE : port.hostIP();
  }

  private static String protocol(ContainerPort port) {
    return port.protocol().isEmpty() ? "TCP" : port.protocol();
  }

  /** Only what also evicts; others keep pods away before they are bound. */
  private Optional<Rejection> taints(Pod pod) {
    List<Taint> untolerated = new ArrayList<>(node.spec().taints());
    untolerated.removeIf(
        taint ->
            !taint.effect().equals("NoExecute")
                || pod.spec().tolerations().stream().anyMatch(t -> tolerates(t, taint)));
    return untolerated.isEmpty()
        ? Optional.empty()
        : failed("TaintToleration", "node(s) had taints that the pod didn't tolerate");
  }

  /** Checked against ToleratesTaint in k8s.io/api/core/v1/toleration.go. */
  private static boolean tolerates(Toleration toleration, Taint taint) {
    boolean effect = toleration.effect().isEmpty() || toleration.effect().equals(taint.effect());
    boolean key = toleration.key().isEmpty() || toleration.key().equals(taint.key());
    return effect
        && key
        && switch (toleration.operator()) {
          case "", "Equal" -> toleration.value().equals(taint.value());
          case "Exists" -> true;
          default -> false;
        };
  }
}
