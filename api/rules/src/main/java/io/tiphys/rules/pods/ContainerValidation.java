package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.api.core.v1.VolumeDevice;
import io.tiphys.api.core.v1.VolumeMount;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with the containers of a pod; checked against validateContainers. */
final class ContainerValidation {
  private static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> MESSAGE_POLICIES = List.of("File", "FallbackToLogsOnError");
  private static final List<String> RESTART_POLICIES = List.of("Always", "Never", "OnFailure");
  private static final List<String> PROPAGATIONS =
      List.of("Bidirectional", "HostToContainer", "None");
  private static final String ONLY_SIDECARS =
      "may not be set for init containers without restartPolicy=Always";
  private static final String NOT_EPHEMERAL = "cannot be set for an Ephemeral Container";

  private final Checks checks;
  private final Set<String> volumes;
  private final HandlerValidation handlers;
  private final EnvValidation env;
  private final ResourceValidation resources;
  private final SecurityValidation security;
  private final boolean hostUsers;

  /**
   * @param volumes the names of the pod's volumes
   * @param graceSeconds what the pod has to end
   * @param hostUsers whether the pod's users are the host's
   */
  ContainerValidation(
      Checks checks, Set<String> volumes, @Nullable Long graceSeconds, boolean hostUsers) {
    this.checks = checks;
    this.volumes = volumes;
    handlers = new HandlerValidation(checks, graceSeconds);
    env = new EnvValidation(checks);
    resources = new ResourceValidation(checks);
    security = new SecurityValidation(checks);
    this.hostUsers = hostUsers;
  }

  void regular(List<Container> containers, FieldPath path) {
    if (containers.isEmpty()) {
      checks.required(path);
    }
    Set<String> names = new HashSet<>();
    Set<String> hostPorts = new HashSet<>();
    for (int i = 0; i < containers.size(); i++) {
      Container container = containers.get(i);
      FieldPath at = path.index(i);
      common(container, at);
      unique(container.name(), names, at);
      runs(container, at);
      checks.supported(at.child("restartPolicy"), container.restartPolicy(), RESTART_POLICIES);
    }
    for (int i = 0; i < containers.size(); i++) {
      hostPorts(containers.get(i), hostPorts, path.index(i));
    }
  }

  void init(List<Container> containers, List<Container> regular, FieldPath path) {
    Set<String> names = new HashSet<>();
    regular.forEach(container -> names.add(container.name()));
    for (int i = 0; i < containers.size(); i++) {
      Container container = containers.get(i);
      FieldPath at = path.index(i);
      common(container, at);
      checks.supported(at.child("restartPolicy"), container.restartPolicy(), RESTART_POLICIES);
      unique(container.name(), names, at);
      hostPorts(container, new HashSet<>(), path.index(0));
      if (Objects.equals(container.restartPolicy(), "Always")) {
        runs(container, at);
        continue;
      }
      unset(container.lifecycle(), at.child("lifecycle"), ONLY_SIDECARS);
      unset(container.livenessProbe(), at.child("livenessProbe"), ONLY_SIDECARS);
      unset(container.readinessProbe(), at.child("readinessProbe"), ONLY_SIDECARS);
      unset(container.startupProbe(), at.child("startupProbe"), ONLY_SIDECARS);
    }
  }

  /** Containers for looking into a pod that runs. */
  void ephemeral(List<EphemeralContainer> containers, Set<String> others, FieldPath path) {
    Set<String> names = new HashSet<>(others);
    for (int i = 0; i < containers.size(); i++) {
      EphemeralContainer given = containers.get(i);
      FieldPath at = path.index(i);
      Container container =
          Container.builder()
              .name(given.name())
              .image(given.image())
              .terminationMessagePolicy(given.terminationMessagePolicy())
              .imagePullPolicy(given.imagePullPolicy())
              .env(given.env())
              .envFrom(given.envFrom())
              .volumeMounts(given.volumeMounts())
              .volumeDevices(given.volumeDevices())
              .securityContext(given.securityContext())
              .build();
      common(container, at);
      trimmedImage(given.image(), at);
      unique(given.name(), names, at);
      if (!given.targetContainerName().isEmpty() && !others.contains(given.targetContainerName())) {
        checks.add(
            FieldError.notFound(at.child("targetContainerName"), given.targetContainerName()));
      }
      onlyAllowed(given, at);
      withoutSubPaths(given.volumeMounts(), at.child("volumeMounts"));
    }
  }

  /** What others may rely on; upstream's allowedEphemeralContainerFields, the other way round. */
  private void onlyAllowed(EphemeralContainer given, FieldPath at) {
    ResourceRequirements asked = given.resources();
    boolean asks = !asked.equals(ResourceRequirements.EMPTY);
    unset(given.ports().isEmpty() ? null : given.ports(), at.child("ports"), NOT_EPHEMERAL);
    unset(asks ? asked : null, at.child("resources"), NOT_EPHEMERAL);
    boolean resizes = !given.resizePolicy().isEmpty();
    unset(resizes ? given.resizePolicy() : null, at.child("resizePolicy"), NOT_EPHEMERAL);
    unset(given.restartPolicy(), at.child("restartPolicy"), NOT_EPHEMERAL);
    boolean ruled = !given.restartPolicyRules().isEmpty();
    unset(ruled ? given.restartPolicyRules() : null, at.child("restartPolicyRules"), NOT_EPHEMERAL);
    unset(given.livenessProbe(), at.child("livenessProbe"), NOT_EPHEMERAL);
    unset(given.readinessProbe(), at.child("readinessProbe"), NOT_EPHEMERAL);
    unset(given.startupProbe(), at.child("startupProbe"), NOT_EPHEMERAL);
    unset(given.lifecycle(), at.child("lifecycle"), NOT_EPHEMERAL);
  }

  /** Their mounts would stay until the pod ends. */
  private void withoutSubPaths(List<VolumeMount> mounts, FieldPath path) {
    for (int i = 0; i < mounts.size(); i++) {
      FieldPath at = path.index(i);
      if (!mounts.get(i).subPath().isEmpty()) {
        checks.forbidden(at.child("subPath"), NOT_EPHEMERAL);
      }
      if (!mounts.get(i).subPathExpr().isEmpty()) {
        checks.forbidden(at.child("subPathExpr"), NOT_EPHEMERAL);
      }
    }
  }

  void trimmedImage(String image, FieldPath path) {
    if (!image.strip().equals(image)) {
      checks.invalid(path.child("image"), image, "must not have leading or trailing whitespace");
    }
  }

  private void unset(@Nullable Object value, FieldPath path, String why) {
    if (value != null) {
      checks.forbidden(path, why);
    }
  }

  private void unique(String name, Set<String> names, FieldPath path) {
    if (!name.isEmpty() && !names.add(name)) {
      checks.add(FieldError.duplicate(path.child("name"), name));
    }
  }

  private void runs(Container container, FieldPath path) {
    handlers.lifecycle(container.lifecycle(), path.child("lifecycle"));
    handlers.liveness(container.livenessProbe(), path.child("livenessProbe"));
    handlers.readiness(container.readinessProbe(), path.child("readinessProbe"));
    handlers.liveness(container.startupProbe(), path.child("startupProbe"));
  }

  private void common(Container container, FieldPath path) {
    if (container.name().isEmpty()) {
      checks.required(path.child("name"));
    } else {
      checks.each(path.child("name"), container.name(), Names.dns1123Label(container.name()));
    }
    if (container.image().isEmpty()) {
      checks.required(path.child("image"));
    }
    checks.oneOf(
        path.child("terminationMessagePolicy"),
        container.terminationMessagePolicy(),
        MESSAGE_POLICIES);
    ports(container.ports(), path.child("ports"));
    env.variables(container.env(), path.child("env"));
    env.whole(container.envFrom(), path.child("envFrom"));
    mounts(container, path.child("volumeMounts"));
    devices(container.volumeDevices(), path.child("volumeDevices"));
    checks.oneOf(path.child("imagePullPolicy"), container.imagePullPolicy(), PULL_POLICIES);
    resources.container(container.resources(), path.child("resources"));
    security.container(container.securityContext(), path.child("securityContext"), hostUsers);
  }

  private void ports(List<ContainerPort> ports, FieldPath path) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      ContainerPort port = ports.get(i);
      FieldPath at = path.index(i);
      if (!port.name().isEmpty()) {
        List<String> wrong = Names.portName(port.name());
        checks.each(at.child("name"), port.name(), wrong);
        if (wrong.isEmpty() && !names.add(port.name())) {
          checks.add(FieldError.duplicate(at.child("name"), port.name()));
        }
      }
      if (port.containerPort() == 0) {
        checks.required(at.child("containerPort"));
      } else {
        checks.portNumber(at.child("containerPort"), port.containerPort());
      }
      if (port.hostPort() != 0) {
        checks.portNumber(at.child("hostPort"), port.hostPort());
      }
      checks.oneOf(at.child("protocol"), port.protocol(), PROTOCOLS);
    }
  }

  private void hostPorts(Container container, Set<String> taken, FieldPath path) {
    for (int i = 0; i < container.ports().size(); i++) {
      ContainerPort port = container.ports().get(i);
      String place = "%s/%s/%d".formatted(port.protocol(), port.hostIP(), port.hostPort());
      if (port.hostPort() != 0 && !taken.add(place)) {
        checks.add(FieldError.duplicate(path.child("ports").index(i).child("hostPort"), place));
      }
    }
  }

  private void mounts(Container container, FieldPath path) {
    Set<String> places = new HashSet<>();
    for (int i = 0; i < container.volumeMounts().size(); i++) {
      VolumeMount mount = container.volumeMounts().get(i);
      FieldPath at = path.index(i);
      if (mount.name().isEmpty()) {
        checks.required(at.child("name"));
      }
      if (!volumes.contains(mount.name())) {
        checks.add(FieldError.notFound(at.child("name"), mount.name()));
      }
      if (mount.mountPath().isEmpty()) {
        checks.required(at.child("mountPath"));
      }
      if (!places.add(mount.mountPath())) {
        checks.invalid(at.child("mountPath"), mount.mountPath(), "must be unique");
      }
      if (!mount.subPath().isEmpty()) {
        VolumeValidation.inside(checks, mount.subPath(), path.child("subPath"));
      }
      if (!mount.subPathExpr().isEmpty()) {
        if (!mount.subPath().isEmpty()) {
          checks.invalid(
              at.child("subPathExpr"),
              mount.subPathExpr(),
              "subPathExpr and subPath are mutually exclusive");
        }
        VolumeValidation.inside(checks, mount.subPathExpr(), path.child("subPathExpr"));
      }
      propagation(mount, container.securityContext(), path.child("mountPropagation"));
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

  private void devices(List<VolumeDevice> devices, FieldPath path) {
    for (int i = 0; i < devices.size(); i++) {
      FieldPath at = path.index(i);
      if (devices.get(i).name().isEmpty()) {
        checks.required(at.child("name"));
      }
      if (devices.get(i).devicePath().isEmpty()) {
        checks.required(at.child("devicePath"));
      }
      if (!volumes.contains(devices.get(i).name())) {
        checks.add(FieldError.notFound(at.child("name"), devices.get(i).name()));
      }
    }
  }
}
