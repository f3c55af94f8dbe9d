package io.tiphys.controllers.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.core.v1.HostPathVolumeSource;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.PersistentVolumeClaimSpec;
import io.tiphys.api.core.v1.PersistentVolumeSpec;
import io.tiphys.api.core.v1.PersistentVolumeStatus;
import io.tiphys.api.core.v1.VolumeResourceRequirements;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.base.machine.Machine;
import io.tiphys.client.EventRecorder;
import io.tiphys.controllers.kit.World;
import io.tiphys.meta.Quantity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VolumeDecisionsTest {
  private static final PersistentVolumeClaim CLAIM = claim("c", "1Gi", "");

  @Test
  void aFolderHoldsPodsOnItsNodeIfThereIsOne() {
    StorageClass standard = storageClass("standard", "Immediate");
    Path root = Path.of("/volumes");
    VolumeFolders folders = new LocalFolders(Machine.own().disk());
    try (World world = new World()) {
      assertThat(
              new HostPathProvisioner(world.api, folders, root, "n1")
                  .volume(CLAIM, standard)
                  .spec()
                  .nodeAffinity())
          .asString()
          .contains("kubernetes.io/hostname", "n1");
      assertThat(
              new HostPathProvisioner(world.api, folders, root, "")
                  .volume(CLAIM, standard)
                  .spec()
                  .nodeAffinity())
          .isNull();
    }
  }

  @Test
  void theSmallestThatFitsIsTaken() {
    PersistentVolume large = volume("large", "10Gi", "ReadWriteOnce");
    PersistentVolume small = volume("small", "2Gi", "ReadWriteOnce");
    PersistentVolume many = volume("many", "1Gi", "ReadWriteOnce", "ReadWriteMany");
    PersistentVolume tiny = volume("tiny", "1Mi", "ReadWriteOnce");
    assertThat(Matching.best(List.of(large, small, many, tiny), CLAIM, false)).isEqualTo(small);
    assertThat(Matching.best(List.of(large, small), CLAIM, true)).isNull();
    assertThat(Matching.best(List.of(tiny), CLAIM, false)).isNull();
  }

  @Test
  void whatIsKeptForTheClaimComesFirst() {
    PersistentVolume small = volume("small", "2Gi", "ReadWriteOnce");
    PersistentVolume kept = claimed(volume("kept", "10Gi", "ReadWriteOnce"), CLAIM, "");
    PersistentVolume taken = claimed(volume("taken", "1Gi", "ReadWriteOnce"), CLAIM, "another uid");
    assertThat(Matching.best(List.of(taken, small, kept), CLAIM, true)).isEqualTo(kept);
  }

  @Test
  void whyAVolumeWillNotDo() {
    assertThat(Matching.misfit(volume("v", "1Mi", "ReadWriteOnce"), CLAIM))
        .isEqualTo("requested PV is too small");
    assertThat(Matching.misfit(volume("v", "1Gi", "ReadOnlyMany"), CLAIM))
        .isEqualTo("incompatible accessMode");
    PersistentVolume block = volume("v", "1Gi", "ReadWriteOnce");
    assertThat(Matching.misfit(block.withSpec(block.spec().withVolumeMode("Block")), CLAIM))
        .isEqualTo("incompatible volumeMode");
    assertThat(Matching.misfit(volume("v", "1Gi", "ReadWriteOnce"), claim("c", "1Gi", "fast")))
        .isEqualTo("storageClassName does not match");
    PersistentVolume ending = volume("v", "1Gi", "ReadWriteOnce");
    ending = ending.withMetadata(ending.metadata().withDeletionTimestamp(Instant.EPOCH));
    assertThat(Matching.misfit(ending, CLAIM)).isEqualTo("the volume is marked for deletion \"v\"");
    assertThat(Matching.misfit(volume("v", "1Gi", "ReadWriteOnce"), CLAIM)).isNull();
  }

  @Test
  void aSelectorNarrowsTheChoice() {
    PersistentVolumeClaim choosy =
        CLAIM.withSpec(
            CLAIM.spec().withSelector(LabelSelector.EMPTY.withMatchLabels(Map.of("k", "v"))));
    PersistentVolume plain = volume("plain", "1Gi", "ReadWriteOnce");
    PersistentVolume labelled =
        plain.withMetadata(plain.metadata().toBuilder().name("l").labels(Map.of("k", "v")).build());
    assertThat(Matching.best(List.of(plain, labelled), choosy, false)).isEqualTo(labelled);
  }

  @Test
  void aClaimNamesWhatItWaitsFor() {
    StorageClass lazy = storageClass("lazy", "WaitForFirstConsumer");
    StorageClass fast = storageClass("fast", "Immediate");
    List<StorageClass> classes = List.of(lazy, fast);

    assertThat(step(CLAIM, List.of(), classes))
        .isEqualTo(
            new ClaimStep.Wait(
                ClaimStep.Note.normal(
                    "FailedBinding",
                    "no persistent volumes available for this claim and no storage class is set")));
    assertThat(step(claim("c", "1Gi", "fast"), List.of(), classes))
        .isEqualTo(new ClaimStep.Provision(fast));
    assertThat(step(claim("c", "1Gi", "lazy"), List.of(), classes))
        .isEqualTo(
            new ClaimStep.Wait(
                ClaimStep.Note.normal(
                    "WaitForFirstConsumer",
                    "waiting for first consumer to be created before binding")));
    assertThat(
            ClaimStep.of(
                claim("c", "1Gi", "lazy"), new Facts(List.of(), classes, List.of("p1", "p2"))))
        .isEqualTo(
            new ClaimStep.Wait(
                ClaimStep.Note.normal(
                    "WaitForPodScheduled", "waiting for pods p1,p2 to be scheduled")));
    PersistentVolumeClaim chosen = claim("c", "1Gi", "lazy");
    chosen =
        chosen.withMetadata(chosen.metadata().withAnnotations(Map.of(Binding.SELECTED_NODE, "n1")));
    assertThat(step(chosen, List.of(), classes)).isEqualTo(new ClaimStep.Provision(lazy));
    assertThat(step(claim("c", "1Gi", "none"), List.of(), classes))
        .isEqualTo(
            new ClaimStep.Wait(
                ClaimStep.Note.warning(
                    "ProvisioningFailed", "storageclass.storage.k8s.io \"none\" not found")));
  }

  @Test
  void aClaimThatNamesNoClassGetsTheDefault() {
    StorageClass byDefault = storageClass("fast", "Immediate");
    byDefault =
        byDefault.withMetadata(
            byDefault
                .metadata()
                .withAnnotations(Map.of("storageclass.kubernetes.io/is-default-class", "true")));
    PersistentVolumeClaim open = CLAIM.withSpec(CLAIM.spec().withStorageClassName(null));
    assertThat(step(open, List.of(), List.of(byDefault)))
        .isEqualTo(new ClaimStep.Assign(byDefault));
    assertThat(step(CLAIM, List.of(), List.of(byDefault))).isInstanceOf(ClaimStep.Wait.class);
  }

  @Test
  void aClaimThatNamesItsVolume() {
    PersistentVolumeClaim naming = CLAIM.withSpec(CLAIM.spec().withVolumeName("v"));
    PersistentVolume volume = volume("v", "1Gi", "ReadWriteOnce");
    assertThat(step(naming, List.of(), List.of())).isEqualTo(new ClaimStep.Wait(null));
    assertThat(step(naming, List.of(volume), List.of())).isEqualTo(new ClaimStep.Bind(volume));
    assertThat(step(naming, List.of(volume("v", "1Mi", "ReadWriteOnce")), List.of()))
        .isEqualTo(
            new ClaimStep.Wait(
                ClaimStep.Note.warning(
                    "VolumeMismatch",
                    "Cannot bind to requested volume \"v\": requested PV is too small")));
    assertThat(step(naming, List.of(claimed(volume, CLAIM, "other")), List.of()))
        .isEqualTo(
            new ClaimStep.Wait(
                ClaimStep.Note.warning(
                    "FailedBinding", "volume \"v\" already bound to a different claim.")));
  }

  @Test
  void aBoundClaimMayLoseItsVolume() {
    PersistentVolumeClaim bound =
        CLAIM.toBuilder()
            .metadata(CLAIM.metadata().withAnnotations(Map.of(Binding.BIND_COMPLETED, "yes")))
            .spec(CLAIM.spec().withVolumeName("v"))
            .build();
    PersistentVolume volume = volume("v", "1Gi", "ReadWriteOnce");
    assertThat(step(bound, List.of(), List.of()))
        .isInstanceOfSatisfying(
            ClaimStep.Lose.class, lose -> assertThat(lose.note().reason()).isEqualTo("ClaimLost"));
    assertThat(step(bound, List.of(claimed(volume, CLAIM, "other")), List.of()))
        .isInstanceOfSatisfying(
            ClaimStep.Lose.class,
            lose -> assertThat(lose.note().reason()).isEqualTo("ClaimMisbound"));
    assertThat(step(bound, List.of(volume), List.of())).isEqualTo(new ClaimStep.Bind(volume));
  }

  @Test
  void whatBecomesOfAVolume() {
    PersistentVolume free = volume("v", "1Gi", "ReadWriteOnce");
    PersistentVolume kept = claimed(free, CLAIM, "");
    PersistentVolume bound = claimed(free, CLAIM, CLAIM.metadata().uid());
    PersistentVolumeClaim naming = CLAIM.withSpec(CLAIM.spec().withVolumeName("v"));
    PersistentVolumeClaim elsewhere = CLAIM.withSpec(CLAIM.spec().withVolumeName("w"));
    PersistentVolume made =
        bound.toBuilder()
            .metadata(bound.metadata().withAnnotations(Map.of(Binding.PROVISIONED_BY, "x")))
            .spec(bound.spec().withPersistentVolumeReclaimPolicy("Delete"))
            .build();

    assertThat(VolumeStep.of(free, null)).isEqualTo(new VolumeStep.Phase("Available"));
    assertThat(VolumeStep.of(kept, null)).isEqualTo(new VolumeStep.Phase("Available"));
    assertThat(VolumeStep.of(bound, null)).isEqualTo(new VolumeStep.Reclaim());
    assertThat(VolumeStep.of(bound, CLAIM)).isEqualTo(new VolumeStep.LookAtClaim());
    assertThat(VolumeStep.of(bound, naming)).isEqualTo(new VolumeStep.Phase("Bound"));
    assertThat(VolumeStep.of(bound, elsewhere)).isEqualTo(new VolumeStep.Unbind());
    assertThat(VolumeStep.of(made, elsewhere)).isEqualTo(new VolumeStep.Reclaim());
  }

  private record Facts(
      List<PersistentVolume> volumes, List<StorageClass> classes, List<String> unscheduledPods)
      implements ClaimStep.Known {
    @Override
    public @Nullable PersistentVolume volume(String name) {
      return volumes.stream().filter(v -> v.name().equals(name)).findFirst().orElse(null);
    }

    @Override
    public @Nullable StorageClass storageClass(String name) {
      return classes.stream().filter(c -> c.name().equals(name)).findFirst().orElse(null);
    }
  }

  private static ClaimStep step(
      PersistentVolumeClaim claim, List<PersistentVolume> volumes, List<StorageClass> classes) {
    return ClaimStep.of(claim, new Facts(volumes, classes, List.of()));
  }

  static PersistentVolumeClaim claim(String name, String size, @Nullable String className) {
    return PersistentVolumeClaim.builder()
        .metadata(World.meta("ns", name).withUid("uid-" + name))
        .spec(
            PersistentVolumeClaimSpec.builder()
                .accessModes(List.of("ReadWriteOnce"))
                .resources(
                    new VolumeResourceRequirements(
                        Map.of(), Map.of("storage", Quantity.parse(size))))
                .storageClassName(className)
                .build())
        .build();
  }

  static PersistentVolume volume(String name, String size, String... modes) {
    return PersistentVolume.builder()
        .metadata(ObjectMeta.builder().name(name).build())
        .spec(
            PersistentVolumeSpec.builder()
                .capacity(Map.of("storage", Quantity.parse(size)))
                .accessModes(List.of(modes))
                .persistentVolumeReclaimPolicy("Retain")
                .hostPath(new HostPathVolumeSource("/volumes/" + name, ""))
                .build())
        .status(PersistentVolumeStatus.EMPTY.withPhase("Available"))
        .build();
  }

  private static PersistentVolume claimed(
      PersistentVolume volume, PersistentVolumeClaim claim, String uid) {
    ObjectReference reference = EventRecorder.reference(claim).withUid(uid);
    return volume.withSpec(volume.spec().withClaimRef(reference));
  }

  static StorageClass storageClass(String name, String mode) {
    return StorageClass.builder()
        .metadata(ObjectMeta.builder().name(name).build())
        .provisioner("example.com/foreign")
        .volumeBindingMode(mode)
        .build();
  }
}
