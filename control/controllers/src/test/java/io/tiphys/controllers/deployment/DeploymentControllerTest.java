package io.tiphys.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentCondition;
import io.tiphys.api.apps.v1.DeploymentSpec;
import io.tiphys.api.apps.v1.DeploymentStrategy;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.RollingUpdateDeployment;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.client.Informers;
import io.tiphys.client.testing.FaultySource;
import io.tiphys.client.testing.RecordedSource;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.Hollow;
import io.tiphys.controllers.kit.World;
import io.tiphys.controllers.replicaset.ReplicaSetController;
import io.tiphys.meta.IntOrString;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Deployments and the ReplicaSets below them, together. */
class DeploymentControllerTest {
  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aNewDeploymentGetsASetThatIsNamedAfterItsTemplate() throws InterruptedException {
    world.source.put(AppsV1.DEPLOYMENTS, deployment(3));
    try (Hollow _ = Hollow.running(world)) {
      open();
      Deployment done = awaitComplete();
      assertThat(done.metadata().annotations())
          .containsEntry("deployment.kubernetes.io/revision", "1");
      assertThat(world.api.writes())
          .as("the revision is written with the status, so that no field is owned without it")
          .filteredOn(action -> action.resource().equals("deployments"))
          .extracting(RecordedSource.Write::subresource)
          .containsOnly("status");
      ReplicaSet set = sets().getFirst();
      String hash = Objects.requireNonNull(set.metadata().labels().get("pod-template-hash"));
      assertThat(set.name()).isEqualTo("web-" + hash);
      assertThat(set.metadata().annotations())
          .containsEntry("deployment.kubernetes.io/desired-replicas", "3")
          .containsEntry("deployment.kubernetes.io/max-replicas", "4");
      assertThat(world.source.all(CoreV1.PODS))
          .hasSize(3)
          .allSatisfy(
              pod -> assertThat(pod.metadata().labels()).containsEntry("pod-template-hash", hash));
      assertThat(condition(done, "Progressing").reason()).isEqualTo("NewReplicaSetAvailable");
      assertThat(condition(done, "Progressing").message())
          .isEqualTo("ReplicaSet \"" + set.name() + "\" has successfully progressed.");
      assertThat(condition(done, "Available").reason()).isEqualTo("MinimumReplicasAvailable");
      awaitEvent("ScalingReplicaSet Scaled up replica set " + set.name() + " from 0 to 3");
    }
  }

  @Test
  void theSurgeHoldsWhileTheCopyOfTheSetsIsLate() {
    FaultySource cutOff = new FaultySource(world.api);
    cutOff.fail("watch replicasets", ApiFailure.serviceUnavailable("cut off"));
    ControllerContext context = world.context;
    try (Informers late =
        new Informers(cutOff.source(), world.clock, new Random(4), context.loops())) {
      world.source.put(AppsV1.DEPLOYMENTS, deployment(1));
      world.open(
          _ ->
              DeploymentController.open(
                  new ControllerContext(
                      world.api, late, world.clock, context.random(), context.loops())));
      late.start();
      world.awaitThat(() -> sets().size() == 1);
      change(spec -> spec.template(template("two")));
      world.awaitThat(() -> sets().size() == 2);

      change(spec -> spec.template(template("three")));
      world.awaitThat(() -> sets().size() == 3);

      assertThat(sets().stream().mapToInt(set -> set.spec().replicas()).sum()).isEqualTo(2);
    }
  }

  @Test
  void aNewTemplateRollsAndAnOldOneComesBackWithANewRevision() throws InterruptedException {
    world.source.put(AppsV1.DEPLOYMENTS, deployment(3));
    try (Hollow _ = Hollow.running(world)) {
      open();
      awaitComplete();
      String first = sets().getFirst().name();
      change(spec -> spec.template(template("two")));
      Deployment second = awaitComplete();
      assertThat(second.metadata().annotations())
          .containsEntry("deployment.kubernetes.io/revision", "2");
      assertThat(world.source.get(AppsV1.REPLICASETS, "ns", first).spec().replicas()).isZero();
      awaitEvent("ScalingReplicaSet Scaled down replica set " + first + " from ");

      change(spec -> spec.template(template("one")));
      Deployment third = awaitComplete();
      assertThat(third.metadata().annotations())
          .containsEntry("deployment.kubernetes.io/revision", "3");
      assertThat(sets()).hasSize(2);
      assertThat(world.source.get(AppsV1.REPLICASETS, "ns", first).metadata().annotations())
          .containsEntry("deployment.kubernetes.io/revision", "3")
          .containsEntry("deployment.kubernetes.io/revision-history", "1");
    }
  }

  @Test
  void historyKeepsAsManySetsAsAskedFor() throws InterruptedException {
    Deployment deployment = deployment(1);
    world.source.put(
        AppsV1.DEPLOYMENTS, deployment.withSpec(deployment.spec().withRevisionHistoryLimit(1)));
    try (Hollow _ = Hollow.running(world)) {
      open();
      for (String version : List.of("two", "three", "four")) {
        awaitComplete();
        change(spec -> spec.template(template(version)));
      }
      awaitComplete();
      world.awaitThat(() -> sets().size() == 2);
    }
  }

  @Test
  void recreateWaitsUntilTheLastOldPodIsGone() throws InterruptedException {
    Deployment deployment = deployment(2);
    world.source.put(
        AppsV1.DEPLOYMENTS,
        deployment.withSpec(
            deployment.spec().withStrategy(DeploymentStrategy.EMPTY.withType("Recreate"))));
    try (Hollow _ = Hollow.running(world)) {
      open();
      awaitComplete();
      List<String> old = world.source.all(CoreV1.PODS).stream().map(Pod::name).toList();
      world.api.refuse(
          action -> {
            if (action.verb().equals("create") && action.resource().equals("replicasets")) {
              for (String name : old) {
                assertThat(world.source.find(CoreV1.PODS, "ns", name)).isNull();
              }
            }
            return null;
          });
      change(spec -> spec.template(template("two")));
      awaitComplete();
      assertThat(world.source.all(CoreV1.PODS))
          .hasSize(2)
          .noneMatch(pod -> old.contains(pod.name()));
    }
  }

  @Test
  void aPausedDeploymentScalesButDoesNotRoll() throws InterruptedException {
    world.source.put(AppsV1.DEPLOYMENTS, deployment(2));
    try (Hollow _ = Hollow.running(world)) {
      open();
      awaitComplete();
      change(spec -> spec.paused(true).template(template("two")).replicas(4));
      Deployment paused =
          world.await(
              AppsV1.DEPLOYMENTS, "ns", "web", now -> now.status().availableReplicas() == 4);
      assertThat(sets()).hasSize(1);
      assertThat(condition(paused, "Progressing").reason()).isEqualTo("DeploymentPaused");
      change(spec -> spec.paused(false));
      awaitComplete();
      assertThat(sets()).hasSize(2);
    }
  }

  @Test
  void aRolloutThatDoesNotProgressSaysSoWhenItsDeadlinePasses() throws InterruptedException {
    Deployment deployment = deployment(1);
    world.source.put(
        AppsV1.DEPLOYMENTS, deployment.withSpec(deployment.spec().withProgressDeadlineSeconds(9)));
    open();
    Deployment stuck =
        world.await(
            AppsV1.DEPLOYMENTS,
            "ns",
            "web",
            now ->
                now.status().conditions().stream()
                    .anyMatch(c -> c.reason().equals("ProgressDeadlineExceeded")));
    assertThat(condition(stuck, "Progressing").message())
        .isEqualTo("ReplicaSet \"" + sets().getFirst().name() + "\" has timed out progressing.");
  }

  private void open() {
    world.open(ReplicaSetController::open);
    world.open(DeploymentController::open);
  }

  private List<ReplicaSet> sets() {
    return world.source.all(AppsV1.REPLICASETS);
  }

  private Deployment awaitComplete() throws InterruptedException {
    return world.await(
        AppsV1.DEPLOYMENTS,
        "ns",
        "web",
        now -> {
          int wished = Objects.requireNonNull(now.spec().replicas());
          return now.status().observedGeneration() == now.metadata().generation()
              && now.status().updatedReplicas() == wished
              && now.status().replicas() == wished
              && now.status().availableReplicas() == wished
              && now.status().conditions().stream()
                  .anyMatch(c -> c.reason().equals("NewReplicaSetAvailable"));
        });
  }

  private void awaitEvent(String beginning) throws InterruptedException {
    world.awaitThat(
        () ->
            world.source.all(CoreV1.EVENTS).stream()
                .anyMatch(told -> (told.reason() + " " + told.message()).startsWith(beginning)));
  }

  private void change(UnaryOperator<DeploymentSpec.Builder> change) {
    Deployment now = world.source.get(AppsV1.DEPLOYMENTS, "ns", "web");
    world.source.update(
        AppsV1.DEPLOYMENTS, now.withSpec(change.apply(now.spec().toBuilder()).build()));
  }

  private static DeploymentCondition condition(Deployment deployment, String type) {
    return deployment.status().conditions().stream()
        .filter(condition -> condition.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  static PodTemplateSpec template(String version) {
    return World.template("web")
        .withMetadata(
            ObjectMeta.EMPTY
                .withLabels(Map.of("app", "web"))
                .withAnnotations(Map.of("version", version)));
  }

  static Deployment deployment(int replicas) {
    return Deployment.builder()
        .metadata(World.meta("ns", "web").withGeneration(1))
        .spec(
            DeploymentSpec.builder()
                .replicas(replicas)
                .selector(LabelSelector.EMPTY.withMatchLabels(Map.of("app", "web")))
                .template(template("one"))
                .strategy(
                    new DeploymentStrategy(
                        "RollingUpdate",
                        new RollingUpdateDeployment(IntOrString.of("25%"), IntOrString.of("25%"))))
                .revisionHistoryLimit(10)
                .progressDeadlineSeconds(600)
                .build())
        .build();
  }
}
