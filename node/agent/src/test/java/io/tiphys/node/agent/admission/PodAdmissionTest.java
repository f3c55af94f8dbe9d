package io.tiphys.node.agent.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.Affinity;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeAffinity;
import io.tiphys.api.core.v1.NodeSelector;
import io.tiphys.api.core.v1.NodeSelectorRequirement;
import io.tiphys.api.core.v1.NodeSelectorTerm;
import io.tiphys.api.core.v1.NodeSpec;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodOS;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.core.v1.Taint;
import io.tiphys.api.core.v1.Toleration;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.meta.Quantity;
import io.tiphys.node.agent.admission.PodAdmission.Rejection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The words are upstream's, from pkg/kubelet/lifecycle/predicate.go. */
final class PodAdmissionTest {
  private static final Node NODE =
      Node.builder()
          .metadata(ObjectMeta.builder().name("n").labels(Map.of("disk", "ssd", "n", "5")).build())
          .status(
              NodeStatus.builder()
                  .allocatable(
                      Map.of(
                          "cpu", Quantity.parse("2"),
                          "memory", Quantity.parse("1Gi"),
                          "ephemeral-storage", Quantity.parse("10Gi"),
                          "pods", Quantity.of(3),
                          "example.com/dongle", Quantity.of(1)))
                  .build())
          .build();

  private static Container asking(Map<String, Quantity> requests) {
    return Container.builder()
        .name("c")
        .resources(ResourceRequirements.builder().requests(requests).build())
        .build();
  }

  private static Pod pod(UnaryOperator<PodSpec.Builder> spec) {
    return Pod.builder()
        .metadata(ObjectMeta.builder().name("p").build())
        .spec(spec.apply(PodSpec.builder().nodeName("n")).build())
        .build();
  }

  private static Pod asking(String resource, String amount) {
    return pod(s -> s.containers(List.of(asking(Map.of(resource, Quantity.parse(amount))))));
  }

  private static Optional<Rejection> check(Pod pod, Pod... others) {
    return new PodAdmission(NODE, List.of(others)).check(pod);
  }

  @Test
  void whatFitsIsTakenIn() {
    assertThat(check(asking("cpu", "500m"), asking("cpu", "1500m"))).isEmpty();
    assertThat(check(asking("example.com/dongle", "1"))).isEmpty();
    assertThat(check(asking("example.com/unknown", "7"))).isEmpty();
  }

  @Test
  void whatIsMoreThanIsLeftIsOutOfIt() {
    assertThat(check(asking("cpu", "600m"), asking("cpu", "1500m")))
        .contains(
            new Rejection(
                "OutOfcpu",
                "Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity:"
                    + " 2000"));
    assertThat(check(asking("memory", "2Gi")))
        .contains(
            new Rejection(
                "OutOfmemory",
                "Node didn't have enough resource: memory, requested: 2147483648, used: 0,"
                    + " capacity: 1073741824"));
    assertThat(check(asking("example.com/dongle", "1"), asking("example.com/dongle", "1")))
        .map(Rejection::reason)
        .contains("OutOfexample.com/dongle");
    assertThat(check(asking("ephemeral-storage", "11Gi")))
        .map(Rejection::reason)
        .contains("OutOfephemeral-storage");
  }

  @Test
  void morePodsThanTheNodeTakesAreTooMany() {
    Pod small = pod(s -> s);
    assertThat(check(small, small, small)).isEmpty();
    assertThat(check(small, small, small, small))
        .contains(
            new Rejection(
                "OutOfpods",
                "Node didn't have enough resource: pods, requested: 1, used: 3, capacity: 3"));
  }

  @Test
  void initializationCountsByItsLargestMomentAndSidecarsForGood() {
    Container one = asking(Map.of("cpu", Quantity.parse("1")));
    Container sidecar = one.toBuilder().restartPolicy("Always").build();
    Pod both = pod(s -> s.initContainers(List.of(one, one)).containers(List.of(one)));
    assertThat(check(both, asking("cpu", "1"))).isEmpty();
    Pod beside = pod(s -> s.initContainers(List.of(sidecar, one)).containers(List.of(one)));
    assertThat(check(beside, asking("cpu", "1"))).map(Rejection::reason).contains("OutOfcpu");
    Pod over = pod(s -> s.containers(List.of(one)).overhead(Map.of("cpu", Quantity.parse("2"))));
    assertThat(check(over)).map(Rejection::reason).contains("OutOfcpu");
  }

  @Test
  void portsOfTheNodeAreGivenOnce() {
    Pod all = port("", "TCP");
    Rejection taken =
        new Rejection(
            "NodePorts",
            "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod"
                + " ports");
    assertThat(check(all, all)).contains(taken);
    assertThat(check(port("127.0.0.1", "TCP"), all)).contains(taken);
    assertThat(check(port("127.0.0.1", "TCP"), port("127.0.0.2", "TCP"))).isEmpty();
    assertThat(check(port("", "UDP"), all)).isEmpty();
  }

  private static Pod port(String ip, String protocol) {
    ContainerPort port =
        ContainerPort.builder()
            .containerPort(80)
            .hostPort(8080)
            .hostIP(ip)
            .protocol(protocol)
            .build();
    return pod(
        s -> s.containers(List.of(Container.builder().name("c").ports(List.of(port)).build())));
  }

  @Test
  void theNodeMustBeTheOneThatThePodWants() {
    Rejection other =
        new Rejection(
            "NodeAffinity",
            "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
    assertThat(check(pod(s -> s.nodeSelector(Map.of("disk", "ssd"))))).isEmpty();
    assertThat(check(pod(s -> s.nodeSelector(Map.of("disk", "hdd"))))).contains(other);
    assertThat(check(required("n", "Gt", "4"))).isEmpty();
    assertThat(check(required("n", "Lt", "5"))).contains(other);
    assertThat(check(required("disk", "NotIn", "ssd"))).contains(other);
    assertThat(check(pod(s -> s.nodeName("m"))))
        .contains(
            new Rejection(
                "NodeName",
                "Predicate NodeName failed: node(s) didn't match the requested node name"));
  }

  private static Pod required(String key, String operator, String value) {
    NodeSelectorTerm term =
        NodeSelectorTerm.builder()
            .matchExpressions(List.of(new NodeSelectorRequirement(key, operator, List.of(value))))
            .build();
    NodeAffinity affinity =
        NodeAffinity.builder()
            .requiredDuringSchedulingIgnoredDuringExecution(new NodeSelector(List.of(term)))
            .build();
    return pod(s -> s.affinity(Affinity.builder().nodeAffinity(affinity).build()));
  }

  @Test
  void onlyTaintsThatEvictKeepAPodOut() {
    Taint evicts = Taint.builder().key("gone").effect("NoExecute").build();
    Taint keeps = Taint.builder().key("full").effect("NoSchedule").build();
    Node tainted = NODE.withSpec(NodeSpec.builder().taints(List.of(keeps, evicts)).build());
    assertThat(new PodAdmission(tainted, List.of()).check(pod(s -> s)))
        .contains(
            new Rejection(
                "TaintToleration",
                "Predicate TaintToleration failed: node(s) had taints that the pod didn't"
                    + " tolerate"));
    Toleration any = Toleration.builder().operator("Exists").build();
    assertThat(new PodAdmission(tainted, List.of()).check(pod(s -> s.tolerations(List.of(any)))))
        .isEmpty();
  }

  @Test
  void podsForAnotherSystemAreNotRun() {
    assertThat(check(pod(s -> s.os(new PodOS("windows")))))
        .contains(
            new Rejection(
                "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS"));
    Pod labelled = pod(s -> s);
    Pod windows =
        labelled.withMetadata(
            labelled.metadata().withLabels(Map.of("kubernetes.io/os", "windows")));
    assertThat(check(windows))
        .map(Rejection::reason)
        .contains("PodOSSelectorNodeLabelDoesNotMatch");
  }
}
