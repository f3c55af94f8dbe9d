package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.node.agent.admission.PodAdmission;
import io.tiphys.node.cri.ContainerStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says in the API how a pod is, when that is not what the API says already. What counts is the
 * object as it is: what others wrote into the status is kept where it is theirs, and put right
 * where it is this node's. Checked against pkg/kubelet/status/status_manager.go. Used by the pod's
 * thread alone.
 */
final class PodReport {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** Every conflict means that somebody else got through; who loses this often waits a while. */
  private static final int ATTEMPTS = 5;

  private final Node node;
  private final Probing probing;
  private final Messages messages;

  /** What the API answered to the last write; the informer may not have brought it yet. */
  private @Nullable Pod answered;

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

  void write(Pod pod, PodView view, Map<String, WaitingReason> troubles) {
    write(
        pod,
        present ->
            // What is known of its containers is in the status alone.
            PodPhase.isFinal(present.status().phase()) && view.containers().isEmpty()
                ? present.status()
                : status(present, view, troubles));
  }

  /** The pod is not run at all: of its containers there is nothing to say. */
  void reject(Pod pod, PodAdmission.Rejection rejection) {
    write(
        pod,
        present ->
            PodStatus.builder()
                .observedGeneration(present.metadata().generation())
                .qosClass(present.status().qosClass())
                .phase(PodPhase.FAILED)
                .reason(rejection.reason())
                .message("Pod was rejected: " + rejection.message())
                .startTime(node.clock().now())
                .conditions(PodConditions.others(present))
                .build());
  }

  private void write(Pod pod, Function<Pod, PodStatus> decide) {
    Pod present = newest(pod);
    for (int attempt = 1; ; attempt++) {
      PodStatus wanted = decide.apply(present);
      if (same(wanted, present)) {
        return;
      }
      try {
        answered = node.source().updateStatus(CoreV1.PODS, present.withStatus(wanted));
        return;
      } catch (ApiFailure e) {
        if (e.code() == NOT_FOUND) {
          return;
        }
        if (e.code() != CONFLICT || attempt == ATTEMPTS) {
          throw e;
        }
      }
      Pod stored = stored(pod);
      if (stored == null) {
        return;
      }
      present = stored;
    }
  }

  /** The pod as it is, or null when it is gone or another one has taken its name. */
  private @Nullable Pod stored(Pod pod) {
    try {
      Pod stored = node.source().get(CoreV1.PODS, pod.namespace(), pod.name());
      return stored.metadata().uid().equals(pod.metadata().uid()) ? stored : null;
    } catch (ApiFailure e) {
      if (e.code() != NOT_FOUND) {
        throw e;
      }
      return null;
    }
  }

  private Pod newest(Pod seen) {
    Pod last = answered;
    if (last == null || version(last) <= version(seen)) {
      answered = null;
      return seen;
    }
    return last;
  }

  private static long version(Pod pod) {
    String version = pod.metadata().resourceVersion();
    return version.isEmpty() ? 0 : Long.parseLong(version);
  }

  /** Compared as they are written: times in an object that was stored have no fractions. */
  private static boolean same(PodStatus wanted, Pod present) {
    return wanted.equals(present.status())
        || ObjectCodec.toTree(present.withStatus(wanted)).equals(ObjectCodec.toTree(present));
  }

  private PodStatus status(Pod pod, PodView view, Map<String, WaitingReason> troubles) {
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
    return PodStatuses.of(
        pod,
        view,
        new PodStatuses.Facts(
            node.config().hostIp(), ready, started, troubles, said, failure, node.clock().now()));
  }
}
