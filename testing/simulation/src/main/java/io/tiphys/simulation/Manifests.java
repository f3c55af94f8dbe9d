package io.tiphys.simulation;

import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentSpec;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetSpec;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.batch.v1.JobSpec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.policy.v1.PodDisruptionBudgetSpec;
import io.tiphys.meta.IntOrString;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What simulated users create. */
final class Manifests {
  private static final int MOST_REPLICAS = 6;

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
