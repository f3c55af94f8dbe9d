package io.tiphys.controllers.statefulset;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.apps.v1.StatefulSet;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Lister;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.Deletions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Does what was decided about a pod and its claims, and says so. Checked against
 * pkg/controller/statefulset/stateful_pod_control.go, and for pets against
 * pkg/controller/petset/pet.go of 1.3.
 */
final class StatefulPodControl {
  private final Source source;
  private final Lister<PersistentVolumeClaim> claims;
  private final EventRecorder events;
  private final EventRecorder petEvents;

  StatefulPodControl(
      Source source,
      Lister<PersistentVolumeClaim> claims,
      EventRecorder events,
      EventRecorder petEvents) {
    this.source = source;
    this.claims = claims;
    this.events = events;
    this.petEvents = petEvents;
  }

  /** Whether a claim of this ordinal is about to go with the pod that had it before. */
  boolean hasStaleClaim(StatefulSet set, int ordinal) {
    if (!Claims.endsWithPod(set)) {
      return false;
    }
    String podName = Identity.podName(set, ordinal);
    for (PersistentVolumeClaim template : set.spec().volumeClaimTemplates()) {
      PersistentVolumeClaim claim =
          claims.get(set.namespace(), Claims.name(set, template, ordinal));
      if (claim != null && Claims.isStale(claim, podName, null)) {
        return true;
      }
    }
    return false;
  }

  void create(StatefulSet set, Pod pod) {
    try {
      ensureClaims(set, pod.name());
      source.create(CoreV1.PODS, pod);
    } catch (RuntimeException e) {
      if (!(e instanceof ApiFailure failure && failure.isAlreadyExists())) {
        tellPod(set, "Create", pod, e);
      }
      throw e;
    }
    tellPod(set, "Create", pod, null);
  }

  void delete(StatefulSet set, Pod pod) {
    try {
      source.delete(CoreV1.PODS, pod.namespace(), pod.name(), Deletions.of(pod));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        tellPod(set, "Delete", pod, e);
      }
      throw e;
    }
    tellPod(set, "Delete", pod, null);
  }

  void repair(StatefulSet set, Pod pod) {
    try {
      ensureClaims(set, pod.name());
      source.update(CoreV1.PODS, Identity.repaired(set, pod));
    } catch (RuntimeException e) {
      tellPod(set, "Update", pod, e);
      throw e;
    }
    tellPod(set, "Update", pod, null);
  }

  /** Creates what is missing of a pod's claims; what is there stays as it is. */
  void ensureClaims(StatefulSet set, String podName) {
    for (PersistentVolumeClaim claim : Claims.of(set, Identity.ordinal(set, podName))) {
      PersistentVolumeClaim there = claims.get(claim.namespace(), claim.name());
      if (there == null) {
        createClaim(set, podName, claim);
      } else if (there.metadata().deletionTimestamp() != null) {
        throw new IllegalStateException("pvc " + claim.name() + " is being deleted");
      }
    }
  }

  private void createClaim(StatefulSet set, String podName, PersistentVolumeClaim claim) {
    try {
      source.create(CoreV1.PERSISTENTVOLUMECLAIMS, claim);
      tellClaim(set, podName, claim, null);
    } catch (ApiFailure e) {
      if (e.isAlreadyExists()) {
        // The copy of the claims lags behind.
        return;
      }
      tellClaim(set, podName, claim, e);
      throw e;
    }
  }

  /** Makes the claims of a pod end with whom the set's policy says. */
  void applyRetention(StatefulSet set, Pod pod) {
    int ordinal = Identity.ordinal(set, pod.name());
    for (PersistentVolumeClaim template : set.spec().volumeClaimTemplates()) {
      PersistentVolumeClaim claim =
          claims.get(set.namespace(), Claims.name(set, template, ordinal));
      if (claim == null) {
        continue;
      }
      List<OwnerReference> owners = Claims.owners(set, pod, claim);
      if (owners.equals(claim.metadata().ownerReferences())) {
        continue;
      }
      if (Claims.hasForeignController(set, pod, claim)) {
        events.warning(
            set,
            "ConflictingController",
            "PersistentVolumeClaim %s has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim"
                .formatted(claim.name()));
      }
      source.update(
          CoreV1.PERSISTENTVOLUMECLAIMS,
          claim.withMetadata(claim.metadata().withOwnerReferences(owners)));
    }
  }

  private void tellPod(StatefulSet set, String verb, Pod pod, @Nullable RuntimeException failure) {
    if (PetMode.is(set)) {
      tellPet(set, verb, "pet", pod, failure);
    } else if (failure == null) {
      events.normal(
          set,
          "Successful" + verb,
          "%s Pod %s in StatefulSet %s successful".formatted(verb, pod.name(), set.name()));
    } else {
      events.warning(
          set,
          "Failed" + verb,
          "%s Pod %s in StatefulSet %s failed error: %s"
              .formatted(verb, pod.name(), set.name(), failure.getMessage()));
    }
  }

  private void tellClaim(
      StatefulSet set,
      String podName,
      PersistentVolumeClaim claim,
      @Nullable RuntimeException failure) {
    if (PetMode.is(set)) {
      tellPet(set, "Create", "pvc", claim, failure);
    } else if (failure == null) {
      events.normal(
          set,
          "SuccessfulCreate",
          "Create Claim %s Pod %s in StatefulSet %s success"
              .formatted(claim.name(), podName, set.name()));
    } else {
      events.warning(
          set,
          "FailedCreate",
          "Create Claim %s for Pod %s in StatefulSet %s failed error: %s"
              .formatted(claim.name(), podName, set.name(), failure.getMessage()));
    }
  }

  private void tellPet(
      StatefulSet set,
      String verb,
      String what,
      ApiObject object,
      @Nullable RuntimeException failure) {
    String message = what + ": " + object.name();
    ObjectReference about = PetMode.reference(set);
    if (failure == null) {
      petEvents.normal(about, "Successful" + verb, message);
    } else {
      petEvents.warning(about, "Failed" + verb, message + ", error: " + failure.getMessage());
    }
  }
}
