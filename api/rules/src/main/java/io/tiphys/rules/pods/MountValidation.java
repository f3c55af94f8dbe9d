package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeDevice;
import io.tiphys.api.core.v1.VolumeMount;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a container has its volumes; checked against ValidateVolumeMounts and
 * ValidateVolumeDevices.
 */
final class MountValidation {
  private static final List<String> PROPAGATIONS =
      List.of("Bidirectional", "HostToContainer", "None");
  private static final List<String> RECURSIVE = List.of("Disabled", "Enabled", "IfPossible");
  private final Checks checks;
  private final Container container;
  private final Map<String, Volume> volumes;

  MountValidation(Checks checks, Container container, Map<String, Volume> volumes) {
    this.checks = checks;
    this.container = container;
    this.volumes = volumes;
  }

  void mounts(FieldPath path) {
    Set<String> places = new HashSet<>();
    for (int i = 0; i < container.volumeMounts().size(); i++) {
      VolumeMount mount = container.volumeMounts().get(i);
      FieldPath at = path.index(i);
      if (mount.name().isEmpty()) {
        checks.required(at.child("name"));
      }
      if (!volumes.containsKey(mount.name())) {
        checks.add(FieldError.notFound(at.child("name"), mount.name()));
      }
      if (mount.mountPath().isEmpty()) {
        checks.required(at.child("mountPath"));
      }
      if (!places.add(mount.mountPath())) {
        checks.invalid(at.child("mountPath"), mount.mountPath(), "must be unique");
      }
      if (container.volumeDevices().stream().anyMatch(d -> d.name().equals(mount.name()))) {
        checks.invalid(at.child("name"), mount.name(), "must not already exist in volumeDevices");
      }
      if (container.volumeDevices().stream()
          .anyMatch(device -> device.devicePath().equals(mount.mountPath()))) {
        checks.invalid(
            at.child("mountPath"),
            mount.mountPath(),
            "must not already exist as a path in volumeDevices");
      }
      part(mount, at, path);
      propagation(mount, container.securityContext(), path.child("mountPropagation"));
      recursive(mount, path.child("recursiveReadOnly"));
    }
  }

  /** Upstream says some of it of the list, not of the mount. */
  private void part(VolumeMount mount, FieldPath at, FieldPath list) {
    if (!mount.subPath().isEmpty()) {
      VolumeValidation.inside(checks, mount.subPath(), list.child("subPath"));
    }
    if (!mount.subPathExpr().isEmpty()) {
      if (!mount.subPath().isEmpty()) {
        checks.invalid(
            at.child("subPathExpr"),
            mount.subPathExpr(),
            "subPathExpr and subPath are mutually exclusive");
      }
      VolumeValidation.inside(checks, mount.subPathExpr(), list.child("subPathExpr"));
    }
  }

  private void propagation(VolumeMount mount, @Nullable SecurityContext security, FieldPath path) {
    checks.supported(path, mount.mountPropagation(), PROPAGATIONS);
    boolean privileged = security != null && Boolean.TRUE.equals(security.privileged());
    if ("Bidirectional".equals(mount.mountPropagation()) && !privileged) {
      checks.forbidden(
          path, "Bidirectional mount propagation is available only to privileged containers");
    }
  }

  private void recursive(VolumeMount mount, FieldPath path) {
    String recursive = mount.recursiveReadOnly();
    checks.supported(path, recursive, RECURSIVE);
    if (!"Enabled".equals(recursive) && !"IfPossible".equals(recursive)) {
      return;
    }
    if (!mount.readOnly()) {
      checks.forbidden(path, "may only be specified when readOnly is true");
    }
    if (mount.mountPropagation() != null && !mount.mountPropagation().equals("None")) {
      checks.forbidden(
          path, "may only be specified when mountPropagation is None or not specified");
    }
  }

  void devices(FieldPath path) {
    Set<String> names = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (int i = 0; i < container.volumeDevices().size(); i++) {
      VolumeDevice device = container.volumeDevices().get(i);
      FieldPath at = path.index(i);
      if (device.name().isEmpty()) {
        checks.required(at.child("name"));
      } else if (!names.add(device.name())) {
        checks.invalid(at.child("name"), device.name(), "must be unique");
      }
      source(device, at);
      place(device, places, at);
      if (container.volumeMounts().stream().anyMatch(m -> m.name().equals(device.name()))) {
        checks.invalid(at.child("name"), device.name(), "must not already exist in volumeMounts");
      }
      if (container.volumeMounts().stream()
          .anyMatch(mount -> mount.mountPath().equals(device.devicePath()))) {
        checks.invalid(
            at.child("devicePath"),
            device.devicePath(),
            "must not already exist as a path in volumeMounts");
      }
    }
  }

  private void source(VolumeDevice device, FieldPath path) {
    Volume volume = volumes.get(device.name());
    if (volume == null) {
      checks.add(FieldError.notFound(path.child("name"), device.name()));
    } else if (volume.persistentVolumeClaim() == null && volume.ephemeral() == null) {
      checks.invalid(
          path.child("name"),
          device.name(),
          "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
    }
  }

  private void place(VolumeDevice device, Set<String> places, FieldPath path) {
    String place = device.devicePath();
    FieldPath at = path.child("devicePath");
    if (place.isEmpty()) {
      checks.required(at);
    }
    if (places.contains(place)) {
      checks.invalid(at, place, "must be unique");
    }
    if (VolumeValidation.stepsBack(place)) {
      checks.invalid(at, place, "can not contain backsteps ('..')");
    } else {
      places.add(place);
    }
  }
}
