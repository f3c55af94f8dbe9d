package io.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.base.Lifecycle;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.simulation.runtime.SimulatedRuntime;
import io.tiphys.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A cluster is at rest when nothing is amiss, and each thing that is amiss is named. */
class RestTest {
  private static final String NAMESPACE = "default";

  private final SimulatedRuntime runtime = new SimulatedRuntime(1);
  private final Trace trace = new Trace(null, runtime::nanoTime);
  private final SimulatedCluster cluster =
      new SimulatedCluster(
          1, runtime, new Faults(), new Commits(trace), new Violations(trace), trace);

  private void startServer() {
    cluster.start(SimulatedCluster.API_SERVER);
    runtime.run(Duration.ofMinutes(1));
    assertThat(unrest()).isEmpty();
  }

  private List<String> unrest() {
    return Rest.unrest(cluster, runtime.now());
  }

  private <T extends ApiObject> void store(Resource<T> resource, T object) {
    cluster
        .store()
        .put(
            StoreKeys.prefix(resource)
                + (resource.namespaced() ? object.namespace() + "/" : "")
                + object.name(),
            ObjectCodec.toJson(object),
            Store.ABSENT);
  }

  private void assertAmiss(String what) {
    assertThat(unrest()).anySatisfy(found -> assertThat(found).startsWith(what));
  }

  private static ObjectMeta meta(String name) {
    return Manifests.meta(NAMESPACE, name).withUid(name);
  }

  @Test
  void aServerThatIsDownIsAmiss() {
    assertAmiss("the API server does not answer");
  }

  @Test
  void workThatIsNotDoneIsAmiss() {
    startServer();
    SplittableRandom random = new SplittableRandom(3);
    store(AppsV1.DEPLOYMENTS, Manifests.deployment(NAMESPACE, "web", random));
    store(AppsV1.STATEFULSETS, Manifests.statefulSet(NAMESPACE, "pets", random));
    store(BatchV1.JOBS, Manifests.job(NAMESPACE, "sum", random));

    assertAmiss("deployment default/web: ");
    assertAmiss("set default/pets: ");
    assertAmiss("job default/sum has not finished");
  }

  @Test
  void aClaimWithoutAVolumeIsAmiss() {
    startServer();
    store(
        CoreV1.PERSISTENTVOLUMECLAIMS,
        PersistentVolumeClaim.EMPTY.withMetadata(meta("data-web-0")));

    assertAmiss("claim default/data-web-0: ");
  }

  @Test
  void aNodeThatIsNotReadyIsAmiss() {
    startServer();
    store(CoreV1.NODES, Node.EMPTY.withMetadata(Manifests.meta("", "node-0")));

    assertAmiss("node node-0: ");
  }

  @Test
  void aPodThatDoesNotRunIsAmiss() {
    startServer();
    store(CoreV1.PODS, Pod.EMPTY.withMetadata(meta("p")));

    assertAmiss("pod default/p ");
    assertAmiss("running are [], not [:default/pp]");
  }

  @Test
  void aPodThatIsOverAndNotCountedIsAmiss() {
    startServer();
    store(
        CoreV1.PODS,
        Pod.EMPTY
            .withMetadata(meta("p").withFinalizers(List.of("batch.kubernetes.io/job-tracking")))
            .withStatus(PodStatus.EMPTY.withPhase("Succeeded")));

    assertAmiss("pod default/p is over and not counted");
  }

  @Test
  void aServiceThatMissesAPodIsAmiss() {
    startServer();
    store(CoreV1.SERVICES, Manifests.service(NAMESPACE, "web"));
    store(
        CoreV1.PODS,
        Pod.EMPTY
            .withMetadata(meta("p").withLabels(Map.of("app", "web")))
            .withStatus(
                PodStatus.EMPTY
                    .withPhase("Running")
                    .withPodIP("10.0.0.9")
                    .withConditions(
                        List.of(PodCondition.builder().type("Ready").status("True").build()))));

    assertAmiss("service default/web has [], not [10.0.0.9]");
  }

  @Test
  void whatWaitsToBeDeletedOrHasLostItsOwnerIsAmiss() {
    startServer();
    store(
        CoreV1.CONFIGMAPS,
        ConfigMap.EMPTY.withMetadata(meta("ends").withDeletionTimestamp(Instant.EPOCH)));
    OwnerReference owner = OwnerReference.builder().kind("Job").name("j").uid("gone").build();
    store(
        CoreV1.CONFIGMAPS,
        ConfigMap.EMPTY.withMetadata(meta("orphan").withOwnerReferences(List.of(owner))));
    store(CoreV1.CONFIGMAPS, ConfigMap.EMPTY.withMetadata(Manifests.meta("nowhere", "stray")));

    assertAmiss("ConfigMap default/ends waits to be deleted");
    assertAmiss("ConfigMap default/orphan belongs to Job j, which is gone");
    assertAmiss("ConfigMap nowhere/stray lies in no namespace");
  }

  @Test
  void aLoopThatKeepsFailingIsAmiss() {
    startServer();
    SimulatedProcess process = Objects.requireNonNull(cluster.process(SimulatedCluster.API_SERVER));
    Lifecycle _ =
        process
            .loops()
            .start(
                "broken",
                () -> {
                  throw new IllegalStateException("as ever");
                });
    runtime.run(Duration.ofMinutes(1));

    assertAmiss("loop broken fails: as ever");
  }
}
