package io.tiphys.controllers.volumes;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.Source;
import io.tiphys.controllers.kit.Controller;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.controllers.kit.ControllerRunner;
import io.tiphys.controllers.kit.Deletions;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Binds claims to volumes, makes volumes of the class {@code standard}, and reclaims those whose
 * claim is gone. Checked against pkg/controller/volume/persistentvolume/pv_controller.go.
 */
public final class VolumeController {
  /** As upstream's claimQueue and volumeQueue together: two workers would take the same volume. */
  private static final int WORKERS = 1;

  /** As upstream's resync: what waits for news that may come from nowhere. */
  private static final Duration RESYNC = Duration.ofSeconds(15);

  private static final String STORAGE_PROVISIONER = "volume.kubernetes.io/storage-provisioner";
  private static final String BETA_STORAGE_PROVISIONER =
      "volume.beta.kubernetes.io/storage-provisioner";

  private final Source source;
  private final EventRecorder events;
  private final Binding binding;
  private final HostPathProvisioner provisioner;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<PersistentVolume> volumes;
  private final Informer<StorageClass> classes;
  private final Informer<Pod> pods;
  private final Controller<Work> controller;

  private sealed interface Work {
    record Claim(ObjectKey key) implements Work {}

    record Volume(String name) implements Work {}
  }

  private VolumeController(
      ControllerContext context,
      VolumeFolders folders,
      Path root,
      String nodeName,
      ControllerRunner runner) {
    source = context.source();
    events = runner.events("persistentvolume-controller");
    binding = new Binding(source, context.clock());
    provisioner = new HostPathProvisioner(source, folders, root, nodeName);
    claims = runner.reads(CoreV1.PERSISTENTVOLUMECLAIMS);
    volumes = runner.reads(CoreV1.PERSISTENTVOLUMES);
    classes = runner.reads(StorageV1.STORAGECLASSES);
    pods = runner.reads(CoreV1.PODS);
    controller =
        runner.holds(
            new Controller<>(
                "volumes", WORKERS, context.clock(), context.loops(), this::reconcile));
  }

  /**
   * @param root the folder below which volumes are made
   * @param nodeName the node that {@code folders} is the disk of
   */
  public static Lifecycle open(
      ControllerContext context, VolumeFolders folders, Path root, String nodeName) {
    ControllerRunner runner = new ControllerRunner("volume controller", context);
    VolumeController self = new VolumeController(context, folders, root, nodeName, runner);
    self.watch();
    return runner.begin(
        () -> {
          if (self.classes.get("", HostPathProvisioner.CLASS) == null) {
            self.provisioner.ensureClass();
          }
          self.controller.start();
        });
  }

  private void watch() {
    claims.addHandler(
        Handler.of(
            claim -> {
              controller.enqueue(new Work.Claim(ObjectKey.of(claim)));
              if (!claim.spec().volumeName().isEmpty()) {
                controller.enqueue(new Work.Volume(claim.spec().volumeName()));
              }
            }));
    volumes.addHandler(
        Handler.of(
            volume -> {
              controller.enqueue(new Work.Volume(volume.name()));
              ObjectReference claim = volume.spec().claimRef();
              if (claim != null) {
                controller.enqueue(new Work.Claim(new ObjectKey(claim.namespace(), claim.name())));
              } else {
                enqueueUnbound();
              }
            }));
    classes.addHandler(Handler.of(_ -> enqueueUnbound()));
  }

  /** A free volume or a new class may be what others wait for. */
  private void enqueueUnbound() {
    for (PersistentVolumeClaim claim : claims.list()) {
      if (!claim.metadata().annotations().containsKey(Binding.BIND_COMPLETED)) {
        controller.enqueue(new Work.Claim(ObjectKey.of(claim)));
      }
    }
  }

  private Result reconcile(Work work) {
    return switch (work) {
      case Work.Claim(ObjectKey key) -> {
        PersistentVolumeClaim claim = claims.get(key);
        yield claim == null ? Result.done() : claim(claim);
      }
      case Work.Volume(String name) -> {
        PersistentVolume volume = volumes.get("", name);
        yield volume == null ? Result.done() : volume(volume);
      }
    };
  }

  private Result claim(PersistentVolumeClaim claim) {
    switch (ClaimStep.of(claim, known(claim))) {
      case ClaimStep.Bind(var volume) -> binding.bind(volume, claim);
      case ClaimStep.Assign(var assigned) ->
          source.update(
              CoreV1.PERSISTENTVOLUMECLAIMS,
              claim.withSpec(claim.spec().withStorageClassName(assigned.name())));
      case ClaimStep.Provision(var by) -> provision(claim, by);
      case ClaimStep.Wait(var note) -> {
        note(claim, note);
        binding.claimPhase(claim, "Pending");
        return Result.retryAfter(RESYNC);
      }
      case ClaimStep.Lose(var note) -> {
        if (!claim.status().phase().equals("Lost")) {
          binding.claimPhase(claim, "Lost");
          note(claim, note);
        }
      }
    }
    return Result.done();
  }

  private void note(PersistentVolumeClaim claim, ClaimStep.@Nullable Note note) {
    if (note == null) {
      return;
    }
    if (note.type().equals("Normal")) {
      events.normal(claim, note.reason(), note.message());
    } else {
      events.warning(claim, note.reason(), note.message());
    }
  }

  /** Looks things up as they are asked for: most claims ask for one volume. */
  private ClaimStep.Known known(PersistentVolumeClaim claim) {
    return new ClaimStep.Known() {
      @Override
      public @Nullable PersistentVolume volume(String name) {
        return volumes.get("", name);
      }

      @Override
      public @Nullable StorageClass storageClass(String name) {
        return classes.get("", name);
      }

      @Override
      public Collection<PersistentVolume> volumes() {
        return volumes.list();
      }

      @Override
      public Collection<StorageClass> classes() {
        return classes.list();
      }

      @Override
      public List<String> unscheduledPods() {
        return pods.list(claim.namespace()).stream()
            .filter(pod -> pod.spec().nodeName().isEmpty() && !Pods.isTerminal(pod))
            .filter(pod -> ClaimUse.names(pod, claim.name()))
            .map(Pod::name)
            .toList();
      }
    };
  }

  private void provision(PersistentVolumeClaim claim, StorageClass by) {
    PersistentVolumeClaim asked = asked(claim, by.provisioner());
    if (!by.provisioner().equals(HostPathProvisioner.NAME)) {
      events.normal(
          asked,
          "ExternalProvisioning",
          "Waiting for a volume to be created either by the external provisioner '"
              + by.provisioner()
              + "' or manually by the system administrator. If volume creation is delayed, please"
              + " verify that the provisioner is running and correctly registered.");
      binding.claimPhase(asked, "Pending");
      return;
    }
    try {
      PersistentVolume made = provisioner.provision(asked, by);
      events.normal(
          asked, "ProvisioningSucceeded", "Successfully provisioned volume " + made.name());
      binding.bind(made, asked);
    } catch (IOException e) {
      String message =
          "Failed to provision volume with StorageClass \"%s\": %s".formatted(by.name(), e);
      events.warning(asked, "ProvisioningFailed", message);
      throw new IllegalStateException(message, e);
    }
  }

  /** The claim with the name of who is to provision it, for all who provision. */
  private PersistentVolumeClaim asked(PersistentVolumeClaim claim, String name) {
    Map<String, String> annotations = new LinkedHashMap<>(claim.metadata().annotations());
    annotations.put(BETA_STORAGE_PROVISIONER, name);
    annotations.put(STORAGE_PROVISIONER, name);
    return annotations.equals(claim.metadata().annotations())
        ? claim
        : source.update(
            CoreV1.PERSISTENTVOLUMECLAIMS,
            claim.withMetadata(claim.metadata().withAnnotations(annotations)));
  }

  private Result volume(PersistentVolume volume) {
    PersistentVolumeClaim claim = claimOf(volume);
    switch (VolumeStep.of(volume, claim)) {
      case VolumeStep.Phase(String phase) -> binding.phase(volume, phase, "");
      case VolumeStep.LookAtClaim() ->
          controller.enqueue(new Work.Claim(ObjectKey.of(Objects.requireNonNull(claim))));
      case VolumeStep.Mismatch() -> mismatch(volume, Objects.requireNonNull(claim));
      case VolumeStep.Unbind() -> binding.unbind(volume);
      case VolumeStep.Reclaim() -> reclaim(volume);
    }
    return Result.done();
  }

  /** Asks the API before it believes that a claim is gone: data hangs on it. */
  private @Nullable PersistentVolumeClaim claimOf(PersistentVolume volume) {
    ObjectReference reference = volume.spec().claimRef();
    if (reference == null || reference.uid().isEmpty()) {
      return null;
    }
    PersistentVolumeClaim claim = claims.get(reference.namespace(), reference.name());
    if (claim == null || !claim.metadata().uid().equals(reference.uid())) {
      try {
        claim = source.get(CoreV1.PERSISTENTVOLUMECLAIMS, reference.namespace(), reference.name());
      } catch (ApiFailure e) {
        if (e.isNotFound()) {
          return null;
        }
        throw e;
      }
    }
    return claim.metadata().uid().equals(reference.uid()) ? claim : null;
  }

  private void mismatch(PersistentVolume volume, PersistentVolumeClaim claim) {
    events.warning(
        volume,
        "VolumeMismatch",
        "Cannot bind PersistentVolume to requested PersistentVolumeClaim \"%s\" due to incompatible volumeMode."
            .formatted(claim.name()));
    events.warning(
        claim,
        "VolumeMismatch",
        "Cannot bind PersistentVolume \"%s\" to requested PersistentVolumeClaim due to incompatible volumeMode."
            .formatted(volume.name()));
  }

  private void reclaim(PersistentVolume volume) {
    PersistentVolume released =
        volume.status().phase().equals("Failed") ? volume : binding.phase(volume, "Released", "");
    switch (released.spec().persistentVolumeReclaimPolicy()) {
      case "Retain" -> {}
      case "Delete" -> delete(released);
      case "Recycle" ->
          fail(released, "VolumeFailedRecycle", "No recycler plugin found for the volume!");
      default ->
          fail(
              released,
              "VolumeUnknownReclaimPolicy",
              "Volume has unrecognized PersistentVolumeReclaimPolicy");
    }
  }

  private void delete(PersistentVolume volume) {
    String maker = volume.metadata().annotations().get(Binding.PROVISIONED_BY);
    if (maker == null) {
      fail(
          volume,
          "VolumeFailedDelete",
          "error getting deleter volume plugin for volume \"%s\": no deletable volume plugin matched"
              .formatted(volume.name()));
      return;
    }
    if (!maker.equals(HostPathProvisioner.NAME)) {
      // Who made it deletes it.
      return;
    }
    if (!isAsSeen(volume)) {
      return;
    }
    try {
      provisioner.remove(volume);
    } catch (IOException e) {
      fail(volume, "VolumeFailedDelete", String.valueOf(e));
      throw new IllegalStateException("cannot delete the folder of " + volume.name(), e);
    }
    try {
      source.delete(CoreV1.PERSISTENTVOLUMES, "", volume.name(), Deletions.of(volume));
    } catch (ApiFailure e) {
      if (!e.isNotFound()) {
        throw e;
      }
    }
  }

  /**
   * Reads the volume once more, as deleteVolumeOperation does: its owner may have saved it a moment
   * ago, and that news will have it looked at again.
   */
  private boolean isAsSeen(PersistentVolume volume) {
    try {
      PersistentVolume now = source.get(CoreV1.PERSISTENTVOLUMES, "", volume.name());
      return now.metadata().resourceVersion().equals(volume.metadata().resourceVersion());
    } catch (ApiFailure e) {
      if (e.isNotFound()) {
        return false;
      }
      throw e;
    }
  }

  private void fail(PersistentVolume volume, String reason, String message) {
    if (!volume.status().phase().equals("Failed")) {
      events.warning(binding.phase(volume, "Failed", message), reason, message);
    }
  }
}
