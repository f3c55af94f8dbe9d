package io.tiphys.controllers.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.testing.RecordedSource;
import io.tiphys.meta.selector.Selector;
import io.tiphys.server.apiserver.testing.OtherComponents;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KitTest {
  private static final Selector WEB = Selector.parse("app=web");
  private static final ObjectKey OWNER = new ObjectKey("ns", "web");

  private final World world = new World();
  private final ManualClock clock = world.clock;
  private final OtherComponents source = world.source;
  private final ReplicaSet owner = source.put(AppsV1.REPLICASETS, replicaSet("web"));

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void ownersAdoptMatchingOrphansAndReleaseWhatNoLongerMatches() {
    Pod mine = source.put(CoreV1.PODS, pod("mine", "web", List.of(ControllerRefs.of(owner))));
    Pod lost = source.put(CoreV1.PODS, pod("lost", "other", List.of(ControllerRefs.of(owner))));
    Pod orphan = source.put(CoreV1.PODS, pod("orphan", "web", List.of()));
    Pod foreign =
        source.put(
            CoreV1.PODS,
            pod("foreign", "web", List.of(ControllerRefs.of(owner).withUid("another"))));

    List<Pod> claimed = claimer().claim(List.of(mine, lost, orphan, foreign));

    assertThat(claimed).extracting(Pod::name).containsExactly("mine", "orphan");
    assertThat(world.api.writes())
        .extracting(RecordedSource.Write::toString)
        .containsExactly("patch pods ns/lost", "patch pods ns/orphan");
    Pod adopted = source.get(CoreV1.PODS, "ns", "orphan");
    assertThat(adopted.metadata().ownerReferences()).containsExactly(ControllerRefs.of(owner));
    assertThat(ControllerRefs.isControlledBy(adopted, owner)).isTrue();
    assertThat(ControllerRefs.ownerKey(adopted, "ReplicaSet")).isEqualTo(OWNER);
    assertThat(ControllerRefs.ownerKey(adopted, "StatefulSet")).isNull();
    assertThat(source.get(CoreV1.PODS, "ns", "lost").metadata().ownerReferences()).isEmpty();
  }

  @Test
  void anOwnerThatIsGoneByNowAdoptsNothing() {
    Pod orphan = source.put(CoreV1.PODS, pod("orphan", "web", List.of()));
    source.put(
        AppsV1.REPLICASETS,
        owner.withMetadata(
            owner.metadata().toBuilder()
                .finalizers(List.of("example.com/hold"))
                .deletionTimestamp(clock.now())
                .build()));
    assertThatThrownBy(() -> claimer().claim(List.of(orphan)))
        .hasMessageStartingWith("can't adopt Pod ns/orphan (")
        .hasMessageEndingWith("ns/web has just been deleted at 2026-01-01T00:00:00Z");
    source.put(AppsV1.REPLICASETS, owner);
    assertThat(source.find(AppsV1.REPLICASETS, "ns", "web")).isNull();
    source.put(AppsV1.REPLICASETS, owner);
    assertThatThrownBy(() -> claimer().claim(List.of(orphan))).hasMessageContaining("is gone");
    assertThat(world.api.writes()).isEmpty();
  }

  @Test
  void expectationsHoldUntilSeenOrTooOld() {
    Expectations expectations = new Expectations(clock);
    assertThat(expectations.satisfied(OWNER)).isTrue();
    expectations.expectCreations(OWNER, 2);
    expectations.creationObserved(OWNER);
    assertThat(expectations.satisfied(OWNER)).isFalse();
    expectations.creationObserved(OWNER);
    assertThat(expectations.satisfied(OWNER)).isTrue();

    ObjectKey pod = new ObjectKey("ns", "p");
    expectations.expectDeletions(OWNER, Set.of(pod, new ObjectKey("ns", "q")));
    expectations.deletionObserved(OWNER, pod);
    expectations.deletionObserved(OWNER, pod);
    assertThat(expectations.satisfied(OWNER)).isFalse();
    clock.advance(Duration.ofMinutes(6));
    assertThat(expectations.satisfied(OWNER)).isTrue();
  }

  @Test
  void updatesStartOverAfterAConflict() {
    AtomicInteger rounds = new AtomicInteger();
    ReplicaSet updated =
        Conflicts.update(
            world.api,
            AppsV1.REPLICASETS,
            owner,
            set -> {
              if (rounds.incrementAndGet() == 1) {
                source.put(AppsV1.REPLICASETS, labelled(set, "other", "writer"));
              }
              return labelled(set, "mine", "too");
            });
    assertThat(rounds).hasValue(2);
    assertThat(updated.metadata().labels()).containsEntry("other", "writer");

    ReplicaSet status =
        Conflicts.updateStatus(
            world.api,
            AppsV1.REPLICASETS,
            owner,
            set -> set.withStatus(set.status().withReplicas(3)));
    assertThat(status.status().replicas()).isEqualTo(3);
    assertThat(status.metadata().labels()).containsEntry("mine", "too");
  }

  @Test
  void anotherObjectOfTheSameNameIsLeftAlone() {
    ReplicaSet seen = owner;
    source.remove(AppsV1.REPLICASETS, "ns", "web");
    source.put(AppsV1.REPLICASETS, labelled(owner, "a", "b"));

    assertThatThrownBy(
            () ->
                Conflicts.update(
                    world.api, AppsV1.REPLICASETS, seen, set -> labelled(set, "mine", "too")))
        .isInstanceOfSatisfying(
            ApiFailure.class, failure -> assertThat(failure.isNotFound()).isTrue());
    assertThatThrownBy(
            () ->
                Conflicts.updateStatus(
                    world.api,
                    AppsV1.REPLICASETS,
                    seen,
                    set -> set.withStatus(set.status().withReplicas(3))))
        .isInstanceOfSatisfying(
            ApiFailure.class, failure -> assertThat(failure.isNotFound()).isTrue());
    ReplicaSet other = source.get(AppsV1.REPLICASETS, "ns", "web");
    assertThat(other.metadata().labels()).doesNotContainKey("mine");
    assertThat(other.status().replicas()).isZero();
  }

  @Test
  void podsAreCreatedAndDeletedWithEvents() {
    world.api.refuse(
        write ->
            write.object() instanceof Pod pod && pod.name().equals("refused")
                ? ApiFailure.forbidden(CoreV1.PODS, "refused", "exceeded quota")
                : null);
    String name;
    try (EventRecorder events = world.events()) {
      PodControl control = new PodControl(world.api, events);
      Pod pod = control.create(World.template("web"), owner, "ns");
      name = pod.name();
      assertThat(pod.name()).startsWith("web-");
      assertThat(ControllerRefs.isControlledBy(pod, owner)).isTrue();
      control.delete(pod, owner);
      assertThatThrownBy(() -> control.createNamed(pod("refused", "web", List.of()), owner))
          .isInstanceOf(ApiFailure.class);
      world.awaitThat(() -> source.all(CoreV1.EVENTS).size() == 3);
    }
    assertThat(source.all(CoreV1.EVENTS))
        .extracting(Event::message)
        .containsExactlyInAnyOrder(
            "Created pod: " + name,
            "Deleted pod: " + name,
            "Error creating: pods \"refused\" is forbidden: exceeded quota");
  }

  @Test
  void aLaterPodOfTheSameNameIsNotDeletedInItsPlace() {
    Pod present = source.put(CoreV1.PODS, pod("web-0", "web", List.of(ControllerRefs.of(owner))));
    Pod seen = present.withMetadata(present.metadata().withUid("earlier"));
    try (EventRecorder events = world.events()) {
      PodControl control = new PodControl(world.api, events);
      assertThatThrownBy(() -> control.delete(seen, owner))
          .isInstanceOfSatisfying(ApiFailure.class, e -> assertThat(e.isConflict()).isTrue());
    }
    assertThat(source.find(CoreV1.PODS, "ns", "web-0")).isEqualTo(present);
  }

  @Test
  void slowStartDoublesAndStopsAfterARoundThatFailed() throws InterruptedException {
    AtomicInteger calls = new AtomicInteger();
    assertThat(SlowStart.run(world.context.loops(), 10, 1, calls::incrementAndGet).successes())
        .isEqualTo(10);
    assertThat(calls).hasValue(10);

    AtomicInteger tries = new AtomicInteger();
    SlowStart.Outcome outcome =
        SlowStart.run(
            world.context.loops(),
            100,
            1,
            () -> {
              if (tries.incrementAndGet() > 3) {
                throw new IllegalStateException("quota");
              }
            });
    assertThat(tries).hasValue(7);
    assertThat(outcome.successes()).isEqualTo(3);
    assertThat(outcome.failure()).hasMessage("quota");
  }

  @Test
  void aPodIsAvailableOnceReadyForLongEnough() {
    Pod ready =
        pod("p", "web", List.of())
            .withStatus(
                PodStatus.EMPTY.withConditions(
                    List.of(
                        PodCondition.builder()
                            .type("Ready")
                            .status("True")
                            .lastTransitionTime(clock.now())
                            .build())));
    assertThat(Pods.isReady(ready)).isTrue();
    assertThat(Pods.isAvailable(ready, 0, clock.now())).isTrue();
    assertThat(Pods.isAvailable(ready, 10, clock.now().plusSeconds(9))).isFalse();
    assertThat(Pods.isAvailable(ready, 10, clock.now().plusSeconds(10))).isTrue();
    assertThat(Pods.isActive(ready)).isTrue();
    assertThat(Pods.isActive(ready.withStatus(ready.status().withPhase("Failed")))).isFalse();
  }

  private Claimer<Pod> claimer() {
    return new Claimer<>(world.api, CoreV1.PODS, owner, AppsV1.REPLICASETS, WEB);
  }

  private static ReplicaSet labelled(ReplicaSet set, String key, String value) {
    Map<String, String> labels = new java.util.HashMap<>(set.metadata().labels());
    labels.put(key, value);
    return set.withMetadata(set.metadata().withLabels(labels));
  }

  private static ReplicaSet replicaSet(String name) {
    return World.replicaSet(name, 0, "web");
  }

  private static Pod pod(String name, String app, List<OwnerReference> owners) {
    Pod pod = World.pod(name, app);
    return pod.withMetadata(pod.metadata().withOwnerReferences(owners));
  }

  @Test
  void whoWaitsForWhatNeverComesLooksAgainWhenItNoLongerCounts() {
    Expectations expectations = new Expectations(clock);
    ObjectKey owner = new ObjectKey("ns", "web");
    expectations.expectCreations(owner, 1);

    Result again = Expectations.lookAgain(Result.done());

    assertThat(again).isInstanceOf(Result.RetryAfter.class);
    clock.advance(((Result.RetryAfter) again).delay());
    assertThat(expectations.satisfied(owner)).isTrue();
    assertThat(Expectations.lookAgain(Result.retryAfter(Duration.ofSeconds(3))))
        .as("what is to be looked at sooner is")
        .isEqualTo(Result.retryAfter(Duration.ofSeconds(3)));
  }
}
