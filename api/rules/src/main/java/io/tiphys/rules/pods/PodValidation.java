package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.EnvVar;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeMount;
import io.tiphys.meta.Names;
import io.tiphys.meta.Quantity;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is wrong with a pod's spec; checked against pkg/apis/core/validation/validation.go. */
public final class PodValidation {
  private static final List<String> RESTART_POLICIES = List.of("Always", "OnFailure", "Never");
  private static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");
  private static final List<String> DNS_POLICIES =
      List.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> MESSAGE_POLICIES = List.of("FallbackToLogsOnError", "File");

  private final List<FieldError> errors = new ArrayList<>();

  private PodValidation() {}

  /**
   * @param path of the spec
   */
  public static List<FieldError> of(PodSpec spec, FieldPath path) {
    PodValidation validation = new PodValidation();
    validation.check(spec, path);
    return validation.errors;
  }

  private void check(PodSpec spec, FieldPath path) {
    Set<String> volumes = new HashSet<>();
    for (int i = 0; i < spec.volumes().size(); i++) {
      volume(spec.volumes().get(i), volumes, path.child("volumes").index(i));
    }
    Set<String> names = new HashSet<>();
    if (spec.containers().isEmpty()) {
      errors.add(FieldError.required(path.child("containers"), ""));
    }
    for (int i = 0; i < spec.containers().size(); i++) {
      container(spec.containers().get(i), names, volumes, path.child("containers").index(i));
    }
    for (int i = 0; i < spec.initContainers().size(); i++) {
      FieldPath at = path.child("initContainers").index(i);
      container(spec.initContainers().get(i), names, volumes, at);
    }
    oneOf(path.child("restartPolicy"), spec.restartPolicy(), RESTART_POLICIES);
    oneOf(path.child("dnsPolicy"), spec.dnsPolicy(), DNS_POLICIES);
    Long grace = spec.terminationGracePeriodSeconds();
    if (grace != null && grace < 0) {
      notNegative(path.child("terminationGracePeriodSeconds"), grace);
    }
    Long deadline = spec.activeDeadlineSeconds();
    if (deadline != null && (deadline < 1 || deadline > Integer.MAX_VALUE)) {
      errors.add(
          FieldError.invalid(
              path.child("activeDeadlineSeconds"),
              deadline,
              "must be between 1 and 2147483647, inclusive"));
    }
    name(path.child("serviceAccountName"), spec.serviceAccountName(), true);
    errors.addAll(TolerationValidation.of(spec.tolerations(), path.child("tolerations")));
    name(path.child("nodeName"), spec.nodeName(), true);
    name(path.child("priorityClassName"), spec.priorityClassName(), true);
    name(path.child("hostname"), spec.hostname(), false);
    name(path.child("subdomain"), spec.subdomain(), false);
  }

  private void volume(Volume volume, Set<String> names, FieldPath path) {
    FieldPath at = path.child("name");
    if (volume.name().isEmpty()) {
      errors.add(FieldError.required(at, ""));
      return;
    }
    name(at, volume.name(), false);
    if (!names.add(volume.name())) {
      errors.add(FieldError.duplicate(at, volume.name()));
    }
    ValueSources.surplus(volume)
        .forEach(
            field ->
                errors.add(
                    FieldError.forbidden(
                        path.child(field), "may not specify more than 1 volume type")));
    if (volume.persistentVolumeClaim() != null
        && volume.persistentVolumeClaim().claimName().isEmpty()) {
      errors.add(FieldError.required(path.child("persistentVolumeClaim", "claimName"), ""));
    }
    if (volume.secret() != null && volume.secret().secretName().isEmpty()) {
      errors.add(FieldError.required(path.child("secret", "secretName"), ""));
    }
    if (volume.configMap() != null && volume.configMap().name().isEmpty()) {
      errors.add(FieldError.required(path.child("configMap", "name"), ""));
    }
    if (volume.hostPath() != null && volume.hostPath().path().isEmpty()) {
      errors.add(FieldError.required(path.child("hostPath", "path"), ""));
    }
  }

  private void container(
      Container container, Set<String> names, Set<String> volumes, FieldPath path) {
    FieldPath at = path.child("name");
    if (container.name().isEmpty()) {
      errors.add(FieldError.required(at, ""));
    } else {
      name(at, container.name(), false);
      if (!names.add(container.name())) {
        errors.add(FieldError.duplicate(at, container.name()));
      }
    }
    if (container.image().isEmpty()) {
      errors.add(FieldError.required(path.child("image"), ""));
    } else if (!container.image().strip().equals(container.image())) {
      errors.add(
          FieldError.invalid(
              path.child("image"),
              container.image(),
              "must not have leading or trailing whitespace"));
    }
    oneOf(
        path.child("terminationMessagePolicy"),
        container.terminationMessagePolicy(),
        MESSAGE_POLICIES);
    ports(container.ports(), path.child("ports"));
    env(container.env(), path.child("env"));
    mounts(container.volumeMounts(), volumes, path.child("volumeMounts"));
    oneOf(path.child("imagePullPolicy"), container.imagePullPolicy(), PULL_POLICIES);
    resources(container, path.child("resources"));
    errors.addAll(ProbeValidation.of(container, path));
  }

  private void ports(List<ContainerPort> ports, FieldPath path) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      ContainerPort port = ports.get(i);
      FieldPath at = path.index(i);
      if (!port.name().isEmpty()) {
        List<String> wrong = Names.portName(port.name());
        wrong.forEach(w -> errors.add(FieldError.invalid(at.child("name"), port.name(), w)));
        if (wrong.isEmpty() && !names.add(port.name())) {
          errors.add(FieldError.duplicate(at.child("name"), port.name()));
        }
      }
      if (port.containerPort() == 0) {
        errors.add(FieldError.required(at.child("containerPort"), ""));
      } else {
        portNumber(at.child("containerPort"), port.containerPort());
      }
      if (port.hostPort() != 0) {
        portNumber(at.child("hostPort"), port.hostPort());
      }
      oneOf(at.child("protocol"), port.protocol(), PROTOCOLS);
    }
  }

  private void portNumber(FieldPath path, int port) {
    if (port < 1 || port > 65535) {
      errors.add(FieldError.invalid(path, port, "must be between 1 and 65535, inclusive"));
    }
  }

  private void env(List<EnvVar> variables, FieldPath path) {
    for (int i = 0; i < variables.size(); i++) {
      FieldPath at = path.index(i).child("name");
      String name = variables.get(i).name();
      if (name.isEmpty()) {
        errors.add(FieldError.required(at, ""));
      } else {
        Names.envVarName(name).forEach(w -> errors.add(FieldError.invalid(at, name, w)));
      }
      String wrong = ValueSources.wrong(variables.get(i));
      if (!wrong.isEmpty()) {
        errors.add(FieldError.invalid(path.index(i).child("valueFrom"), "", wrong));
      }
    }
  }

  private void mounts(List<VolumeMount> mounts, Set<String> volumes, FieldPath path) {
    Set<String> places = new HashSet<>();
    for (int i = 0; i < mounts.size(); i++) {
      VolumeMount mount = mounts.get(i);
      FieldPath at = path.index(i);
      if (mount.name().isEmpty()) {
        errors.add(FieldError.required(at.child("name"), ""));
      }
      if (!volumes.contains(mount.name())) {
        errors.add(FieldError.notFound(at.child("name"), mount.name()));
      }
      if (mount.mountPath().isEmpty()) {
        errors.add(FieldError.required(at.child("mountPath"), ""));
      } else if (!places.add(mount.mountPath())) {
        errors.add(FieldError.invalid(at.child("mountPath"), mount.mountPath(), "must be unique"));
      }
      if (!mount.subPath().isEmpty() && leaves(mount.subPath())) {
        errors.add(
            FieldError.invalid(at.child("subPath"), mount.subPath(), "must not contain '..'"));
      }
    }
  }

  private static boolean leaves(String path) {
    return List.of(path.split("/")).contains("..");
  }

  private void resources(Container container, FieldPath path) {
    Map<String, Quantity> limits = container.resources().limits();
    limits.forEach(
        (name, amount) -> {
          if (amount.signum() < 0) {
            notNegative(path.child("limits").key(name), amount.toString());
          }
        });
    container
        .resources()
        .requests()
        .forEach(
            (name, amount) -> {
              FieldPath at = path.child("requests");
              if (amount.signum() < 0) {
                notNegative(at.key(name), amount.toString());
              }
              Quantity limit = limits.get(name);
              if (limit != null && amount.compareTo(limit) > 0) {
                errors.add(
                    FieldError.invalid(
                        at,
                        amount.toString(),
                        "must be less than or equal to %s limit of %s".formatted(name, limit)));
              }
            });
  }

  private void notNegative(FieldPath path, Object value) {
    errors.add(FieldError.invalid(path, value, "must be greater than or equal to 0"));
  }

  private void oneOf(FieldPath path, String value, List<String> known) {
    if (value.isEmpty()) {
      errors.add(FieldError.required(path, ""));
    } else if (!known.contains(value)) {
      errors.add(FieldError.notSupported(path, value, known));
    }
  }

  private void name(FieldPath path, String name, boolean subdomain) {
    if (!name.isEmpty()) {
      List<String> wrong = subdomain ? Names.dns1123Subdomain(name) : Names.dns1123Label(name);
      wrong.forEach(w -> errors.add(FieldError.invalid(path, name, w)));
    }
  }
}
