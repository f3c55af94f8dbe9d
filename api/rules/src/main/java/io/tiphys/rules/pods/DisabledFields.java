package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Lifecycle;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeProjection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fields of pods whose feature gates are off by default in 1.36: dropped without a word, unless the
 * object had them before. Checked against dropDisabledFields in pkg/api/pod/util.go; the gates are
 * ClusterTrustBundleProjection, PodCertificateRequest, GenericWorkload, ContainerStopSignals,
 * ImageVolumeWithDigest and DRANodeAllocatableResources.
 */
public final class DisabledFields {
  private DisabledFields() {}

  public static PodTemplateSpec dropped(PodTemplateSpec template, @Nullable PodTemplateSpec old) {
    return template.withSpec(dropped(template.spec(), old == null ? null : old.spec()));
  }

  static PodSpec dropped(PodSpec spec, @Nullable PodSpec old) {
    PodSpec kept = old == null ? PodSpec.EMPTY : old;
    PodSpec left = spec;
    if (hasBundles(spec) && !hasBundles(kept)) {
      left = withSources(left, source -> source.withClusterTrustBundle(null));
    }
    if (hasCertificates(spec) && !hasCertificates(kept)) {
      left = withSources(left, source -> source.withPodCertificate(null));
    }
    if (kept.schedulingGroup() == null && left.schedulingGroup() != null) {
      left = left.withSchedulingGroup(null);
    }
    return hasStopSignals(spec) && !hasStopSignals(kept) ? withoutStopSignals(left) : left;
  }

  /** Of a status: digests of image volumes, and claims of what the node itself has. */
  static PodStatus dropped(PodStatus status, PodStatus old) {
    PodStatus left = status;
    if (hasDigests(status) && !hasDigests(old)) {
      left =
          status.toBuilder()
              .containerStatuses(withoutDigests(status.containerStatuses()))
              .initContainerStatuses(withoutDigests(status.initContainerStatuses()))
              .ephemeralContainerStatuses(withoutDigests(status.ephemeralContainerStatuses()))
              .build();
    }
    return old.nodeAllocatableResourceClaimStatuses().isEmpty()
            && !left.nodeAllocatableResourceClaimStatuses().isEmpty()
        ? left.withNodeAllocatableResourceClaimStatuses(List.of())
        : left;
  }

  private static boolean hasDigests(PodStatus status) {
    return Stream.of(
            status.containerStatuses(),
            status.initContainerStatuses(),
            status.ephemeralContainerStatuses())
        .flatMap(List::stream)
        .flatMap(container -> container.volumeMounts().stream())
        .anyMatch(mount -> mount.volumeStatus() != null);
  }

  private static List<ContainerStatus> withoutDigests(List<ContainerStatus> statuses) {
    return PodDefaults.each(
        statuses,
        status ->
            status.withVolumeMounts(
                PodDefaults.each(status.volumeMounts(), mount -> mount.withVolumeStatus(null))));
  }

  private static Stream<VolumeProjection> sources(PodSpec spec) {
    return spec.volumes().stream()
        .map(Volume::projected)
        .flatMap(projected -> projected == null ? Stream.of() : projected.sources().stream());
  }

  private static boolean hasBundles(PodSpec spec) {
    return sources(spec).anyMatch(source -> source.clusterTrustBundle() != null);
  }

  private static boolean hasCertificates(PodSpec spec) {
    return sources(spec).anyMatch(source -> source.podCertificate() != null);
  }

  /** Changes one source of a projected volume. */
  private interface Change {
    VolumeProjection of(VolumeProjection source);
  }

  private static PodSpec withSources(PodSpec spec, Change change) {
    return spec.withVolumes(
        PodDefaults.each(
            spec.volumes(),
            volume ->
                volume.projected() == null
                    ? volume
                    : volume.withProjected(
                        volume
                            .projected()
                            .withSources(
                                PodDefaults.each(volume.projected().sources(), change::of)))));
  }

  private static boolean hasStopSignals(PodSpec spec) {
    return Stream.of(
            spec.containers().stream().map(Container::lifecycle),
            spec.initContainers().stream().map(Container::lifecycle),
            spec.ephemeralContainers().stream().map(EphemeralContainer::lifecycle))
        .flatMap(lifecycles -> lifecycles)
        .anyMatch(lifecycle -> lifecycle != null && lifecycle.stopSignal() != null);
  }

  private static PodSpec withoutStopSignals(PodSpec spec) {
    return spec.toBuilder()
        .containers(each(spec.containers()))
        .initContainers(each(spec.initContainers()))
        .ephemeralContainers(
            PodDefaults.each(
                spec.ephemeralContainers(),
                container -> container.withLifecycle(withoutSignal(container.lifecycle()))))
        .build();
  }

  private static List<Container> each(List<Container> containers) {
    return PodDefaults.each(
        containers, container -> container.withLifecycle(withoutSignal(container.lifecycle())));
  }

  private static @Nullable Lifecycle withoutSignal(@Nullable Lifecycle lifecycle) {
    if (lifecycle == null || lifecycle.stopSignal() == null) {
      return lifecycle;
    }
    Lifecycle left = lifecycle.withStopSignal(null);
    return left.equals(Lifecycle.EMPTY) ? null : left;
  }
}
