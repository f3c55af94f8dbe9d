package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
import io.tiphys.api.BatchV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.DiscoveryV1;
import io.tiphys.api.Resource;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.batch.v1.Job;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.base.Loops;
import io.tiphys.node.hollow.HollowMachine;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.store.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is not yet as it was wished, when everything should be. */
final class Rest {
  private final SimulatedCluster cluster;
  private final Instant now;
  private final List<String> unrest = new ArrayList<>();

  private Rest(SimulatedCluster cluster, Instant now) {
    this.cluster = cluster;
    this.now = now;
  }

  /** What is to be waited for; empty when the cluster is at rest. */
  static List<String> unrest(SimulatedCluster cluster, Instant now) {
    return new Rest(cluster, now).look();
  }

  private List<String> look() {
    if (!cluster.answers()) {
      return List.of("the API server does not answer");
    }
    all(AppsV1.DEPLOYMENTS).forEach(this::deployment);
    all(AppsV1.STATEFULSETS).forEach(this::statefulSet);
    all(BatchV1.JOBS).forEach(this::job);
    all(CoreV1.NODES).forEach(this::node);
    all(CoreV1.PERSISTENTVOLUMECLAIMS).forEach(this::claim);
    List<Pod> pods = all(CoreV1.PODS);
    pods.forEach(this::pod);
    all(CoreV1.SERVICES).forEach(service -> service(service, pods));
    machines(pods);
    ownersAndDeletions();
    for (Loops.Failing loop : cluster.failing()) {
      unrest.add("loop " + loop.name() + " fails: " + loop.message());
    }
    return unrest;
  }

  private <T extends ApiObject> List<T> all(Resource<T> resource) {
    String prefix = StoreKeys.prefix(resource);
    String end = StoreKeys.end(prefix);
    Store.Range range = cluster.store().range(prefix, end, Store.NEWEST, 0);
    return range instanceof Store.Range.Page page
        ? page.entries().stream().map(entry -> Commits.read(resource, entry.value())).toList()
        : List.of();
  }

  private void deployment(Deployment found) {
    int wanted = found.spec().replicas() == null ? 1 : found.spec().replicas();
    var status = found.status();
    if (status.observedGeneration() != found.metadata().generation()
        || status.replicas() != wanted
        || status.updatedReplicas() != wanted
        || status.availableReplicas() != wanted) {
      unrest.add("deployment %s: %s of %d".formatted(name(found), status, wanted));
    }
  }

  private void statefulSet(StatefulSet found) {
    int wanted = found.spec().replicas() == null ? 1 : found.spec().replicas();
    var status = found.status();
    if (status.observedGeneration() != found.metadata().generation()
        || status.replicas() != wanted
        || status.readyReplicas() != wanted
        || status.updatedReplicas() != wanted
        || !status.currentRevision().equals(status.updateRevision())) {
      unrest.add("set %s: %s of %d".formatted(name(found), status, wanted));
    }
  }

  private void job(Job found) {
    boolean finished =
        found.status().conditions().stream()
            .anyMatch(
                c ->
                    c.status().equals("True")
                        && (c.type().equals("Complete") || c.type().equals("Failed")));
    if (!finished || found.status().active() != 0) {
      unrest.add("job " + name(found) + " has not finished: " + found.status());
    }
  }

  private void node(Node found) {
    boolean ready =
        found.status().conditions().stream()
            .anyMatch(c -> c.type().equals("Ready") && c.status().equals("True"));
    if (!ready || !found.spec().taints().isEmpty()) {
      unrest.add("node " + found.name() + ": " + found.spec() + found.status().conditions());
    }
  }

  private void claim(PersistentVolumeClaim found) {
    if (!found.status().phase().equals("Bound")) {
      unrest.add("claim %s: %s of %s".formatted(name(found), found.status(), found.spec()));
    }
  }

  private void pod(Pod found) {
    boolean over = isOver(found);
    if (found.metadata().deletionTimestamp() != null || !(over || isReady(found))) {
      unrest.add("pod " + name(found) + " " + found.metadata() + found.status());
    }
    if (over && found.metadata().finalizers().contains("batch.kubernetes.io/job-tracking")) {
      unrest.add("pod " + name(found) + " is over and not counted");
    }
  }

  private static boolean isOver(Pod pod) {
    return pod.status().phase().equals("Succeeded") || pod.status().phase().equals("Failed");
  }

  private static boolean isReady(Pod pod) {
    return pod.status().conditions().stream()
        .anyMatch(c -> c.type().equals("Ready") && c.status().equals("True"));
  }

  private void service(Service service, List<Pod> pods) {
    if (service.spec().selector().isEmpty()) {
      return;
    }
    Set<String> wanted = new TreeSet<>();
    for (Pod pod : pods) {
      if (pod.namespace().equals(service.namespace())
          && isReady(pod)
          && !isOver(pod)
          && pod.metadata().labels().entrySet().containsAll(service.spec().selector().entrySet())) {
        wanted.add(pod.status().podIP());
      }
    }
    Set<String> found = new TreeSet<>();
    for (EndpointSlice slice : all(DiscoveryV1.ENDPOINTSLICES)) {
      if (slice.namespace().equals(service.namespace())
          && service.name().equals(slice.metadata().labels().get("kubernetes.io/service-name"))) {
        slice.endpoints().stream()
            .filter(endpoint -> Boolean.TRUE.equals(endpoint.conditions().ready()))
            .forEach(endpoint -> found.addAll(endpoint.addresses()));
      }
    }
    if (!wanted.equals(found)) {
      unrest.add("service %s has %s, not %s".formatted(name(service), found, wanted));
    }
  }

  /** What runs is what the API says runs. */
  private void machines(List<Pod> pods) {
    Set<String> wanted = new TreeSet<>();
    pods.stream()
        .filter(pod -> !isOver(pod))
        .forEach(pod -> wanted.add(pod.spec().nodeName() + ":" + name(pod) + pod.metadata().uid()));
    Set<String> found = new TreeSet<>();
    for (SimulatedNode node : cluster.nodes()) {
      for (HollowMachine.Running pod : node.machine().running(now)) {
        String uid = pod.uid();
        boolean over =
            pods.stream().anyMatch(known -> known.metadata().uid().equals(uid) && isOver(known));
        if (!over) {
          found.add(node.name() + ":" + pod.namespace() + "/" + pod.name() + uid);
        }
      }
    }
    if (!wanted.equals(found)) {
      unrest.add("running are " + found + ", not " + wanted);
    }
  }

  /** Nothing waits to be deleted, and nothing belongs to what is gone. */
  private void ownersAndDeletions() {
    List<ApiObject> objects = new ArrayList<>();
    for (Resource<?> resource : Commits.stored()) {
      objects.addAll(all(resource));
    }
    Set<String> uids = new HashSet<>();
    Set<String> namespaces = new HashSet<>();
    objects.forEach(object -> uids.add(object.metadata().uid()));
    all(CoreV1.NAMESPACES).forEach(namespace -> namespaces.add(namespace.name()));
    for (ApiObject object : objects) {
      String what = object.type().gvk().kind() + " " + name(object);
      if (object.metadata().deletionTimestamp() != null) {
        unrest.add(what + " waits to be deleted: " + object.metadata().finalizers());
      }
      for (OwnerReference owner : object.metadata().ownerReferences()) {
        if (!uids.contains(owner.uid())) {
          unrest.add(what + " belongs to " + owner.kind() + " " + owner.name() + ", which is gone");
        }
      }
      if (!object.namespace().isEmpty() && !namespaces.contains(object.namespace())) {
        unrest.add(what + " lies in no namespace");
      }
    }
  }

  private static String name(ApiObject object) {
    return object.namespace() + "/" + object.name();
  }
}
