package io.tiphys.simulation;

import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentSpec;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.core.v1.VolumeResourceRequirements;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What simulated users create. */
final class Manifests {
  private static final int MOST_REPLICAS = 6;
  private static final Map<String, Quantity> DISK = Map.of("storage", Quantity.parse("1Gi"));

  private Manifests() {}

  static Deployment deployment(String namespace, String name, RandomGenerator random) {
    return Deployment.builder()
        .metadata(meta(namespace, name))
        .spec(
            DeploymentSpec.builder()
                .replicas(random.nextInt(MOST_REPLICAS))
                .selector(selector(name))
                .template(template(name, "Always", false))
                .build())
        .build();
  }

  static StatefulSet statefulSet(String namespace, String name, RandomGenerator random) {
    return StatefulSet.builder()
        .metadata(meta(namespace, name))
        .spec(
            StatefulSetSpec.builder()
                .replicas(random.nextInt(MOST_REPLICAS))
                .serviceName(name)
                .podManagementPolicy(random.nextBoolean() ? "Parallel" : "OrderedReady")
                .selector(selector(name))
                .template(template(name, "Always", false))
                .volumeClaimTemplates(hasDisks(name) ? List.of(claim()) : List.of())
                .build())
        .build();
  }

  /** Sets of one name are alike: a later one could not give disks to pods that it adopts. */
  private static boolean hasDisks(String set) {
    return !set.endsWith("0");
  }

  /** Of no class, so that any disk will do and none is made for it. */
  private static PersistentVolumeClaim claim() {
    return PersistentVolumeClaim.builder()
        .metadata(ObjectMeta.builder().name("data").build())
        .spec(
            PersistentVolumeClaimSpec.builder()
                .accessModes(List.of("ReadWriteOnce"))
                .storageClassName("")
                .resources(VolumeResourceRequirements.builder().requests(DISK).build())
                .build())
        .build();
  }

  static PersistentVolume volume(String name) {
    return PersistentVolume.builder()
        .metadata(ObjectMeta.builder().name(name).build())
        .spec(
            PersistentVolumeSpec.builder()
                .accessModes(List.of("ReadWriteOnce"))
                .capacity(DISK)
                .persistentVolumeReclaimPolicy("Retain")
                .hostPath(HostPathVolumeSource.builder().path("/disks/" + name).build())
                .build())
        .build();
  }

  static Job job(String namespace, String name, RandomGenerator random) {
    return Job.builder()
        .metadata(meta(namespace, name))
        .spec(
            JobSpec.builder()
                .completions(1 + random.nextInt(MOST_REPLICAS))
                .parallelism(1 + random.nextInt(3))
                .completionMode(random.nextBoolean() ? "Indexed" : "NonIndexed")
                .template(template(name, "Never", random.nextBoolean()))
                .build())
        .build();
  }

  static Service service(String namespace, String name) {
    return Service.builder()
        .metadata(meta(namespace, name))
        .spec(
            ServiceSpec.builder()
                .selector(Map.of("app", name))
                .ports(List.of(ServicePort.builder().port(80).build()))
                .build())
        .build();
  }

  static PodDisruptionBudget budget(String namespace, String name) {
    return PodDisruptionBudget.builder()
        .metadata(meta(namespace, name))
        .spec(
            PodDisruptionBudgetSpec.builder()
                .maxUnavailable(new IntOrString.Int(1))
                .selector(selector(name))
                .build())
        .build();
  }

  static ObjectMeta meta(String namespace, String name) {
    return ObjectMeta.builder().namespace(namespace).name(name).build();
  }

  private static LabelSelector selector(String app) {
    return LabelSelector.builder().matchLabels(Map.of("app", app)).build();
  }

  private static PodTemplateSpec template(String app, String restartPolicy, boolean flaky) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app", app);
    if (flaky) {
      labels.put(SimulatedNode.FLAKY, "yes");
    }
    return PodTemplateSpec.builder()
        .metadata(ObjectMeta.builder().labels(labels).build())
        .spec(
            PodSpec.EMPTY
                .withRestartPolicy(restartPolicy)
                .withContainers(List.of(Container.EMPTY.withName("main").withImage("app:1"))))
        .build();
  }

  /** The same template in its next version. */
  static PodTemplateSpec next(PodTemplateSpec template, int version) {
    PodSpec spec = template.spec();
    Container main = spec.containers().getFirst().withImage("app:" + version);
    return new PodTemplateSpec(template.metadata(), spec.withContainers(List.of(main)));
  }
}
