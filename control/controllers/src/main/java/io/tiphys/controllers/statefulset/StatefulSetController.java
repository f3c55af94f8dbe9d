package io.tiphys.controllers.statefulset;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.LabelSelectors;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.apps.v1.ControllerRevision;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.apps.v1.StatefulSetStatus;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.codec.Json;
import io.tiphys.controllers.kit.Claimer;
import io.tiphys.controllers.kit.Conflicts;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.Office;
import io.tiphys.controllers.kit.OwnedPods;
import io.tiphys.controllers.kit.OwnerWakeup;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import io.tiphys.controllers.kit.TemplateHash;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Gives each StatefulSet its pods, one identity after the other. Names are fixed, so a pod that is
 * created twice is created once. Checked against pkg/controller/statefulset.
 */
public final class StatefulSetController {
  /** As upstream's --concurrent-statefulset-syncs. */
  private static final int WORKERS = 5;

  private final ControllerContext context;
  private final Informer<StatefulSet> sets;
  private final OwnedPods pods;
  private final Informer<PersistentVolumeClaim> claims;
  private final EventRecorder events;
  private final EventRecorder petEvents;

  private StatefulSetController(ControllerContext context, Office office) {
    this.context = context;
    sets = office.reads(context.informers().of(AppsV1.STATEFULSETS));
    pods = new OwnedPods(office.reads(context.informers().of(CoreV1.PODS)), "StatefulSet");
    claims = office.reads(context.informers().of(CoreV1.PERSISTENTVOLUMECLAIMS));
    events = office.events(context, "statefulset-controller");
    petEvents = office.events(context, "petset");
  }

  public static Lifecycle open(ControllerContext context) {
    Office office = new Office("statefulset controller");
    StatefulSetController room = new StatefulSetController(context, office);
    Controller<ObjectKey> controller =
        office.holds(new Controller<>("statefulset", WORKERS, context.clock(), room::reconcile));
    room.sets.addHandler(Handler.of(set -> controller.enqueue(ObjectKey.of(set))));
    context
        .informers()
        .of(CoreV1.PODS)
        .addHandler(
            new OwnerWakeup<StatefulSet, Pod>(
                "StatefulSet", room.sets, set -> set.spec().selector(), controller::enqueue, null));
    return office.begin(controller::start);
  }

  private Result reconcile(ObjectKey key) {
    StatefulSet set = sets.get(key);
    if (set == null) {
      return Result.done();
    }
    List<Pod> owned =
        new Claimer<>(
                context.source(),
                CoreV1.PODS,
                set,
                AppsV1.STATEFULSETS,
                LabelSelectors.of(set.spec().selector()))
            .claim(
                pods.candidates(set).stream().filter(pod -> Pets.ordinal(set, pod) >= 0).toList());
    Instant now = context.clock().now();
    String revision = revision(set);
    if (set.metadata().deletionTimestamp() == null) {
      carryOut(set, SetStep.of(set, owned, revision, now), revision);
    }
    report(set, owned, revision, now);
    boolean waits =
        set.spec().minReadySeconds() > 0
            && owned.stream()
                .anyMatch(
                    pod ->
                        Pods.isReady(pod)
                            && !Pods.isAvailable(pod, set.spec().minReadySeconds(), now));
    return waits
        ? Result.retryAfter(Duration.ofSeconds(set.spec().minReadySeconds()))
        : Result.done();
  }

  private void carryOut(StatefulSet set, SetStep step, String revision) {
    for (int ordinal : step.create()) {
      ensureClaims(set, ordinal);
      create(set, ordinal, revision);
    }
    for (Pod pod : step.delete()) {
      delete(set, pod);
    }
  }

  private void ensureClaims(StatefulSet set, int ordinal) {
    for (PersistentVolumeClaim claim : Pets.claims(set, ordinal)) {
      if (claims.get(claim.namespace(), claim.name()) != null) {
        continue;
      }
      try {
        context.source().create(CoreV1.PERSISTENTVOLUMECLAIMS, claim);
        String pod = Pets.name(set, ordinal);
        tell(
            set,
            "SuccessfulCreate",
            "pvc: " + claim.name(),
            "create Claim %s Pod %s in StatefulSet %s success"
                .formatted(claim.name(), pod, set.name()));
      } catch (ApiFailure e) {
        if (!e.isAlreadyExists()) {
          complain(set, "FailedCreate", "pvc: " + claim.name(), "create Claim " + claim.name(), e);
          throw e;
        }
      }
    }
  }

  private void create(StatefulSet set, int ordinal, String revision) {
    String name = Pets.name(set, ordinal);
    try {
      context.source().create(CoreV1.PODS, Pets.pod(set, ordinal, revision));
      tell(
          set,
          "SuccessfulCreate",
          "pet: " + name,
          "create Pod %s in StatefulSet %s successful".formatted(name, set.name()));
    } catch (ApiFailure e) {
      if (!e.isAlreadyExists()) {
        complain(set, "FailedCreate", "pet: " + name, "create Pod " + name, e);
        throw e;
      }
    }
  }

  private void delete(StatefulSet set, Pod pod) {
    try {
      context.source().delete(CoreV1.PODS, pod.namespace(), pod.name(), DeleteOptions.EMPTY);
      tell(
          set,
          "SuccessfulDelete",
          "pet: " + pod.name(),
          "delete Pod %s in StatefulSet %s successful".formatted(pod.name(), set.name()));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        complain(set, "FailedDelete", "pet: " + pod.name(), "delete Pod " + pod.name(), e);
        throw e;
      }
    }
  }

  private void tell(StatefulSet set, String reason, String pet, String today) {
    if (Pets.isPetSet(set)) {
      petEvents.normal(set, reason, pet);
    } else {
      events.normal(set, reason, today);
    }
  }

  private void complain(
      StatefulSet set, String reason, String pet, String today, ApiFailure failure) {
    String why = failure.getMessage();
    if (Pets.isPetSet(set)) {
      petEvents.warning(set, reason, pet + ", error: " + why);
    } else {
      events.warning(
          set, reason, "%s in StatefulSet %s failed error: %s".formatted(today, set.name(), why));
    }
  }

  /** The name of the template's revision, which is kept as an object of its own. */
  private String revision(StatefulSet set) {
    Json template = ObjectCodec.toTree(set).members().getOrDefault("spec", Json.Obj.EMPTY);
    Json pod =
        template instanceof Json.Obj spec
            ? spec.members().getOrDefault("template", Json.Obj.EMPTY)
            : Json.Obj.EMPTY;
    String hash = TemplateHash.of(pod, set.status().collisionCount());
    String name = set.name() + "-" + hash;
    if (!name.equals(set.status().updateRevision()) && !Pets.isPetSet(set)) {
      ControllerRevision revision =
          ControllerRevision.builder()
              .metadata(
                  ObjectMeta.builder()
                      .namespace(set.namespace())
                      .name(name)
                      .labels(set.spec().template().metadata().labels())
                      .ownerReferences(List.of(ControllerRefs.of(set)))
                      .build())
              .data(Json.Obj.of("spec", Json.Obj.of("template", pod)))
              .revision(set.metadata().generation())
              .build();
      try {
        context.source().create(AppsV1.CONTROLLERREVISIONS, revision);
      } catch (ApiFailure e) {
        if (!e.isAlreadyExists()) {
          throw e;
        }
      }
    }
    return name;
  }

  private void report(StatefulSet set, List<Pod> owned, String revision, Instant now) {
    int ready = 0;
    int available = 0;
    int updated = 0;
    for (Pod pod : owned) {
      ready += Pods.isReady(pod) ? 1 : 0;
      available += Pods.isAvailable(pod, set.spec().minReadySeconds(), now) ? 1 : 0;
      updated += revision.equals(pod.metadata().labels().get(Pets.REVISION)) ? 1 : 0;
    }
    boolean complete = updated == owned.size() && updated == Pets.replicas(set);
    String before = set.status().currentRevision();
    StatefulSetStatus status =
        set.status().toBuilder()
            .observedGeneration(set.metadata().generation())
            .replicas(owned.size())
            .readyReplicas(ready)
            .availableReplicas(available)
            .updatedReplicas(updated)
            .currentReplicas(complete ? updated : owned.size() - updated)
            .currentRevision(complete || before.isEmpty() ? revision : before)
            .updateRevision(revision)
            .collisionCount(
                set.status().collisionCount() == null
                    ? Integer.valueOf(0)
                    : set.status().collisionCount())
            .build();
    if (!status.equals(set.status())) {
      Conflicts.updateStatus(
          context.source(), AppsV1.STATEFULSETS, set, fresh -> fresh.withStatus(status));
    }
  }
}
