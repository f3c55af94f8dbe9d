package io.tiphys.controllers.volumes;

import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.storage.v1.StorageClass;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a claim. Checked against syncUnboundClaim and syncBoundClaim in
 * pkg/controller/volume/persistentvolume/pv_controller.go.
 */
sealed interface ClaimStep {
  /** Tie the two together, or finish doing so. */
  record Bind(PersistentVolume volume) implements ClaimStep {}

  /** Make a volume, or have somebody else make it. */
  record Provision(StorageClass by) implements ClaimStep {}

  /** Give the claim the default class and look again. */
  record Assign(StorageClass assigned) implements ClaimStep {}

  /** Nothing can be done now; the claim is told why. */
  record Wait(@Nullable Note note) implements ClaimStep {}

  /** What the claim was bound to is gone, and with it the data. */
  record Lose(Note note) implements ClaimStep {}

  /** An event. */
  record Note(String type, String reason, String message) {
    static Note normal(String reason, String message) {
      return new Note("Normal", reason, message);
    }

    static Note warning(String reason, String message) {
      return new Note("Warning", reason, message);
    }
  }

  /** What is known when a claim is looked at. */
  interface Known {
    @Nullable PersistentVolume volume(String name);

    @Nullable StorageClass storageClass(String name);

    Collection<PersistentVolume> volumes();

    Collection<StorageClass> classes();

    /** The names of the pods that use the claim and have no node yet. */
    List<String> unscheduledPods();
  }

  static ClaimStep of(PersistentVolumeClaim claim, Known known) {
    boolean completed = claim.metadata().annotations().containsKey(Binding.BIND_COMPLETED);
    String volumeName = claim.spec().volumeName();
    if (completed) {
      return bound(claim, volumeName.isEmpty() ? null : known.volume(volumeName));
    }
    return volumeName.isEmpty() ? unbound(claim, known) : chosen(claim, known.volume(volumeName));
  }

  private static ClaimStep bound(PersistentVolumeClaim claim, @Nullable PersistentVolume volume) {
    if (claim.spec().volumeName().isEmpty()) {
      return new Lose(
          Note.warning(
              "ClaimLost",
              "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!"));
    }
    if (volume == null) {
      return new Lose(
          Note.warning(
              "ClaimLost",
              "Bound claim has lost its PersistentVolume. Data on the volume is lost!"));
    }
    var reference = volume.spec().claimRef();
    if (reference == null || reference.uid().equals(claim.metadata().uid())) {
      return new Bind(volume);
    }
    return new Lose(
        Note.warning(
            "ClaimMisbound",
            "Two claims are bound to the same volume, this one is bound incorrectly"));
  }

  /** The user asked for this very volume. */
  private static ClaimStep chosen(PersistentVolumeClaim claim, @Nullable PersistentVolume volume) {
    if (volume == null) {
      return new Wait(null);
    }
    if (volume.spec().claimRef() == null) {
      String misfit = Matching.misfit(volume, claim);
      return misfit == null
          ? new Bind(volume)
          : new Wait(
              Note.warning(
                  "VolumeMismatch",
                  "Cannot bind to requested volume \"%s\": %s".formatted(volume.name(), misfit)));
    }
    return Matching.isFor(volume, claim)
        ? new Bind(volume)
        : new Wait(
            Note.warning(
                "FailedBinding",
                "volume \"%s\" already bound to a different claim.".formatted(volume.name())));
  }

  private static ClaimStep unbound(PersistentVolumeClaim claim, Known known) {
    String className = Matching.classOf(claim);
    StorageClass named = className.isEmpty() ? null : known.storageClass(className);
    boolean delayed = named != null && "WaitForFirstConsumer".equals(named.volumeBindingMode());
    PersistentVolume best = Matching.best(known.volumes(), claim, delayed);
    if (best != null) {
      return new Bind(best);
    }
    StorageClass byDefault = Matching.defaultClass(known.classes());
    if (Matching.wantsDefaultClass(claim) && byDefault != null) {
      return new Assign(byDefault);
    }
    if (delayed && !claim.metadata().annotations().containsKey(Binding.SELECTED_NODE)) {
      return new Wait(waiting(known.unscheduledPods()));
    }
    if (className.isEmpty()) {
      return new Wait(
          Note.normal(
              "FailedBinding",
              "no persistent volumes available for this claim and no storage class is set"));
    }
    return named == null
        ? new Wait(
            Note.warning(
                "ProvisioningFailed",
                "storageclass.storage.k8s.io \"%s\" not found".formatted(className)))
        : new Provision(named);
  }

  private static Note waiting(List<String> pods) {
    return switch (pods.size()) {
      case 0 ->
          Note.normal(
              "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
      case 1 ->
          Note.normal(
              "WaitForPodScheduled",
              "waiting for pod %s to be scheduled".formatted(pods.getFirst()));
      default ->
          Note.normal(
              "WaitForPodScheduled",
              "waiting for pods %s to be scheduled".formatted(String.join(",", pods)));
    };
  }
}
