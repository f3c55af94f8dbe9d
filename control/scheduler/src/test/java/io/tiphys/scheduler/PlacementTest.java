package io.tiphys.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.Toleration;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.storage.v1.StorageClass;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final String NO_HELP =
      " no new claims to deallocate, preemption: 0/%1$d nodes are available: %1$d Preemption is not"
          + " helpful for scheduling.";

  private final ClusterState cluster = new ClusterState();
  private final Placement placement = new Placement(new Random(1), List::of);

  @Test
  void aFilterThatThrowsLeavesNobodyBehind() {
    nodes(Samples.node("n1"));
    NodeState node = Objects.requireNonNull(cluster.node("n1"));
    cluster.nominate(Candidate.of(Samples.pod("nominated", Map.of("cpu", "1"))), "n1");
    Filter broken =
        (_, _, _) -> {
          throw new IllegalStateException("a bug");
        };

    assertThatThrownBy(
            () ->
                Placement.rejection(Candidate.of(Samples.pod("p")), node, cluster, List.of(broken)))
        .hasMessage("a bug");

    assertThat(node.pods()).isEmpty();
    assertThat(node.requested()).isEqualTo(Resources.NONE);
  }

  @Test
  void withoutNodes() {
    assertThat(decide(Samples.pod("p")))
        .isEqualTo(new Placement.Unschedulable("no nodes available to schedule pods"));
  }

  @Test
  void tooLargeForAnyNode() {
    nodes(Samples.node("n1"));

    assertThat(message(Samples.pod("p", Map.of("cpu", "1000"))))
        .isEqualTo("0/1 nodes are available: 1 Insufficient cpu." + NO_HELP.formatted(1));
  }

  @Test
  void noRoomLeft() {
    nodes(Samples.node("n1"));
    cluster.putPod(Samples.onNode(Samples.pod("other", Map.of("cpu", "1500m")), "n1"));

    assertThat(message(Samples.pod("p", Map.of("cpu", "1", "memory", "8Gi"))))
        .startsWith("0/1 nodes are available: 1 Insufficient cpu, 1 Insufficient memory.");
    assertThat(message(Samples.pod("p", Map.of("cpu", "1"))))
        .isEqualTo(
            "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption:"
                + " 0/1 nodes are available: 1 No preemption victims found for incoming pod.");
  }

  @Test
  void eachReasonIsCounted() {
    nodes(
        Samples.tainted("n1", "NoSchedule"),
        Samples.tainted("n2", "NoExecute"),
        unschedulable("n3"));

    assertThat(message(Samples.pod("p")))
        .isEqualTo(
            "0/3 nodes are available: 1 node(s) were unschedulable, 2 node(s) had untolerated"
                + " taint(s)."
                + NO_HELP.formatted(3));
  }

  @Test
  void toleratedTaintsDoNotRepel() {
    nodes(Samples.tainted("n1", "NoSchedule"));
    Pod pod = Samples.pod("p");
    Toleration toleration = Toleration.builder().key("dedicated").operator("Exists").build();

    assertThat(decide(pod.withSpec(pod.spec().withTolerations(List.of(toleration)))))
        .isInstanceOf(Placement.Place.class);
  }

  @Test
  void nodeSelector() {
    nodes(Samples.node("n1"), Samples.node("n2"));
    Pod pod = Samples.pod("p");
    PodSpec spec = pod.spec();

    assertThat(node(pod.withSpec(spec.withNodeSelector(Map.of("kubernetes.io/hostname", "n2")))))
        .isEqualTo("n2");
    assertThat(message(pod.withSpec(spec.withNodeSelector(Map.of("disk", "ssd")))))
        .startsWith(
            "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.");
  }

  @Test
  void hostPorts() {
    nodes(Samples.node("n1"));
    cluster.putPod(Samples.onNode(Samples.withHostPort(Samples.pod("other"), 80), "n1"));

    assertThat(message(Samples.withHostPort(Samples.pod("p"), 80)))
        .startsWith(
            "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod"
                + " ports.");
    assertThat(node(Samples.withHostPort(Samples.pod("q"), 81))).isEqualTo("n1");
  }

  @Test
  void claimsThatAreNotThereOrNotBound() {
    nodes(Samples.node("n1"));

    assertThat(message(Samples.withClaim(Samples.pod("p"), "nowhere")))
        .isEqualTo(
            "0/1 nodes are available: persistentvolumeclaim \"nowhere\" not found."
                + NO_HELP.formatted(1));
    assertThat(message(Samples.withClaim(Samples.pod("p"), "unbound")))
        .isEqualTo(
            "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims."
                + NO_HELP.formatted(1));
  }

  @Test
  void claimsThatWaitForTheirConsumerAreNamedInTheDecision() {
    nodes(Samples.node("n1"));

    assertThat(decide(Samples.withClaim(Samples.pod("p"), "delayed")))
        .isInstanceOfSatisfying(
            Placement.Place.class,
            place ->
                assertThat(place.needs().delayed())
                    .extracting(PersistentVolumeClaim::name)
                    .containsExactly("delayed"));
  }

  @Test
  void podsThatStayApart() {
    nodes(Samples.node("n1"), Samples.node("n2"));
    Set<String> used = new HashSet<>();
    for (String name : List.of("a", "b")) {
      Pod pod = Samples.apart(Samples.pod(name));
      String node = node(pod);
      used.add(node);
      cluster.putPod(Samples.onNode(pod, node));
    }

    assertThat(used).containsExactlyInAnyOrder("n1", "n2");
    assertThat(message(Samples.apart(Samples.pod("c"))))
        .startsWith("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.");
    assertThat(message(Samples.pod("d")))
        .startsWith(
            "0/2 nodes are available: 2 node(s) didn't satisfy existing pods anti-affinity"
                + " rules.");
  }

  @Test
  void podsThatSpreadEvenly() {
    nodes(Samples.node("n1"), Samples.node("n2"));
    cluster.putPod(Samples.onNode(Samples.pod("a"), "n1"));

    assertThat(node(Samples.evenly(Samples.pod("b")))).isEqualTo("n2");
  }

  @Test
  void emptierNodesArePreferred() {
    nodes(Samples.node("n1"), Samples.node("n2"));
    cluster.putPod(Samples.onNode(Samples.pod("big", Map.of("cpu", "1", "memory", "2Gi")), "n1"));

    assertThat(node(Samples.pod("p", Map.of("cpu", "100m")))).isEqualTo("n2");
  }

  @Test
  void podsOfOneOwnerSpread() {
    nodes(Samples.node("n1"), Samples.node("n2"), Samples.node("n3"));
    Set<String> used = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      Pod pod = owned(Samples.pod("p" + i));
      String node = node(pod);
      used.add(node);
      cluster.putPod(Samples.onNode(pod, node));
    }

    assertThat(used).hasSize(3);
  }

  private static Pod owned(Pod pod) {
    var owner = io.tiphys.api.meta.v1.OwnerReference.builder().uid("rs").controller(true).build();
    return pod.withMetadata(pod.metadata().withOwnerReferences(List.of(owner)));
  }

  private static Node unschedulable(String name) {
    Node node = Samples.node(name);
    return node.withSpec(node.spec().withUnschedulable(true));
  }

  private void nodes(Node... nodes) {
    for (Node node : nodes) {
      cluster.putNode(node);
    }
  }

  private Placement.Decision decide(Pod pod) {
    return placement.decide(Candidate.of(pod), cluster, new FewVolumes());
  }

  private String message(Pod pod) {
    return ((Placement.Unschedulable) decide(pod)).message();
  }

  private String node(Pod pod) {
    return ((Placement.Place) decide(pod)).node();
  }

  /** Two claims that have no volume yet: one could, one waits for a node. */
  static final class FewVolumes implements Volumes {
    @Override
    public @Nullable PersistentVolumeClaim claim(String namespace, String name) {
      if (name.equals("nowhere")) {
        return null;
      }
      return PersistentVolumeClaim.builder()
          .metadata(ObjectMeta.builder().namespace(namespace).name(name).build())
          .spec(PersistentVolumeClaimSpec.builder().storageClassName(name).build())
          .build();
    }

    @Override
    public @Nullable PersistentVolume volume(String name) {
      return null;
    }

    @Override
    public @Nullable StorageClass storageClass(String name) {
      return name.equals("delayed")
          ? StorageClass.builder().volumeBindingMode("WaitForFirstConsumer").build()
          : StorageClass.EMPTY;
    }
  }
}
