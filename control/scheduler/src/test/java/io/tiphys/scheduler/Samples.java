package io.tiphys.scheduler;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeSpec;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodAffinityTerm;
import io.tiphys.api.core.v1.PodAntiAffinity;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.api.core.v1.TopologySpreadConstraint;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.Quantity;
import java.util.List;
import java.util.Map;

/** Pods and nodes for tests. */
final class Samples {
  static final Map<String, String> APP = Map.of("app", "web");

  private Samples() {}

  static Node node(String name) {
    return Node.builder()
        .metadata(
            ObjectMeta.builder().name(name).labels(Map.of("kubernetes.io/hostname", name)).build())
        .status(
            NodeStatus.builder()
                .allocatable(
                    Map.of(
                        "cpu", Quantity.parse("2"),
                        "memory", Quantity.parse("4Gi"),
                        "pods", Quantity.parse("110")))
                .build())
        .build();
  }

  static Node tainted(String name, String effect) {
    Taint taint = Taint.builder().key("dedicated").value("db").effect(effect).build();
    return node(name).withSpec(NodeSpec.builder().taints(List.of(taint)).build());
  }

  static Pod pod(String name) {
    return pod(name, Map.of());
  }

  static Pod pod(String name, Map<String, String> requests) {
    Container container =
        Container.builder()
            .name("main")
            .image("web:v1")
            .resources(ResourceRequirements.builder().requests(quantities(requests)).build())
            .build();
    return Pod.builder()
        .metadata(
            ObjectMeta.builder()
                .name(name)
                .namespace("default")
                .uid("uid-" + name)
                .labels(APP)
                .build())
        .spec(PodSpec.builder().containers(List.of(container)).build())
        .build();
  }

  static Pod onNode(Pod pod, String node) {
    return pod.withSpec(pod.spec().withNodeName(node));
  }

  static Pod withHostPort(Pod pod, int port) {
    ContainerPort wanted =
        ContainerPort.builder().hostPort(port).containerPort(port).protocol("TCP").build();
    Container container = pod.spec().containers().getFirst().withPorts(List.of(wanted));
    return pod.withSpec(pod.spec().withContainers(List.of(container)));
  }

  static Pod withClaim(Pod pod, String claim) {
    Volume volume =
        Volume.builder()
            .name("data")
            .persistentVolumeClaim(
                PersistentVolumeClaimVolumeSource.builder().claimName(claim).build())
            .build();
    return pod.withSpec(pod.spec().withVolumes(List.of(volume)));
  }

  /** Never two of the same app on one host. */
  static Pod apart(Pod pod) {
    PodAffinityTerm term =
        PodAffinityTerm.builder()
            .topologyKey("kubernetes.io/hostname")
            .labelSelector(LabelSelector.builder().matchLabels(APP).build())
            .build();
    PodAntiAffinity apart =
        PodAntiAffinity.builder()
            .requiredDuringSchedulingIgnoredDuringExecution(List.of(term))
            .build();
    return pod.withSpec(pod.spec().withAffinity(Affinity.builder().podAntiAffinity(apart).build()));
  }

  static Pod evenly(Pod pod) {
    TopologySpreadConstraint constraint =
        TopologySpreadConstraint.builder()
            .maxSkew(1)
            .topologyKey("kubernetes.io/hostname")
            .whenUnsatisfiable("DoNotSchedule")
            .labelSelector(LabelSelector.builder().matchLabels(APP).build())
            .build();
    return pod.withSpec(pod.spec().withTopologySpreadConstraints(List.of(constraint)));
  }

  static Map<String, Quantity> quantities(Map<String, String> amounts) {
    Map<String, Quantity> quantities = new java.util.HashMap<>();
    amounts.forEach((name, amount) -> quantities.put(name, Quantity.parse(amount)));
    return quantities;
  }
}
