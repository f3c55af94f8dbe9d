package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.ContainerResizePolicy;
import io.tiphys.api.core.v1.ContainerRestartRule;
import io.tiphys.api.core.v1.ContainerRestartRuleOnExitCodes;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.api.core.v1.Volume;
import io.tiphys.api.core.v1.VolumeMount;
import io.tiphys.meta.GoText;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with the containers of a pod; checked against validateContainers. */
final class ContainerValidation {
  static final List<String> PULL_POLICIES = List.of("Always", "IfNotPresent", "Never");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> MESSAGE_POLICIES = List.of("File", "FallbackToLogsOnError");
  private static final List<String> RESTART_POLICIES = List.of("Always", "Never", "OnFailure");
  private static final List<String> RESIZED = List.of("cpu", "memory");
  private static final List<String> RESIZES = List.of("NotRequired", "RestartContainer");
  private static final List<String> RULE_ACTIONS = List.of("Restart", "RestartAllContainers");
  private static final List<String> RULE_OPERATORS = List.of("In", "NotIn");

  /** Upstream's limits of restartPolicyRules and of a rule's exit codes. */
  private static final int MAX_RULES = 20;

  private static final int MAX_EXIT_CODES = 255;
  private static final String ONLY_SIDECARS =
      "may not be set for init containers without restartPolicy=Always";
  private static final String NO_POLICY = "must specify restartPolicy when restart rules are used";
  private static final String NOT_EPHEMERAL = "cannot be set for an Ephemeral Container";

  private final Checks checks;
  private final PodSpec pod;
  private final Map<String, Volume> volumes;
  private final Set<String> claims = new HashSet<>();
  private final HandlerValidation handlers;
  private final EnvValidation env;
  private final ResourceValidation resources;
  private final SecurityValidation security;

  /**
   * @param volumes the pod's volumes that can be mounted, by their names
   */
  ContainerValidation(Checks checks, PodSpec pod, Map<String, Volume> volumes) {
    this.checks = checks;
    this.pod = pod;
    this.volumes = volumes;
    pod.resourceClaims().forEach(claim -> claims.add(claim.name()));
    claims.remove("");
    handlers = new HandlerValidation(checks, pod.terminationGracePeriodSeconds());
    env = new EnvValidation(checks);
    resources = new ResourceValidation(checks);
    security = new SecurityValidation(checks);
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
      restarts(container, at);
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
      if (container.restartPolicy() != null || container.restartPolicyRules().isEmpty()) {
        restarts(container, at);
      } else {
        checks.required(at.child("restartPolicy"), NO_POLICY);
      }
      if (!container.name().isEmpty() || names.contains("")) {
        unique(container.name(), names, at);
      }
      hostPorts(container, new HashSet<>(), path.index(0));
      if (Objects.equals(container.restartPolicy(), "Always")) {
        runs(container, at);
        continue;
      }
      unset(container.lifecycle(), at.child("lifecycle"), ONLY_SIDECARS);
      unset(container.livenessProbe(), at.child("livenessProbe"), ONLY_SIDECARS);
      unset(container.readinessProbe(), at.child("readinessProbe"), ONLY_SIDECARS);
      unset(container.startupProbe(), at.child("startupProbe"), ONLY_SIDECARS);
      for (int j = 0; j < container.resizePolicy().size(); j++) {
        String policy = container.resizePolicy().get(j).restartPolicy();
        if (policy.equals("RestartContainer")) {
          checks.invalid(
              at.child("resizePolicy").index(j).child("restartPolicy"),
              policy,
              "must not be set to 'RestartContainer' for non-sidecar initContainers");
        }
      }
    }
  }

  private void restarts(Container container, FieldPath path) {
    FieldPath policy = path.child("restartPolicy");
    FieldPath rules = path.child("restartPolicyRules");
    List<ContainerRestartRule> given = container.restartPolicyRules();
    if (container.restartPolicy() == null && !given.isEmpty()) {
      checks.required(policy, NO_POLICY);
    }
    checks.supported(policy, container.restartPolicy(), RESTART_POLICIES);
    if (given.size() > MAX_RULES) {
      checks.add(FieldError.tooMany(rules, given.size(), MAX_RULES));
    }
    for (int i = 0; i < given.size(); i++) {
      checks.supported(rules.index(i).child("action"), given.get(i).action(), RULE_ACTIONS);
      ContainerRestartRuleOnExitCodes codes = given.get(i).exitCodes();
      FieldPath at = rules.index(i).child("exitCodes");
      if (codes == null) {
        checks.required(at, "must be specified");
        continue;
      }
      checks.supported(at.child("operator"), codes.operator(), RULE_OPERATORS);
      if (codes.values().size() > MAX_EXIT_CODES) {
        checks.add(FieldError.tooMany(at.child("values"), codes.values().size(), MAX_EXIT_CODES));
      }
    }
  }

  private void resizes(List<ContainerResizePolicy> policies, FieldPath path) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < policies.size(); i++) {
      ContainerResizePolicy policy = policies.get(i);
      if (!seen.add(policy.resourceName())) {
        checks.add(FieldError.duplicate(path.index(i), policy.resourceName()));
      }
      checks.oneOf(path, policy.resourceName(), RESIZED);
      checks.oneOf(path, policy.restartPolicy(), RESIZES);
      if (pod.restartPolicy().equals("Never") && !policy.restartPolicy().equals("NotRequired")) {
        checks.invalid(
            path,
            policy.restartPolicy(),
            "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
      }
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
              .ports(given.ports())
              .resources(given.resources())
              .resizePolicy(given.resizePolicy())
              .volumeMounts(given.volumeMounts())
              .volumeDevices(given.volumeDevices())
              .securityContext(given.securityContext())
              .build();
      common(container, at);
      trimmedImage(checks, given.image(), at);
      unique(given.name(), names, at);
      if (!given.targetContainerName().isEmpty() && !others.contains(given.targetContainerName())) {
        checks.add(
            FieldError.notFound(at.child("targetContainerName"), given.targetContainerName()));
      }
      notEphemeral(given, at);
    }
  }

  private void notEphemeral(EphemeralContainer given, FieldPath path) {
    unset(orNull(given.ports()), path.child("ports"), NOT_EPHEMERAL);
    boolean asks = !given.resources().equals(ResourceRequirements.EMPTY);
    unset(asks ? given.resources() : null, path.child("resources"), NOT_EPHEMERAL);
    unset(orNull(given.resizePolicy()), path.child("resizePolicy"), NOT_EPHEMERAL);
    unset(given.restartPolicy(), path.child("restartPolicy"), NOT_EPHEMERAL);
    unset(orNull(given.restartPolicyRules()), path.child("restartPolicyRules"), NOT_EPHEMERAL);
    unset(given.livenessProbe(), path.child("livenessProbe"), NOT_EPHEMERAL);
    unset(given.readinessProbe(), path.child("readinessProbe"), NOT_EPHEMERAL);
    unset(given.startupProbe(), path.child("startupProbe"), NOT_EPHEMERAL);
    unset(given.lifecycle(), path.child("lifecycle"), NOT_EPHEMERAL);
    for (int i = 0; i < given.volumeMounts().size(); i++) {
      VolumeMount mount = given.volumeMounts().get(i);
      FieldPath at = path.child("volumeMounts").index(i);
      unset(orNull(mount.subPath()), at.child("subPath"), NOT_EPHEMERAL);
      unset(orNull(mount.subPathExpr()), at.child("subPathExpr"), NOT_EPHEMERAL);
    }
  }

  private static @Nullable Object orNull(List<?> values) {
    return values.isEmpty() ? null : values;
  }

  private static @Nullable Object orNull(String value) {
    return value.isEmpty() ? null : value;
  }

  static void trimmedImage(Checks checks, String image, FieldPath path) {
    if (!GoText.trimSpace(image).equals(image)) {
      checks.invalid(path.child("image"), image, "must not have leading or trailing whitespace");
    }
  }

  private void unset(@Nullable Object value, FieldPath path, String why) {
    if (value != null) {
      checks.forbidden(path, why);
    }
  }

  private void unique(String name, Set<String> names, FieldPath path) {
    if (!names.add(name)) {
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
    MountValidation mounts = new MountValidation(checks, container, volumes);
    mounts.mounts(path.child("volumeMounts"));
    mounts.devices(path.child("volumeDevices"));
    checks.oneOf(path.child("imagePullPolicy"), container.imagePullPolicy(), PULL_POLICIES);
    resources.container(container.resources(), claims, path.child("resources"));
    resizes(container.resizePolicy(), path.child("resizePolicy"));
    security.container(
        container.securityContext(),
        path.child("securityContext"),
        !Boolean.FALSE.equals(pod.hostUsers()));
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
}
