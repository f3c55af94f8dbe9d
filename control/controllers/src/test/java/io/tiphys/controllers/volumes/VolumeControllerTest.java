package io.tiphys.controllers.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimVolumeSource;
import io.tiphys.api.core.v1.PersistentVolumeStatus;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.base.machine.Machine;
import io.tiphys.controllers.kit.Ahead;
import io.tiphys.controllers.kit.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeControllerTest {
  private final World world = new World();

  @TempDir Path root;

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void aFreeVolumeIsBound() throws InterruptedException {
    world.source.put(
        CoreV1.PERSISTENTVOLUMES,
        VolumeDecisionsTest.volume("v", "2Gi", "ReadWriteOnce")
            .withStatus(PersistentVolumeStatus.EMPTY));
    open();
    world.source.put(CoreV1.PERSISTENTVOLUMECLAIMS, VolumeDecisionsTest.claim("c", "1Gi", ""));

    PersistentVolumeClaim claim =
        world.await(
            CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c", c -> c.status().phase().equals("Bound"));
    assertThat(claim.spec().volumeName()).isEqualTo("v");
    assertThat(claim.status().capacity().get("storage")).hasToString("2Gi");
    assertThat(claim.metadata().annotations())
        .containsEntry("pv.kubernetes.io/bind-completed", "yes")
        .containsEntry("pv.kubernetes.io/bound-by-controller", "yes");
    PersistentVolume volume =
        world.await(CoreV1.PERSISTENTVOLUMES, "", "v", v -> v.status().phase().equals("Bound"));
    assertThat(Objects.requireNonNull(volume.spec().claimRef()).uid())
        .isEqualTo(claim.metadata().uid());

    world.source.delete(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c", DeleteOptions.EMPTY);
    world.await(CoreV1.PERSISTENTVOLUMES, "", "v", v -> v.status().phase().equals("Released"));
  }

  @Test
  void theStandardClassMakesFoldersAndRemovesThem() throws InterruptedException, IOException {
    open();
    assertThat(
            world
                .await(StorageV1.STORAGECLASSES, "", "standard", _ -> true)
                .metadata()
                .annotations())
        .containsEntry("storageclass.kubernetes.io/is-default-class", "true");
    world.source.put(CoreV1.PERSISTENTVOLUMECLAIMS, VolumeDecisionsTest.claim("c", "1Gi", null));

    PersistentVolumeClaim claim =
        world.await(
            CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c", c -> c.status().phase().equals("Bound"));
    assertThat(claim.spec().storageClassName()).isEqualTo("standard");
    String name = volumeName();
    assertThat(claim.spec().volumeName()).isEqualTo(name);
    assertThat(claim.metadata().annotations())
        .containsEntry("volume.kubernetes.io/storage-provisioner", "tiphys.io/host-path");
    PersistentVolume volume = world.source.get(CoreV1.PERSISTENTVOLUMES, "", name);
    Path folder = root.resolve(name);
    assertThat(volume.spec().hostPath())
        .isEqualTo(new HostPathVolumeSource(folder.toString(), "DirectoryOrCreate"));
    assertThat(volume.spec().persistentVolumeReclaimPolicy()).isEqualTo("Delete");
    assertThat(volume.metadata().annotations())
        .containsEntry("pv.kubernetes.io/provisioned-by", "tiphys.io/host-path");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
        .isEqualTo("rwxrwxrwx");
    awaitEvent("ProvisioningSucceeded", "Successfully provisioned volume " + name);

    Path outside = Files.createDirectory(root.resolve("outside"));
    Files.writeString(outside.resolve("keep"), "");
    Files.createSymbolicLink(folder.resolve("link"), outside);
    Files.writeString(Files.createDirectory(folder.resolve("sub")).resolve("file"), "");
    world.source.delete(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c", DeleteOptions.EMPTY);
    world.awaitGone(CoreV1.PERSISTENTVOLUMES, "", name);
    assertThat(folder).doesNotExist();
    assertThat(outside.resolve("keep")).exists();
  }

  @Test
  void aVolumeThatItsOwnerHasJustSavedKeepsItsData() throws InterruptedException, IOException {
    world.open(ProtectionController::open);
    world.open(
        _ ->
            VolumeController.open(
                Ahead.of(world, CoreV1.PERSISTENTVOLUMES, this::retained),
                new LocalFolders(Machine.own().disk()),
                root,
                "n1"));
    world.source.put(CoreV1.PERSISTENTVOLUMECLAIMS, VolumeDecisionsTest.claim("c", "1Gi", null));
    world.await(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c", c -> c.status().phase().equals("Bound"));
    Path data = Files.writeString(root.resolve(volumeName()).resolve("data"), "all we have");

    String name = volumeName();
    world.source.delete(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c", DeleteOptions.EMPTY);
    world.await(
        CoreV1.PERSISTENTVOLUMES,
        "",
        name,
        v -> v.spec().persistentVolumeReclaimPolicy().equals("Retain"));
    world.time.pass(Duration.ofMinutes(1));
    assertThat(data).hasContent("all we have");
    assertThat(world.source.find(CoreV1.PERSISTENTVOLUMES, "", name)).isNotNull();
  }

  private @Nullable Object retained() {
    for (PersistentVolume volume : world.source.all(CoreV1.PERSISTENTVOLUMES)) {
      world.source.put(
          CoreV1.PERSISTENTVOLUMES,
          volume.withSpec(volume.spec().withPersistentVolumeReclaimPolicy("Retain")));
    }
    return null;
  }

  /** The volume that is made for the claim. */
  private String volumeName() {
    return "pvc-" + world.source.get(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c").metadata().uid();
  }

  @Test
  void foreignProvisionersAreAsked() throws InterruptedException {
    world.source.put(
        StorageV1.STORAGECLASSES, VolumeDecisionsTest.storageClass("fast", "Immediate"));
    open();
    world.source.put(CoreV1.PERSISTENTVOLUMECLAIMS, VolumeDecisionsTest.claim("c", "1Gi", "fast"));
    awaitEvent(
        "ExternalProvisioning",
        "Waiting for a volume to be created either by the external provisioner"
            + " 'example.com/foreign' or manually by the system administrator. If volume creation"
            + " is delayed, please verify that the provisioner is running and correctly"
            + " registered.");
    assertThat(world.source.get(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c").metadata().annotations())
        .containsEntry("volume.kubernetes.io/storage-provisioner", "example.com/foreign");
  }

  @Test
  void aClaimInUseStaysUntilItsPodsAreGone() throws InterruptedException {
    PersistentVolumeClaim claim = VolumeDecisionsTest.claim("c", "1Gi", "");
    world.source.put(
        CoreV1.PERSISTENTVOLUMECLAIMS,
        claim.withMetadata(
            claim.metadata().withFinalizers(List.of(ProtectionController.CLAIM_FINALIZER))));
    PersistentVolumeClaim free = VolumeDecisionsTest.claim("free", "1Gi", "");
    world.source.put(
        CoreV1.PERSISTENTVOLUMECLAIMS,
        free.withMetadata(
            free.metadata().withFinalizers(List.of(ProtectionController.CLAIM_FINALIZER))));
    Pod user = World.running(World.pod("p", "a"), "10.0.0.1", true);
    world.source.put(
        CoreV1.PODS,
        user.withSpec(
            user.spec()
                .withVolumes(
                    List.of(
                        Volume.EMPTY
                            .withName("data")
                            .withPersistentVolumeClaim(
                                PersistentVolumeClaimVolumeSource.EMPTY.withClaimName("c"))))));
    world.open(ProtectionController::open);
    world.source.delete(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c", DeleteOptions.EMPTY);
    world.source.delete(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "free", DeleteOptions.EMPTY);
    world.awaitGone(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "free");
    assertThat(world.source.find(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c")).isNotNull();
    world.source.delete(CoreV1.PODS, "ns", "p", DeleteOptions.EMPTY.withGracePeriodSeconds(0L));
    world.awaitGone(CoreV1.PERSISTENTVOLUMECLAIMS, "ns", "c");
  }

  private void open() {
    world.open(ProtectionController::open);
    world.open(
        context ->
            VolumeController.open(context, new LocalFolders(Machine.own().disk()), root, "n1"));
  }

  private void awaitEvent(String reason, String message) throws InterruptedException {
    world.awaitThat(
        () -> world.source.all(CoreV1.EVENTS).stream().anyMatch(e -> is(e, reason, message)));
  }

  private static boolean is(Event event, String reason, String message) {
    return event.reason().equals(reason) && event.message().equals(message);
  }
}
