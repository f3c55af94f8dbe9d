package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.node.cri.ContainerStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says in the API how a pod is, when that has changed. Used by the pod's thread. */
final class PodReport {
  private static final int NOT_FOUND = 404;

  private final Node node;
  private final Probing probing;
  private final Messages messages;
  private @Nullable PodStatus written;
  private PodStatuses.@Nullable Failure failure;

  PodReport(Node node, Probing probing) {
    this.node = node;
    this.probing = probing;
    messages = new Messages(node);
  }

  /** From now on the pod has failed for this reason, whatever its containers did. */
  void failAs(PodStatuses.Failure failure) {
    this.failure = failure;
  }

  void write(Pod pod, PodView view, Map<String, Trouble> troubles) {
    if (PodPhase.isFinal(pod.status().phase()) && view.containers().isEmpty()) {
      return; // What is known of its containers is in the status alone.
    }
    PodStatus status = status(pod, view, troubles);
    if (status.equals(written) || status.equals(pod.status())) {
      written = status;
      return;
    }
    Json tree =
        ObjectCodec.toTree(pod.withStatus(status)).members().getOrDefault("status", Json.Obj.EMPTY);
    Json uid = Json.Obj.of("uid", Json.of(pod.metadata().uid()));
    try {
      node.source()
          .patch(
              CoreV1.PODS,
              pod.namespace(),
              pod.name(),
              "status",
              Source.Patch.strategic(
                  Json.Obj.builder().put("metadata", uid).put("status", tree).build()));
      written = status;
    } catch (ApiFailure e) {
      if (e.code() != NOT_FOUND) {
        throw e;
      }
    }
  }

  private PodStatus status(Pod pod, PodView view, Map<String, Trouble> troubles) {
    Set<String> ready = new HashSet<>();
    Set<String> started = new HashSet<>();
    Map<String, String> said = new HashMap<>();
    for (Container container : Containers.all(pod)) {
      ContainerStatus status = view.newest(container.name());
      if (status == null) {
        continue;
      }
      if (probing.isReady(container, status.id())) {
        ready.add(container.name());
      }
      if (probing.isStarted(container, status.id())) {
        started.add(container.name());
      }
    }
    for (ContainerStatus status : view.containers()) {
      if (Containers.hasExited(status)) {
        said.put(status.id(), messages.of(pod, status));
      }
    }
    Pod known = written == null ? pod : pod.withStatus(merged(pod.status(), written));
    return PodStatuses.of(
        known,
        view,
        new PodStatuses.Facts(
            node.config().hostIp(), ready, started, troubles, said, failure, node.clock().now()));
  }

  /** What this node wrote last may not have come back to it yet. */
  private static PodStatus merged(PodStatus seen, PodStatus written) {
    return seen.toBuilder()
        .startTime(written.startTime())
        .podIP(written.podIP())
        .podIPs(written.podIPs())
        .conditions(written.conditions())
        .build();
  }
}
