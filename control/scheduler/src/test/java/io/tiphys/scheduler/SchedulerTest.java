package io.tiphys.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Informers;
import io.tiphys.client.ListOptions;
import io.tiphys.client.fake.FakeSource;
import io.tiphys.client.fake.FaultySource;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  /** Lets the other threads keep up with the clock. */
  private static final Duration BREATH = Duration.ofMillis(2);

  /** In breaths: more than a busy machine needs. */
  private static final int PATIENCE = 10_000;

  private final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(9));
  private final FakeSource api = new FakeSource(clock);
  private final FaultySource faulty = new FaultySource(api);
  private final Informers informers = new Informers(api, clock, new Random(1), loops);
  private final EventRecorder events =
      new EventRecorder(faulty.source(), clock, new Random(2), loops, Scheduler.NAME, "");
  private Scheduler scheduler;

  @BeforeEach
  void open() throws InterruptedException {
    scheduler = Scheduler.open(faulty.source(), informers, events, clock, new Random(3), loops);
    informers.start();
    informers.awaitSync();
  }

  @AfterEach
  void close() {
    scheduler.close();
    events.close();
    informers.close();
  }

  @Test
  void hopelessClaimsKeepNobodyElseWaiting() {
    api.put(CoreV1.NODES, Samples.node("n1"));
    api.put(
        StorageV1.STORAGECLASSES,
        StorageClass.builder()
            .metadata(ObjectMeta.builder().name("nobodys").build())
            .volumeBindingMode("WaitForFirstConsumer")
            .build());
    for (int i = 0; i < 70; i++) {
      api.put(CoreV1.PERSISTENTVOLUMECLAIMS, claim("claim-" + i));
      api.create(CoreV1.PODS, Samples.withClaim(Samples.pod("stuck-" + i), "claim-" + i));
    }
    await(() -> chosen("claim-69").equals("n1"));

    api.create(CoreV1.PODS, Samples.pod("plain"));
    await(() -> pod("plain").spec().nodeName().equals("n1"));

    PersistentVolumeClaim claim = api.get(CoreV1.PERSISTENTVOLUMECLAIMS, "default", "claim-7");
    api.put(
        CoreV1.PERSISTENTVOLUMES,
        PersistentVolume.EMPTY.withMetadata(ObjectMeta.builder().name("pv").build()));
    Map<String, String> annotations = new HashMap<>(claim.metadata().annotations());
    annotations.put("pv.kubernetes.io/bind-completed", "yes");
    api.put(
        CoreV1.PERSISTENTVOLUMECLAIMS,
        claim.toBuilder()
            .metadata(claim.metadata().withAnnotations(annotations))
            .spec(claim.spec().withVolumeName("pv"))
            .build());
    await(() -> pod("stuck-7").spec().nodeName().equals("n1"));
    assertThat(pod("stuck-8").spec().nodeName()).isEmpty();
  }

  private String chosen(String claim) {
    return api.get(CoreV1.PERSISTENTVOLUMECLAIMS, "default", claim)
        .metadata()
        .annotations()
        .getOrDefault("volume.kubernetes.io/selected-node", "");
  }

  private static PersistentVolumeClaim claim(String name) {
    return PersistentVolumeClaim.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).build())
        .spec(PersistentVolumeClaimSpec.builder().storageClassName("nobodys").build())
        .build();
  }

  @Test
  void whateverABindingMeetsThePodIsTriedAgain() {
    api.put(CoreV1.NODES, Samples.node("n1"));
    faulty.fail(new StackOverflowError("no space left"));
    api.create(CoreV1.PODS, Samples.pod("p", Map.of("cpu", "2")));
    await(faulty::hasFailed);

    faulty.recover();

    await(() -> pod("p").spec().nodeName().equals("n1"));
  }

  @Test
  void bindsAPodToTheNodeThatFits() {
    api.put(CoreV1.NODES, Samples.node("n1"));
    api.create(CoreV1.PODS, Samples.pod("p"));

    await(() -> pod("p").spec().nodeName().equals("n1"));
    await(() -> hasEvent("Scheduled", "Successfully assigned default/p to n1"));
  }

  @Test
  void saysWhyAPodFitsNowhereAndBindsItWhenItDoes() {
    api.put(CoreV1.NODES, Samples.node("n1"));
    api.create(CoreV1.PODS, Samples.pod("p", Map.of("cpu", "3")));
    String message =
        "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1"
            + " nodes are available: 1 Preemption is not helpful for scheduling.";

    await(() -> hasEvent("FailedScheduling", message));
    await(
        () ->
            pod("p").status().conditions().stream()
                .anyMatch(
                    c ->
                        c.type().equals("PodScheduled")
                            && c.reason().equals("Unschedulable")
                            && c.message().equals(message)));
    var larger = Samples.node("n2");
    api.put(
        CoreV1.NODES,
        larger.withStatus(
            larger
                .status()
                .withAllocatable(Samples.quantities(Map.of("cpu", "8", "pods", "110")))));
    await(() -> pod("p").spec().nodeName().equals("n2"));
  }

  @Test
  void aMoreImportantPodTakesThePlaceOfAnother() {
    api.put(CoreV1.NODES, Samples.node("n1"));
    api.create(CoreV1.PODS, Samples.pod("lesser", Map.of("cpu", "2")));
    await(() -> pod("lesser").spec().nodeName().equals("n1"));
    Pod important = Samples.pod("important", Map.of("cpu", "2"));
    api.create(CoreV1.PODS, important.withSpec(important.spec().withPriority(1000)));

    await(() -> pod("lesser").metadata().deletionTimestamp() != null);
    await(() -> pod("important").status().nominatedNodeName().equals("n1"));
    assertThat(pod("lesser").status().conditions())
        .anyMatch(
            c -> c.type().equals("DisruptionTarget") && c.reason().equals("PreemptionByScheduler"));
    api.delete(CoreV1.PODS, "default", "lesser", DeleteOptions.EMPTY.withGracePeriodSeconds(0L));
    await(() -> pod("important").spec().nodeName().equals("n1"));
    String uid = pod("important").metadata().uid();
    await(() -> hasEvent("Preempted", "Preempted by pod " + uid + " on node n1"));
    await(() -> hasEvent("FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu."));
  }

  @Test
  void leavesPodsOfOtherSchedulersAlone() {
    api.put(CoreV1.NODES, Samples.node("n1"));
    Pod theirs = Samples.pod("theirs");
    api.create(CoreV1.PODS, theirs.withSpec(theirs.spec().withSchedulerName("other")));
    api.create(CoreV1.PODS, Samples.pod("ours"));

    await(() -> !pod("ours").spec().nodeName().isEmpty());
    assertThat(pod("theirs").spec().nodeName()).isEmpty();
  }

  private Pod pod(String name) {
    return api.get(CoreV1.PODS, "default", name);
  }

  private boolean hasEvent(String reason, String message) {
    return api.list(CoreV1.EVENTS, "default", ListOptions.ALL).items().stream()
        .anyMatch((Event e) -> e.reason().equals(reason) && e.message().equals(message));
  }

  /** Time passes while we wait: a pod may have been looked at before its node was known. */
  private void await(BooleanSupplier condition) {
    for (int i = 0; !condition.getAsBoolean(); i++) {
      assertThat(i).as(this::state).isLessThan(PATIENCE);
      clock.advance(Duration.ofMillis(100));
      LockSupport.parkNanos(BREATH.toNanos());
    }
  }

  private String state() {
    return api.list(CoreV1.PODS, "default", ListOptions.ALL).items()
        + "\n"
        + api.list(CoreV1.EVENTS, "default", ListOptions.ALL).items();
  }
}
