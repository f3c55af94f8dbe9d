package io.tiphys.scheduler;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Binding;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Carries decisions out: bindings, and the word that a pod fits nowhere. Thread-safe. */
final class Binder implements Lifecycle {
  private static final Logger log = System.getLogger(Binder.class.getName());

  /** Enough to keep the API busy; more would only wait there. */
  private static final int CONCURRENT_BINDINGS = 64;

  private static final int NOT_FOUND = 404;

  private final Source source;
  private final EventRecorder events;
  private final Clock clock;
  private final Loops loops;
  private final Consumer<Candidate> onFailure;
  private final Semaphore places = new Semaphore(CONCURRENT_BINDINGS);
  private volatile boolean closed;

  /**
   * @param onFailure told of pods whose binding did not come about
   */
  Binder(
      Source source,
      EventRecorder events,
      Clock clock,
      Loops loops,
      Consumer<Candidate> onFailure) {
    this.source = source;
    this.events = events;
    this.clock = clock;
    this.loops = loops;
    this.onFailure = onFailure;
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Binds a pod beside the caller, who waits only when too many bindings are under way. */
  void bind(Candidate pod, Placement.Place place) throws InterruptedException {
    places.acquire();
    loops.task(
        "bind " + pod.key(),
        () -> {
          try {
            bindNow(pod, place);
          } catch (RuntimeException | Error e) {
            failed(pod, e);
          } finally {
            places.release();
          }
        });
  }

  private void bindNow(Candidate pod, Placement.Place place) {
    Binding binding =
        Binding.builder()
            .metadata(
                ObjectMeta.builder()
                    .namespace(pod.pod().namespace())
                    .name(pod.pod().name())
                    .uid(pod.uid())
                    .build())
            .target(ObjectReference.builder().kind("Node").name(place.node()).build())
            .build();
    source.createSubresource(
        CoreV1.PODS, pod.pod().namespace(), pod.pod().name(), "binding", binding, Status.TYPE);
    events.normal(
        pod.pod(),
        "Scheduled",
        "Successfully assigned %s to %s".formatted(pod.key(), place.node()));
  }

  /** Whatever it was: a pod that is not bound must not count as placed. */
  private void failed(Candidate pod, Throwable failure) {
    try {
      tell("cannot bind " + pod.key(), failure);
    } finally {
      onFailure.accept(pod);
    }
  }

  /** That an object is gone is no news. */
  private void tell(String what, Throwable failure) {
    boolean answered = failure instanceof ApiFailure;
    boolean gone = failure instanceof ApiFailure answer && answer.code() == NOT_FOUND;
    if (!gone && !closed) {
      log.log(Level.WARNING, what + ": " + failure.getMessage(), answered ? null : failure);
    }
  }

  /**
   * Tells the provisioners which node a pod's claims are for. Nobody waits for them here: the pod
   * is looked at again when its claims change.
   */
  void provision(Candidate pod, Placement.Place place) {
    for (PersistentVolumeClaim claim : place.needs().delayed()) {
      if (VolumeNeeds.selectedNode(claim).equals(place.node())) {
        continue;
      }
      Json annotations = Json.Obj.of(VolumeNeeds.SELECTED_NODE, Json.of(place.node()));
      try {
        source.patch(
            CoreV1.PERSISTENTVOLUMECLAIMS,
            claim.namespace(),
            claim.name(),
            "",
            Source.Patch.merge(Json.Obj.of("metadata", Json.Obj.of("annotations", annotations))));
      } catch (RuntimeException e) {
        tell("cannot choose the node of the volumes of " + pod.key(), e);
      }
    }
  }

  /**
   * Says in an event and in the pod's PodScheduled condition why it has no node.
   *
   * @param nominatedNode where others make way for it, or empty
   */
  void unschedulable(Candidate candidate, String message, String nominatedNode) {
    Pod pod = candidate.pod();
    events.warning(pod, "FailedScheduling", message);
    boolean told =
        pod.status().conditions().stream()
            .anyMatch(
                condition ->
                    condition.type().equals("PodScheduled")
                        && condition.status().equals("False")
                        && condition.message().equals(message));
    if (told && nominatedNode.equals(pod.status().nominatedNodeName())) {
      return;
    }
    Json.Obj.Builder status =
        Json.Obj.builder()
            .put(
                "conditions",
                new Json.Arr(
                    List.of(condition(pod, "PodScheduled", "False", "Unschedulable", message))));
    if (!nominatedNode.equals(pod.status().nominatedNodeName())) {
      status.put(
          "nominatedNodeName", nominatedNode.isEmpty() ? Json.Null.NULL : Json.of(nominatedNode));
    }
    try {
      patchStatus(pod, status.build());
    } catch (RuntimeException e) {
      tell("cannot tell " + candidate.key(), e);
    }
  }

  /**
   * Deletes pods so that another finds room, beside the caller. Checked against
   * framework/preemption/executor.go.
   */
  void preempt(Candidate pod, String node, List<Candidate> victims) {
    loops.task(
        "preempt for " + pod.key(),
        () -> victims.forEach(victim -> preempt(pod, node, victim.pod())));
  }

  private void preempt(Candidate pod, String node, Pod victim) {
    String why = Scheduler.NAME + ": preempting to accommodate a higher priority pod";
    Json condition = condition(victim, "DisruptionTarget", "True", Preemption.REASON, why);
    try {
      patchStatus(victim, Json.Obj.of("conditions", new Json.Arr(List.of(condition))));
      source.delete(
          CoreV1.PODS,
          victim.namespace(),
          victim.name(),
          DeleteOptions.EMPTY.withPreconditions(
              Preconditions.EMPTY.withUid(victim.metadata().uid())));
      events.normal(
          victim, "Preempted", "Preempted by pod %s on node %s".formatted(pod.uid(), node));
    } catch (RuntimeException e) {
      tell("cannot preempt " + victim.namespace() + "/" + victim.name(), e);
    }
  }

  private void patchStatus(Pod pod, Json.Obj status) {
    source.patch(
        CoreV1.PODS,
        pod.namespace(),
        pod.name(),
        "status",
        Source.Patch.strategic(Json.Obj.of("status", status)));
  }

  private Json condition(Pod pod, String type, String status, String reason, String message) {
    String now = DateTimeFormatter.ISO_INSTANT.format(clock.now().truncatedTo(ChronoUnit.SECONDS));
    return Json.Obj.builder()
        .put("type", type)
        .put("status", status)
        .put("reason", reason)
        .put("message", message)
        .put("lastTransitionTime", now)
        .put("observedGeneration", pod.metadata().generation())
        .build();
  }
}
