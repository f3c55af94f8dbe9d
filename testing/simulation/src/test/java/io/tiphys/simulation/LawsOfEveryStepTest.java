package io.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentSpec;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetSpec;
import io.tiphys.api.apps.v1.ReplicaSetStatus;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobStatus;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.node.hollow.HollowMachine;
import io.tiphys.simulation.runtime.SimulatedRuntime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each law sees the history that breaks it, and lets the one beside it pass. */
class LawsOfEveryStepTest {
  private static final String DESIRED = "deployment.kubernetes.io/desired-replicas";

  private final SimulatedRuntime runtime = new SimulatedRuntime(1);
  private final Violations violations = new Violations(new Trace(null, runtime::nanoTime));
  private final Map<String, List<HollowMachine.Running>> machines = new LinkedHashMap<>();
  private final Map<String, ApiObject> stored = new LinkedHashMap<>();

  private void commit(Commits.Observer law, Resource<?> resource, ApiObject object) {
    law.committed(resource, stored.put(key(resource, object), object), object);
  }

  private void delete(Commits.Observer law, Resource<?> resource, ApiObject object) {
    law.committed(resource, stored.remove(key(resource, object)), null);
  }

  private static String key(Resource<?> resource, ApiObject object) {
    return resource + " " + object.name();
  }

  private void assertKept() {
    assertThat(violations.all()).isEmpty();
  }

  private void assertBroken(String message) {
    assertThat(violations.all())
        .singleElement()
        .extracting(Throwable::getMessage)
        .isEqualTo(message);
  }

  @Test
  void twoServicesDoNotShareAnAddress() {
    AddressLaw law = new AddressLaw(violations);
    commit(law, CoreV1.SERVICES, service("a", "10.96.0.7"));
    delete(law, CoreV1.SERVICES, service("a", "10.96.0.7"));
    commit(law, CoreV1.SERVICES, service("b", "10.96.0.7"));
    commit(law, CoreV1.SERVICES, service("b", "10.96.0.7"));
    commit(law, CoreV1.SERVICES, service("c", "None"));
    commit(law, CoreV1.SERVICES, service("d", "None"));
    assertKept();

    commit(law, CoreV1.SERVICES, service("e", "10.96.0.7"));

    assertBroken("services ns/b and ns/e have the address 10.96.0.7");
  }

  private static Service service(String name, String address) {
    return Service.builder()
        .metadata(Manifests.meta("ns", name))
        .spec(ServiceSpec.builder().clusterIP(address).build())
        .build();
  }

  @Test
  void aJobCountsNoPodTwice() {
    JobLaw law = new JobLaw(violations);
    commit(law, CoreV1.PODS, podOfJob("p", "1", "Succeeded"));
    commit(law, CoreV1.PODS, podOfJob("p", "1", "Succeeded"));
    commit(law, CoreV1.PODS, podOfJob("q", "2", "Failed"));
    commit(law, BatchV1.JOBS, job(1, 1));
    assertKept();

    commit(law, BatchV1.JOBS, job(2, 1));

    assertBroken("job ns/job counts 2 successes and 1 failures of [1] and [2]");
  }

  @Test
  void podsOfOneNameAreSeveralToAJob() {
    JobLaw law = new JobLaw(violations);
    commit(law, CoreV1.PODS, podOfJob("p", "1", "Failed"));
    delete(law, CoreV1.PODS, podOfJob("p", "1", "Failed"));
    commit(law, CoreV1.PODS, podOfJob("p", "2", "Failed"));
    commit(law, BatchV1.JOBS, job(0, 2));
    assertKept();

    commit(law, BatchV1.JOBS, job(0, 3));

    assertBroken("job ns/job counts 0 successes and 3 failures of [] and [1, 2]");
  }

  private static Pod podOfJob(String name, String uid, String phase) {
    Pod pod = pod(name, uid, "node-0", phase);
    OwnerReference owner =
        OwnerReference.builder().kind("Job").name("job").uid("job-uid").controller(true).build();
    return pod.withMetadata(pod.metadata().withOwnerReferences(List.of(owner)));
  }

  private static Pod pod(String name, String uid, String node, String phase) {
    return Pod.builder()
        .metadata(Manifests.meta("ns", name).withUid(uid))
        .spec(PodSpec.EMPTY.withNodeName(node))
        .status(PodStatus.EMPTY.withPhase(phase))
        .build();
  }

  private static Job job(int succeeded, int failed) {
    return Job.builder()
        .metadata(Manifests.meta("ns", "job").withUid("job-uid"))
        .status(JobStatus.builder().succeeded(succeeded).failed(failed).build())
        .build();
  }

  @Test
  void aPodKeepsItsNode() {
    PodLaw law = new PodLaw(() -> machines, violations);
    commit(law, CoreV1.PODS, pod("p", "1", "", "Pending"));
    commit(law, CoreV1.PODS, pod("p", "1", "node-0", "Running"));
    assertKept();

    commit(law, CoreV1.PODS, pod("p", "1", "node-1", "Running"));

    assertBroken("pod ns/p moved from node-0 to node-1");
  }

  @Test
  void aPodThatIsOverStaysOver() {
    PodLaw law = new PodLaw(() -> machines, violations);
    commit(law, CoreV1.PODS, pod("p", "1", "node-0", "Failed"));
    commit(law, CoreV1.PODS, pod("p", "1", "node-0", "Failed"));
    assertKept();

    commit(law, CoreV1.PODS, pod("p", "1", "node-0", "Running"));

    assertBroken("pod ns/p was Failed and is Running");
  }

  @Test
  void aPodBecomesNoOther() {
    PodLaw law = new PodLaw(() -> machines, violations);
    commit(law, CoreV1.PODS, pod("p", "1", "node-0", "Running"));
    delete(law, CoreV1.PODS, pod("p", "1", "node-0", "Running"));
    commit(law, CoreV1.PODS, pod("p", "2", "node-0", "Running"));
    assertKept();

    commit(law, CoreV1.PODS, pod("p", "3", "node-0", "Running"));

    assertBroken("pod ns/p became another pod without being deleted");
  }

  @Test
  void noIdentityRunsOnTwoMachines() {
    PodLaw law = new PodLaw(() -> machines, violations);
    machines.put("node-0", List.of(running("web-0"), running("web-1")));
    machines.put("node-1", List.of(running("web-2")));
    commit(law, CoreV1.PODS, pod("web-0", "1", "node-0", "Running"));
    assertKept();

    machines.put("node-1", List.of(running("web-2"), running("web-0")));
    commit(law, CoreV1.PODS, pod("web-0", "1", "node-0", "Running"));

    assertBroken("ns/web-0 runs on node-0 and on node-1");
  }

  private static HollowMachine.Running running(String name) {
    return new HollowMachine.Running("ns", name, name, "10.0.0.1", Instant.EPOCH, null);
  }

  @Test
  void aDeploymentIsNotRaisedBeyondItsSurge() {
    DeploymentLaw law = new DeploymentLaw(runtime, violations);
    commit(law, AppsV1.DEPLOYMENTS, deployment(4));
    commit(law, AppsV1.REPLICASETS, set("old", 4, 4));
    commit(law, AppsV1.REPLICASETS, set("new", 1, 0));
    assertKept();

    commit(law, AppsV1.REPLICASETS, set("new", 2, 0));

    assertBroken("deployment ns/web has ReplicaSets of 6 together, more than 5");
  }

  @Test
  void whatWasWishedLongAgoIsNoExcuse() {
    DeploymentLaw law = new DeploymentLaw(runtime, violations);
    commit(law, AppsV1.DEPLOYMENTS, deployment(8));
    commit(law, AppsV1.DEPLOYMENTS, deployment(4));
    commit(law, AppsV1.REPLICASETS, set("old", 10, 4));
    assertKept();

    runtime.run(Duration.ofMinutes(16));
    commit(law, AppsV1.REPLICASETS, set("new", 1, 4));

    assertBroken("deployment ns/web has ReplicaSets of 11 together, more than 5");
  }

  @Test
  void aDeploymentIsNotLoweredToFewerAvailablePodsThanItMayHave() {
    DeploymentLaw law = new DeploymentLaw(runtime, violations);
    commit(law, AppsV1.DEPLOYMENTS, deployment(4));
    commit(law, AppsV1.REPLICASETS, set("old", 4, 4));
    commit(law, AppsV1.REPLICASETS, set("new", 1, 0));
    commit(law, AppsV1.REPLICASETS, set("old", 3, 4));
    assertKept();

    commit(law, AppsV1.REPLICASETS, set("old", 2, 3));

    assertBroken("deployment ns/web is left with 2 of 4 available pods, fewer than 3");
  }

  @Test
  void podsThatWereNotAvailableMayGo() {
    DeploymentLaw law = new DeploymentLaw(runtime, violations);
    commit(law, AppsV1.DEPLOYMENTS, deployment(4));
    commit(law, AppsV1.REPLICASETS, set("old", 4, 1));
    commit(law, AppsV1.REPLICASETS, set("new", 1, 0));
    commit(law, AppsV1.REPLICASETS, set("old", 1, 1));
    assertKept();

    commit(law, AppsV1.REPLICASETS, set("old", 0, 1));

    assertBroken("deployment ns/web is left with 0 of 1 available pods, fewer than 3");
  }

  @Test
  void whoScalesADeploymentSpreadsTheLoss() {
    DeploymentLaw law = new DeploymentLaw(runtime, violations);
    commit(law, AppsV1.DEPLOYMENTS, deployment(4));
    ReplicaSet old = set("old", 4, 4);
    ReplicaSet part = old.withMetadata(old.metadata().withAnnotations(Map.of(DESIRED, "8")));
    commit(law, AppsV1.REPLICASETS, part);

    commit(law, AppsV1.REPLICASETS, set("old", 2, 4));

    assertKept();
  }

  private static Deployment deployment(int replicas) {
    return Deployment.builder()
        .metadata(Manifests.meta("ns", "web").withUid("web-uid"))
        .spec(DeploymentSpec.builder().replicas(replicas).build())
        .build();
  }

  private static ReplicaSet set(String name, int replicas, int available) {
    OwnerReference owner =
        OwnerReference.builder().kind("Deployment").name("web").uid("web-uid").build();
    return ReplicaSet.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace("ns")
                .name(name)
                .uid(name)
                .ownerReferences(List.of(owner))
                .build())
        .spec(ReplicaSetSpec.builder().replicas(replicas).build())
        .status(ReplicaSetStatus.builder().availableReplicas(available).build())
        .build();
  }

  @Test
  void aClaimKeepsItsVolume() {
    VolumeLaw law = new VolumeLaw(violations);
    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-a", ""));
    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-a", "disk-0"));
    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-a", "disk-0"));
    assertKept();

    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-a", "disk-1"));

    assertBroken("claim ns/data-a went from volume disk-0 to disk-1");
  }

  @Test
  void aVolumeHasOneClaim() {
    VolumeLaw law = new VolumeLaw(violations);
    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-a", "disk-0"));
    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-b", "disk-1"));
    assertKept();

    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-c", "disk-1"));

    assertBroken("volume disk-1 has two claims, one of them ns/data-c");
  }

  @Test
  void aVolumeIsBoundOnce() {
    VolumeLaw law = new VolumeLaw(violations);
    commit(law, CoreV1.PERSISTENTVOLUMES, volume("a"));
    commit(law, CoreV1.PERSISTENTVOLUMES, volume("a"));
    assertKept();

    commit(law, CoreV1.PERSISTENTVOLUMES, volume("b"));

    assertBroken("volume disk-0 went from claim a to b");
  }

  @Test
  void aClaimGoesWithItsNamespaceAndNotBefore() {
    VolumeLaw law = new VolumeLaw(violations);
    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-a", "disk-0"));
    commit(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-b", "disk-1"));
    Namespace ending =
        Namespace.EMPTY.withMetadata(
            Manifests.meta("", "other").withDeletionTimestamp(Instant.EPOCH));
    commit(law, CoreV1.NAMESPACES, ending);
    assertKept();

    delete(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-a", "disk-0"));
    assertBroken("claim ns/data-a is deleted, and nobody wished that");

    commit(
        law,
        CoreV1.NAMESPACES,
        ending.withMetadata(Manifests.meta("", "ns").withDeletionTimestamp(Instant.EPOCH)));
    delete(law, CoreV1.PERSISTENTVOLUMECLAIMS, claim("data-b", "disk-1"));
    assertThat(violations.all()).hasSize(1);
  }

  private static PersistentVolumeClaim claim(String name, String volume) {
    return PersistentVolumeClaim.builder()
        .metadata(Manifests.meta("ns", name).withUid(name))
        .spec(PersistentVolumeClaimSpec.builder().volumeName(volume).build())
        .build();
  }

  private static PersistentVolume volume(String claim) {
    return PersistentVolume.builder()
        .metadata(Manifests.meta("", "disk-0"))
        .spec(
            PersistentVolumeSpec.builder()
                .claimRef(ObjectReference.builder().uid(claim).build())
                .build())
        .build();
  }
}
