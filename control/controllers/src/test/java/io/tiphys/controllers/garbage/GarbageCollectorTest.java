package io.tiphys.controllers.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AppsV1;
import io.tiphys.api.AppsV1alpha1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.apps.v1alpha1.PetSet;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.World;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GarbageCollectorTest {
  private static final GarbageDecision.Owner SOLID = GarbageDecision.Owner.SOLID;
  private static final GarbageDecision.Owner ABSENT = GarbageDecision.Owner.ABSENT;
  private static final GarbageDecision.Owner WAITING = GarbageDecision.Owner.WAITING;

  private final World world = new World();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void verdicts() {
    ObjectMeta free = World.meta("ns", "x");
    ObjectMeta owned = free.withOwnerReferences(List.of(reference("a"), reference("b")));
    Graph.Dependent plain = new Graph.Dependent(identity("d"), false, true);
    Graph.Dependent waiting = new Graph.Dependent(identity("d"), true, true);

    assertThat(GarbageDecision.of(free, List.of(), List.of()))
        .isEqualTo(new GarbageDecision.Keep());
    assertThat(GarbageDecision.of(owned, List.of(SOLID, SOLID), List.of()))
        .isEqualTo(new GarbageDecision.Keep());
    assertThat(GarbageDecision.of(owned, List.of(SOLID, ABSENT), List.of()))
        .isEqualTo(new GarbageDecision.Release(List.of("b")));
    assertThat(GarbageDecision.of(owned, List.of(WAITING, SOLID), List.of()))
        .isEqualTo(new GarbageDecision.Release(List.of("a")));
    assertThat(GarbageDecision.of(owned, List.of(ABSENT, ABSENT), List.of(plain)))
        .isEqualTo(new GarbageDecision.Delete("Background", false));
    assertThat(GarbageDecision.of(owned, List.of(WAITING, ABSENT), List.of()))
        .isEqualTo(new GarbageDecision.Delete("Background", false));
    assertThat(GarbageDecision.of(owned, List.of(WAITING, ABSENT), List.of(plain)))
        .isEqualTo(new GarbageDecision.Delete("Foreground", false));
    assertThat(GarbageDecision.of(owned, List.of(WAITING, ABSENT), List.of(waiting)))
        .isEqualTo(new GarbageDecision.Delete("Foreground", true));
    assertThat(
            GarbageDecision.of(
                owned.withFinalizers(List.of("orphan")), List.of(ABSENT, ABSENT), List.of()))
        .isEqualTo(new GarbageDecision.Delete("Orphan", false));
  }

  @Test
  void dependentsOfADeletedOwnerFollowIt() throws InterruptedException {
    ReplicaSet set = put("rs");
    put(World.pod("p", "a"), ownedBy(set, true));
    world.open(GarbageCollector::open);
    world.source.delete(AppsV1.REPLICASETS, "ns", "rs", DeleteOptions.EMPTY);
    world.awaitGone(CoreV1.PODS, "ns", "p");
  }

  @Test
  void whatPointsToNobodyIsRemovedButNotWhatHasAnotherOwner() throws InterruptedException {
    ReplicaSet set = put("rs");
    OwnerReference gone = ownedBy(set, false).withName("gone").withUid("gone");
    put(World.pod("p", "a"), gone);
    put(World.pod("q", "a"), gone, ownedBy(set, false));
    world.open(GarbageCollector::open);
    world.awaitGone(CoreV1.PODS, "ns", "p");
    Pod kept =
        world.await(CoreV1.PODS, "ns", "q", pod -> pod.metadata().ownerReferences().size() == 1);
    assertThat(kept.metadata().ownerReferences()).containsExactly(ownedBy(set, false));
  }

  @Test
  void anOwnerInTheForegroundWaitsForThoseThatBlockIt() throws InterruptedException {
    ReplicaSet set = put("rs");
    put(World.running(World.pod("p", "a"), "10.0.0.1", true), ownedBy(set, true));
    put(World.running(World.pod("q", "a"), "10.0.0.2", true), ownedBy(set, false));
    world.open(GarbageCollector::open);
    world.source.delete(
        AppsV1.REPLICASETS, "ns", "rs", DeleteOptions.EMPTY.withPropagationPolicy("Foreground"));
    world.await(CoreV1.PODS, "ns", "p", pod -> pod.metadata().deletionTimestamp() != null);
    assertThat(world.source.get(AppsV1.REPLICASETS, "ns", "rs").metadata().finalizers())
        .containsExactly("foregroundDeletion");
    world.source.delete(CoreV1.PODS, "ns", "p", DeleteOptions.EMPTY.withGracePeriodSeconds(0L));
    world.awaitGone(AppsV1.REPLICASETS, "ns", "rs");
  }

  @Test
  void orphansAreSetFree() throws InterruptedException {
    ReplicaSet set = put("rs");
    put(World.pod("p", "a"), ownedBy(set, true));
    world.open(GarbageCollector::open);
    world.source.delete(
        AppsV1.REPLICASETS, "ns", "rs", DeleteOptions.EMPTY.withPropagationPolicy("Orphan"));
    world.awaitGone(AppsV1.REPLICASETS, "ns", "rs");
    Pod orphan =
        world.await(CoreV1.PODS, "ns", "p", pod -> pod.metadata().ownerReferences().isEmpty());
    assertThat(orphan.metadata().deletionTimestamp()).isNull();
  }

  @Test
  void anOwnerMayBeKnownUnderTheNameOfAnotherVersion() throws InterruptedException {
    StatefulSet set = world.source.put(AppsV1.STATEFULSETS, pets());
    PetSet view = world.source.get(AppsV1alpha1.PETSETS, "ns", "pets");
    assertThat(view.metadata().uid()).isEqualTo(set.metadata().uid());
    put(
        World.pod("pets-0", "a"),
        OwnerReference.builder()
            .apiVersion("apps/v1alpha1")
            .kind("PetSet")
            .name("pets")
            .uid(set.metadata().uid())
            .build());
    // A last one, to know that the others have been looked at.
    put(World.pod("stray", "a"), reference("gone"));
    world.open(GarbageCollector::open);
    world.awaitGone(CoreV1.PODS, "ns", "stray");
    assertThat(world.source.find(CoreV1.PODS, "ns", "pets-0")).isNotNull();
  }

  @Test
  void whatIsOwnedInAVersionThatIsNotServedStaysAndIsAskedForEverMoreSeldom() {
    ReplicaSet set = put("rs");
    put(World.pod("p", "a"), ownedBy(set, false).withApiVersion("apps/v9"));
    AtomicInteger asked = new AtomicInteger();
    Source counted =
        (Source)
            Proxy.newProxyInstance(
                Source.class.getClassLoader(),
                new Class<?>[] {Source.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("get") && CoreV1.PODS.equals(arguments[0])) {
                    asked.incrementAndGet();
                  }
                  try {
                    return method.invoke(world.api, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    world.open(_ -> GarbageCollector.open(world.through(counted)));
    world.time.pass(Duration.ofMinutes(5));
    int early = asked.get();

    world.time.pass(Duration.ofMinutes(30));

    assertThat(asked.get() - early).isBetween(1, 6);
    assertThat(world.source.find(CoreV1.PODS, "ns", "p")).isNotNull();
  }

  @Test
  void anOwnerInAnotherNamespaceIsNone() throws InterruptedException {
    ReplicaSet set = put("rs");
    world.source.namespace("other");
    world.source.put(
        CoreV1.CONFIGMAPS,
        ConfigMap.EMPTY.withMetadata(
            World.meta("other", "c").withOwnerReferences(List.of(ownedBy(set, false)))));
    world.open(GarbageCollector::open);
    world.awaitGone(CoreV1.CONFIGMAPS, "other", "c");
    assertThat(world.source.find(AppsV1.REPLICASETS, "ns", "rs")).isNotNull();
  }

  @Test
  void podsThatNobodyElseWillRemove() {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    Pod lost = World.running(World.pod("lost", "a"), "10.0.0.1", true);
    Pod unscheduled = World.pod("unscheduled", "a");
    unscheduled = unscheduled.withMetadata(unscheduled.metadata().withDeletionTimestamp(now));
    java.util.Map<String, Instant> missing = new java.util.HashMap<>();
    List<Pod> pods = List.of(lost, unscheduled, World.pod("fine", "a"));

    PodGarbage first = PodGarbage.among(pods, List.of(), missing, now);
    assertThat(first.lost()).isEmpty();
    assertThat(first.unscheduled()).containsExactly(unscheduled);
    PodGarbage later = PodGarbage.among(pods, List.of(), missing, now.plus(PodGarbage.QUARANTINE));
    assertThat(later.lost()).containsExactly(lost);
  }

  @Test
  void podsOfANodeThatIsGoneAreRemovedAfterAWhile() throws InterruptedException {
    put(World.running(World.pod("lost", "a"), "10.0.0.1", true), reference("x"));
    world.open(PodGarbageCollector::open);
    world.awaitGone(CoreV1.PODS, "ns", "lost");
    assertThat(world.clock.nanoTime()).isGreaterThan(PodGarbage.QUARANTINE.toNanos() - 1);
  }

  private ReplicaSet put(String name) {
    return world.source.put(AppsV1.REPLICASETS, World.replicaSet(name, 0, "a"));
  }

  private static StatefulSet pets() {
    return StatefulSet.builder()
        .metadata(World.meta("ns", "pets"))
        .spec(
            StatefulSetSpec.builder()
                .selector(LabelSelector.EMPTY.withMatchLabels(Map.of("app", "a")))
                .template(World.template("a"))
                .build())
        .build();
  }

  private void put(Pod pod, OwnerReference... owners) {
    world.source.put(
        CoreV1.PODS, pod.withMetadata(pod.metadata().withOwnerReferences(List.of(owners))));
  }

  private static OwnerReference ownedBy(ReplicaSet set, boolean blocks) {
    return OwnerReference.builder()
        .apiVersion("apps/v1")
        .kind("ReplicaSet")
        .name(set.name())
        .uid(set.metadata().uid())
        .blockOwnerDeletion(blocks)
        .build();
  }

  private static OwnerReference reference(String uid) {
    return OwnerReference.builder()
        .apiVersion("apps/v1")
        .kind("ReplicaSet")
        .name(uid)
        .uid(uid)
        .build();
  }

  private static Identity identity(String name) {
    return new Identity("v1", "Pod", "ns", name, name);
  }
}
