package io.tiphys.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.SchedulingV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.VolumeResourceRequirements;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.scheduling.v1.PriorityClass;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.base.Closer;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.base.testing.VirtualTime;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informers;
import io.tiphys.client.testing.FaultySource;
import io.tiphys.server.apiserver.testing.OtherComponents;
import io.tiphys.server.apiserver.testing.TestApiServer;
import io.tiphys.server.http.User;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulerTest {
  /** As every process has it: what it may do, its roles say. */
  private static final User SCHEDULER =
      new User("system:kube-scheduler", "", List.of(User.AUTHENTICATED), Map.of());

  private final ManualClock clock = new ManualClock();
  private final VirtualTime time = new VirtualTime(clock);
  private final Closer closer = new Closer();
  private final Loops loops = new Loops(clock, new Random(9), VirtualTime.THREADS);
  private final TestApiServer server = closer.add(TestApiServer.open(clock, loops));
  private final OtherComponents api = new OtherComponents(server);
  private final FaultySource faulty = new FaultySource(server.source(SCHEDULER, "kube-scheduler"));
  private final Informers informers =
      closer.add(
          new Informers(server.source(SCHEDULER, "kube-scheduler"), clock, new Random(1), loops));

  @BeforeEach
  void makeAccount() {
    api.account("default");
  }

  private void open() {
    EventRecorder events =
        closer.add(
            new EventRecorder(faulty.source(), clock, new Random(2), loops, Scheduler.NAME, ""));
    closer.add(Scheduler.open(faulty.source(), informers, events, clock, new Random(3), loops));
    informers.start();
  }

  @AfterEach
  void close() {
    closer.close();
  }

  /** It knows the pod and not yet who is on the node already. */
  @Test
  void nothingIsDecidedBeforeAllPodsAreKnown() {
    api.join(Samples.node("n1"));
    api.put(CoreV1.PODS, Samples.pod("a-new", Map.of("cpu", "2")));
    api.put(CoreV1.PODS, Samples.onNode(Samples.pod("b-there", Map.of("cpu", "2")), "n1"));
    CountDownLatch tell = new CountDownLatch(1);
    informers
        .of(CoreV1.PODS)
        .addHandler(
            Handler.of(
                pod -> {
                  if (pod.name().equals("b-there")) {
                    awaitQuietly(tell);
                  }
                }));
    open();
    time.pass(Duration.ofMinutes(2));
    assertThat(pod("a-new").spec().nodeName()).isEmpty();
    assertThat(api.all(CoreV1.EVENTS)).isEmpty();

    tell.countDown();
    await(
        () ->
            hasEvent(
                "FailedScheduling",
                "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate,"
                    + " preemption: 0/1 nodes are available: 1 No preemption victims found for"
                    + " incoming pod."));
    assertThat(pod("a-new").spec().nodeName()).isEmpty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void hopelessClaimsKeepNobodyElseWaiting() {
    open();
    api.join(Samples.node("n1"));
    api.put(
        StorageV1.STORAGECLASSES,
        StorageClass.builder()
            .metadata(ObjectMeta.builder().name("nobodys").build())
            .provisioner("example.com/nobody")
            .volumeBindingMode("WaitForFirstConsumer")
            .build());
    for (int i = 0; i < 70; i++) {
      api.put(CoreV1.PERSISTENTVOLUMECLAIMS, claim("claim-" + i));
      api.put(CoreV1.PODS, Samples.withClaim(Samples.pod("stuck-" + i), "claim-" + i));
    }
    await(() -> chosen("claim-69").equals("n1"));

    api.put(CoreV1.PODS, Samples.pod("plain"));
    await(() -> pod("plain").spec().nodeName().equals("n1"));

    PersistentVolumeClaim claim = api.get(CoreV1.PERSISTENTVOLUMECLAIMS, "default", "claim-7");
    api.put(
        CoreV1.PERSISTENTVOLUMES,
        PersistentVolume.builder()
            .metadata(ObjectMeta.builder().name("pv").build())
            .spec(
                PersistentVolumeSpec.builder()
                    .capacity(Samples.quantities(Map.of("storage", "1Gi")))
                    .accessModes(List.of("ReadWriteOnce"))
                    .hostPath(new HostPathVolumeSource("/volumes/pv", ""))
                    .build())
            .build());
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
        .spec(
            PersistentVolumeClaimSpec.builder()
                .storageClassName("nobodys")
                .accessModes(List.of("ReadWriteOnce"))
                .resources(
                    new VolumeResourceRequirements(
                        Map.of(), Samples.quantities(Map.of("storage", "1Gi"))))
                .build())
        .build();
  }

  @Test
  void whateverABindingMeetsThePodIsTriedAgain() {
    open();
    api.join(Samples.node("n1"));
    faulty.fail(new StackOverflowError("no space left"));
    api.put(CoreV1.PODS, Samples.pod("p", Map.of("cpu", "2")));
    await(faulty::hasFailed);

    faulty.recover();

    await(() -> pod("p").spec().nodeName().equals("n1"));
  }

  @Test
  void bindsAPodToTheNodeThatFits() {
    open();
    api.join(Samples.node("n1"));
    api.put(CoreV1.PODS, Samples.pod("p"));

    await(() -> pod("p").spec().nodeName().equals("n1"));
    await(() -> hasEvent("Scheduled", "Successfully assigned default/p to n1"));
  }

  @Test
  void saysWhyAPodFitsNowhereAndBindsItWhenItDoes() {
    open();
    api.join(Samples.node("n1"));
    api.put(CoreV1.PODS, Samples.pod("p", Map.of("cpu", "3")));
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
    api.join(
        larger.withStatus(
            larger
                .status()
                .withAllocatable(Samples.quantities(Map.of("cpu", "8", "pods", "110")))));
    await(() -> pod("p").spec().nodeName().equals("n2"));
  }

  @Test
  void aMoreImportantPodTakesThePlaceOfAnother() {
    open();
    api.join(Samples.node("n1"));
    api.put(CoreV1.PODS, Samples.pod("lesser", Map.of("cpu", "2")));
    await(() -> pod("lesser").spec().nodeName().equals("n1"));
    Pod important = Samples.pod("important", Map.of("cpu", "2"));
    api.put(
        SchedulingV1.PRIORITYCLASSES,
        PriorityClass.builder()
            .metadata(ObjectMeta.builder().name("high").build())
            .value(1000)
            .build());
    api.put(CoreV1.PODS, important.withSpec(important.spec().withPriorityClassName("high")));

    await(() -> pod("lesser").metadata().deletionTimestamp() != null);
    await(() -> pod("important").status().nominatedNodeName().equals("n1"));
    assertThat(pod("lesser").status().conditions())
        .anyMatch(
            c -> c.type().equals("DisruptionTarget") && c.reason().equals("PreemptionByScheduler"));
    api.remove(CoreV1.PODS, "default", "lesser");
    await(() -> pod("important").spec().nodeName().equals("n1"));
    String uid = pod("important").metadata().uid();
    await(() -> hasEvent("Preempted", "Preempted by pod " + uid + " on node n1"));
    await(() -> hasEvent("FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu."));
  }

  @Test
  void leavesPodsOfOtherSchedulersAlone() {
    open();
    api.join(Samples.node("n1"));
    Pod theirs = Samples.pod("theirs");
    api.put(CoreV1.PODS, theirs.withSpec(theirs.spec().withSchedulerName("other")));
    api.put(CoreV1.PODS, Samples.pod("ours"));

    await(() -> !pod("ours").spec().nodeName().isEmpty());
    assertThat(pod("theirs").spec().nodeName()).isEmpty();
  }

  private Pod pod(String name) {
    return api.get(CoreV1.PODS, "default", name);
  }

  private boolean hasEvent(String reason, String message) {
    return api.all(CoreV1.EVENTS).stream()
        .anyMatch((Event e) -> e.reason().equals(reason) && e.message().equals(message));
  }

  private void await(BooleanSupplier condition) {
    assertThat(time.comesAbout(condition))
        .as(() -> api.all(CoreV1.PODS) + "\n" + api.all(CoreV1.EVENTS))
        .isTrue();
  }
}
