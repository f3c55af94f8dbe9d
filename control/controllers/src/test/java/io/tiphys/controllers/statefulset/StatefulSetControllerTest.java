package io.tiphys.controllers.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.apps.v1.ControllerRevision;
import io.tiphys.api.apps.v1.RollingUpdateStatefulSetStrategy;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.apps.v1.StatefulSetUpdateStrategy;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.VolumeResourceRequirements;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.Hollow;
import io.tiphys.controllers.kit.TemplateHash;
import io.tiphys.controllers.kit.World;
import io.tiphys.meta.Quantity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatefulSetControllerTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aPodThatCannotRunIsReplacedOnceTheTemplateIsRight() throws InterruptedException {
    for (String policy : List.of("Parallel", "OrderedReady")) {
      StatefulSet set = set(2);
      List<Pod> pods =
          List.of(
              World.running(revised("web-0", "old"), "10.0.0.1", true), revised("web-1", "old"));
      set = set.withSpec(set.spec().withPodManagementPolicy(policy));

      List<Plan.Step> steps = Plan.of(set, pods, "new", Instant.EPOCH);

      boolean parallel = policy.equals("Parallel");
      assertThat(steps.contains(new Plan.Step.Delete(pods.get(1))))
          .as("in order it is waited for, as upstream's known issue has it: " + policy)
          .isEqualTo(parallel);
      assertThat(steps).doesNotContain(new Plan.Step.Delete(pods.get(0)));
    }
  }

  @Test
  void anUpdateWaitsForTheNewPodsThatAreThere() {
    StatefulSet set = set(3);
    set = set.withSpec(set.spec().withPodManagementPolicy("Parallel"));
    Pod first = World.running(revised("web-0", "old"), "10.0.0.1", true);
    Pod second = World.running(revised("web-1", "old"), "10.0.0.2", true);
    Pod last = World.running(revised("web-2", "new"), "10.0.0.3", false);

    assertThat(Plan.of(set, List.of(first, second, last), "new", Instant.EPOCH))
        .noneMatch(Plan.Step.Delete.class::isInstance);
    assertThat(
            Plan.of(
                set,
                List.of(first, second, World.running(last, "10.0.0.3", true)),
                "new",
                Instant.EPOCH))
        .contains(new Plan.Step.Delete(second))
        .doesNotContain(new Plan.Step.Delete(first));
  }

  private static Pod revised(String name, String revision) {
    return World.pod(name, "web")
        .withMetadata(
            World.meta("ns", name)
                .withLabels(Map.of("app", "web", "controller-revision-hash", revision)));
  }

  @Test
  void aRevisionHasTheBytesAndTheHashThatUpstreamMakes() {
    PodTemplateSpec template =
        PodTemplateSpec.EMPTY
            .withMetadata(ObjectMeta.EMPTY.withLabels(Map.of("z", "1", "app", "web")))
            .withSpec(
                PodSpec.EMPTY.withContainers(
                    List.of(
                        Container.EMPTY
                            .withName("main")
                            .withImage("a")
                            .withArgs(List.of("a && b")))));

    assertThat(RevisionData.of(template).text())
        .isEqualTo(
            "{\"spec\":{\"template\":{\"$patch\":\"replace\",\"metadata\":{\"labels\":"
                + "{\"app\":\"web\",\"z\":\"1\"}},\"spec\":{\"containers\":[{\"args\":"
                + "[\"a \\u0026\\u0026 b\"],\"image\":\"a\",\"name\":\"main\","
                + "\"resources\":{}}]}}}}");
    // By hand: FNV-1 in 32 bits, over {"a":1} and then the collision count 0.
    assertThat(TemplateHash.ofRevision(Json.Obj.of("a", Json.of(1)), 0)).isEqualTo("d55c4ff5f");
  }

  @Test
  void podsAreMadeInOrderWithNamesClaimsAndARevision() throws InterruptedException {
    world.source.put(AppsV1.STATEFULSETS, set(3));
    try (Hollow _ = Hollow.running(world)) {
      world.open(StatefulSetController::open);
      StatefulSet done = awaitReady(3);
      assertThat(created("pods")).containsExactly("web-0", "web-1", "web-2");
      assertThat(created("persistentvolumeclaims"))
          .containsExactly("data-web-0", "data-web-1", "data-web-2");
      Pod pod = world.source.get(CoreV1.PODS, "ns", "web-1");
      assertThat(pod.spec().hostname()).isEqualTo("web-1");
      assertThat(pod.spec().subdomain()).isEqualTo("webs");
      assertThat(pod.spec().volumes())
          .filteredOn(volume -> volume.name().equals("data"))
          .singleElement()
          .satisfies(
              volume ->
                  assertThat(volume.persistentVolumeClaim())
                      .hasFieldOrPropertyWithValue("claimName", "data-web-1"));
      assertThat(pod.metadata().labels())
          .containsEntry("statefulset.kubernetes.io/pod-name", "web-1")
          .containsEntry("apps.kubernetes.io/pod-index", "1")
          .containsEntry("controller-revision-hash", done.status().updateRevision());
      assertThat(world.source.all(AppsV1.CONTROLLERREVISIONS))
          .extracting(ControllerRevision::name)
          .containsExactly(done.status().currentRevision());
      world.awaitThat(() -> events("statefulset-controller").size() >= 6);
      assertThat(events("statefulset-controller"))
          .contains(
              "SuccessfulCreate Create Pod web-0 in StatefulSet web successful",
              "SuccessfulCreate Create Claim data-web-0 Pod web-0 in StatefulSet web success");
    }
  }

  @Test
  void scalingDownTakesTheLastAndKeepsItsClaimUnlessToldOtherwise() throws InterruptedException {
    StatefulSetPersistentVolumeClaimRetentionPolicy policy =
        new StatefulSetPersistentVolumeClaimRetentionPolicy("Retain", "Delete");
    StatefulSet set = set(2);
    world.source.put(
        AppsV1.STATEFULSETS,
        set.withSpec(set.spec().withPersistentVolumeClaimRetentionPolicy(policy)));
    try (Hollow _ = Hollow.running(world)) {
      world.open(StatefulSetController::open);
      awaitReady(2);
      Pod last = world.source.get(CoreV1.PODS, "ns", "web-1");
      scale(1);
      world.awaitGone(CoreV1.PODS, "ns", "web-1");
      awaitReady(1);
      PersistentVolumeClaim claim =
          world.source.get(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "data-web-1");
      assertThat(claim.metadata().ownerReferences()).containsExactly(ControllerRefs.of(last));
      assertThat(
              world
                  .source
                  .get(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "data-web-0")
                  .metadata()
                  .ownerReferences())
          .isEmpty();
    }
  }

  @Test
  void updatesGoFromTheLastDownToThePartition() throws InterruptedException {
    world.source.put(AppsV1.STATEFULSETS, set(3));
    try (Hollow _ = Hollow.running(world)) {
      world.open(StatefulSetController::open);
      String first = awaitReady(3).status().currentRevision();
      change("two", 1);
      StatefulSet half =
          world.await(
              AppsV1.STATEFULSETS,
              "ns",
              "web",
              set -> set.status().updatedReplicas() == 2 && set.status().readyReplicas() == 3);
      assertThat(half.status().currentRevision()).isEqualTo(first);
      assertThat(half.status().currentReplicas()).isEqualTo(1);
      change("two", 0);
      StatefulSet done =
          world.await(
              AppsV1.STATEFULSETS,
              "ns",
              "web",
              set -> set.status().currentRevision().equals(half.status().updateRevision()));
      assertThat(done.status().currentReplicas()).isEqualTo(3);
      assertThat(deletedPods()).containsExactly("web-2", "web-1", "web-0");
      change("one", 0);
      world.await(
          AppsV1.STATEFULSETS, "ns", "web", set -> set.status().currentRevision().equals(first));
      assertThat(world.source.all(AppsV1.CONTROLLERREVISIONS))
          .extracting(ControllerRevision::revision)
          .containsExactlyInAnyOrder(2L, 3L);
    }
  }

  @Test
  void aPetMustSayThatItIsInitializedBeforeTheNextIsMade() throws InterruptedException {
    StatefulSet set = set(3);
    world.source.put(
        AppsV1.STATEFULSETS,
        set.withMetadata(
            set.metadata().withAnnotations(Map.of("apps.tiphys.io/made-as", "PetSet"))));
    try (Hollow _ = Hollow.running(world)) {
      world.open(StatefulSetController::open);
      world.await(CoreV1.PODS, "ns", "web-0", pod -> pod.status().phase().equals("Running"));
      initialize("web-0", "true");
      world.await(CoreV1.PODS, "ns", "web-1", pod -> pod.status().phase().equals("Running"));
      assertThat(created("pods")).containsExactly("web-0", "web-1");
      initialize("web-1", "true");
      world.await(CoreV1.PODS, "ns", "web-2", pod -> pod.status().phase().equals("Running"));
      initialize("web-2", "true");
      initialize("web-0", "false");
      StatefulSet smaller = scale(1);
      world.await(
          AppsV1.STATEFULSETS,
          "ns",
          "web",
          now -> now.status().observedGeneration() >= smaller.metadata().generation());
      assertThat(deletedPods()).isEmpty();
      initialize("web-0", "true");
      world.awaitGone(CoreV1.PODS, "ns", "web-1");
      assertThat(deletedPods()).containsExactly("web-2", "web-1");
      world.awaitThat(() -> events("petset").size() >= 8);
      assertThat(events("petset"))
          .contains(
              "SuccessfulCreate pet: web-0",
              "SuccessfulCreate pvc: data-web-0",
              "SuccessfulDelete pet: web-2");
      assertThat(world.source.all(CoreV1.EVENTS))
          .extracting(event -> event.involvedObject().kind())
          .containsOnly("PetSet");
    }
  }

  private void initialize(String name, String value) {
    Pod pod = world.source.get(CoreV1.PODS, "ns", name);
    world.source.put(
        CoreV1.PODS,
        pod.withMetadata(
            pod.metadata().withAnnotations(Map.of("pod.alpha.kubernetes.io/initialized", value))));
  }

  private StatefulSet awaitReady(int replicas) throws InterruptedException {
    return world.await(
        AppsV1.STATEFULSETS,
        "ns",
        "web",
        set ->
            set.status().readyReplicas() == replicas
                && set.status().replicas() == replicas
                && set.status().observedGeneration() == set.metadata().generation());
  }

  private StatefulSet scale(int replicas) {
    StatefulSet set = world.source.get(AppsV1.STATEFULSETS, "ns", "web");
    return world.source.update(
        AppsV1.STATEFULSETS, set.withSpec(set.spec().withReplicas(replicas)));
  }

  private void change(String version, int partition) {
    StatefulSet set = world.source.get(AppsV1.STATEFULSETS, "ns", "web");
    world.source.update(
        AppsV1.STATEFULSETS,
        set.withSpec(
            set.spec().toBuilder()
                .template(template(version))
                .updateStrategy(rolling(partition))
                .build()));
  }

  private List<String> created(String resource) {
    return writes("create", resource);
  }

  private List<String> deletedPods() {
    return writes("delete", "pods");
  }

  private List<String> writes(String verb, String resource) {
    return world.api.writes().stream()
        .filter(action -> action.verb().equals(verb) && action.resource().equals(resource))
        .map(action -> action.key().name())
        .toList();
  }

  private List<String> events(String component) {
    return world.source.all(CoreV1.EVENTS).stream()
        .filter(event -> event.source().component().equals(component))
        .map((Event event) -> event.reason() + " " + event.message())
        .toList();
  }

  private static PodTemplateSpec template(String version) {
    return World.template("web")
        .withMetadata(
            ObjectMeta.EMPTY
                .withLabels(Map.of("app", "web"))
                .withAnnotations(Map.of("version", version)));
  }

  private static StatefulSetUpdateStrategy rolling(int partition) {
    return new StatefulSetUpdateStrategy(
        "RollingUpdate", RollingUpdateStatefulSetStrategy.EMPTY.withPartition(partition));
  }

  static StatefulSet set(int replicas) {
    return StatefulSet.builder()
        .metadata(World.meta("ns", "web").withGeneration(1))
        .spec(
            StatefulSetSpec.builder()
                .replicas(replicas)
                .serviceName("webs")
                .podManagementPolicy("OrderedReady")
                .updateStrategy(rolling(0))
                .selector(LabelSelector.EMPTY.withMatchLabels(Map.of("app", "web")))
                .template(template("one"))
                .volumeClaimTemplates(
                    List.of(
                        PersistentVolumeClaim.builder()
                            .metadata(ObjectMeta.EMPTY.withName("data"))
                            .spec(
                                PersistentVolumeClaimSpec.builder()
                                    .accessModes(List.of("ReadWriteOnce"))
                                    .resources(
                                        new VolumeResourceRequirements(
                                            Map.of(), Map.of("storage", Quantity.parse("1Gi"))))
                                    .build())
                            .build()))
                .build())
        .build();
  }
}
