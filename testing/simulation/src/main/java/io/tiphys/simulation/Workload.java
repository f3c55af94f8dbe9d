package io.tiphys.simulation;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.policy.v1.Eviction;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.simulation.runtime.SimulatedProcess;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** People who use the cluster: they create, change and delete things, and read no manual. */
final class Workload {
  private static final int PAUSE_SECONDS = 20;
  private static final List<String> NAMESPACES = List.of("default", "team-a", "team-b");
  private static final int NAMES = 3;
  private static final int MOST_REPLICAS = 6;

  private final Source source;
  private final SimulatedProcess process;
  private final RandomGenerator random;
  private final Trace trace;
  private int version = 1;
  private boolean over;

  Workload(Source source, SimulatedProcess process, Trace trace) {
    this.source = source;
    this.process = process;
    this.random = process.random();
    this.trace = trace;
  }

  void start() {
    process.start("user", this::run);
  }

  /** No more wishes. */
  void stop() {
    over = true;
    process.kill();
  }

  private void run() {
    try {
      while (!over) {
        process.sleep(Duration.ofMillis(random.nextInt(1000 * PAUSE_SECONDS)));
        try {
          act();
        } catch (ApiFailure e) {
          trace.line("user: " + e.getMessage());
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void act() {
    String namespace = pick(NAMESPACES);
    String name = "app-" + random.nextInt(NAMES);
    switch (random.nextInt(18)) {
      case 0, 1 -> create(AppsV1.DEPLOYMENTS, Manifests.deployment(namespace, name, random));
      case 2, 3 ->
          create(AppsV1.STATEFULSETS, Manifests.statefulSet(namespace, "set-" + name, random));
      case 4, 5, 6 -> create(BatchV1.JOBS, Manifests.job(namespace, "job-" + name, random));
      case 7 -> scale(AppsV1.DEPLOYMENTS, namespace, name);
      case 8 -> scale(AppsV1.STATEFULSETS, namespace, "set-" + name);
      case 9 -> rollDeployment(namespace, name);
      case 10 -> rollStatefulSet(namespace, "set-" + name);
      case 11 -> delete(AppsV1.DEPLOYMENTS, namespace, name);
      case 12 -> delete(AppsV1.STATEFULSETS, namespace, "set-" + name);
      case 13 -> delete(BatchV1.JOBS, namespace, "job-" + name);
      case 14 -> deletePod();
      case 15 -> evictPod();
      case 16 -> {
        create(CoreV1.SERVICES, Manifests.service(namespace, name));
        create(PolicyV1.PODDISRUPTIONBUDGETS, Manifests.budget(namespace, name));
      }
      default -> deleteNamespace();
    }
  }

  private <T extends ApiObject> void create(Resource<T> resource, T object) {
    trace.line("user creates " + resource + " " + object.namespace() + "/" + object.name());
    if (!object.namespace().equals("default")) {
      try {
        Namespace namespace =
            Namespace.builder().metadata(Manifests.meta("", object.namespace())).build();
        source.create(CoreV1.NAMESPACES, namespace);
      } catch (ApiFailure e) {
        if (!e.isAlreadyExists()) {
          throw e;
        }
      }
    }
    source.create(resource, object);
  }

  private void scale(Resource<?> resource, String namespace, String name) {
    int replicas = random.nextInt(MOST_REPLICAS);
    trace.line("user scales " + resource + " " + namespace + "/" + name + " to " + replicas);
    Json spec = Json.Obj.of("replicas", Json.of(replicas));
    source.patch(resource, namespace, name, "", Source.Patch.merge(Json.Obj.of("spec", spec)));
  }

  private void rollDeployment(String namespace, String name) {
    trace.line("user rolls deployment " + namespace + "/" + name);
    var present = source.get(AppsV1.DEPLOYMENTS, namespace, name);
    var template = Manifests.next(present.spec().template(), ++version);
    source.update(AppsV1.DEPLOYMENTS, present.withSpec(present.spec().withTemplate(template)));
  }

  private void rollStatefulSet(String namespace, String name) {
    trace.line("user rolls set " + namespace + "/" + name);
    var present = source.get(AppsV1.STATEFULSETS, namespace, name);
    var template = Manifests.next(present.spec().template(), ++version);
    source.update(AppsV1.STATEFULSETS, present.withSpec(present.spec().withTemplate(template)));
  }

  private void delete(Resource<?> resource, String namespace, String name) {
    String policy = pick(List.of("Background", "Foreground", "Background", "Orphan"));
    trace.line("user deletes " + resource + " " + namespace + "/" + name + " " + policy);
    source.delete(resource, namespace, name, DeleteOptions.EMPTY.withPropagationPolicy(policy));
  }

  private void deletePod() {
    List<Pod> pods = pods();
    if (!pods.isEmpty()) {
      Pod pod = pick(pods);
      trace.line("user deletes pod " + pod.namespace() + "/" + pod.name());
      source.delete(CoreV1.PODS, pod.namespace(), pod.name(), DeleteOptions.EMPTY);
    }
  }

  private void evictPod() {
    List<Pod> pods = pods();
    if (!pods.isEmpty()) {
      Pod pod = pick(pods);
      trace.line("user evicts pod " + pod.namespace() + "/" + pod.name());
      source.createSubresource(
          CoreV1.PODS,
          pod.namespace(),
          pod.name(),
          "eviction",
          Eviction.builder().metadata(Manifests.meta(pod.namespace(), pod.name())).build(),
          Status.TYPE);
    }
  }

  private List<Pod> pods() {
    return source.list(CoreV1.PODS, "", new ListOptions("", "", "", 0, "")).items();
  }

  private void deleteNamespace() {
    String name = NAMESPACES.get(1 + random.nextInt(NAMESPACES.size() - 1));
    trace.line("user deletes namespace " + name);
    source.delete(CoreV1.NAMESPACES, "", name, DeleteOptions.EMPTY);
  }

  private <T> T pick(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}
