package io.tiphys.node.agent;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerRestartRule;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Small questions about containers. */
final class Containers {
  private Containers() {}

  /** Every container of a pod: initialisation first, those for debugging last. */
  static List<Container> all(Pod pod) {
    List<Container> all = new ArrayList<>(pod.spec().initContainers());
    all.addAll(pod.spec().containers());
    all.addAll(ephemeral(pod));
    return all;
  }

  /** The containers that somebody has added for debugging, as containers like any other. */
  static List<Container> ephemeral(Pod pod) {
    return pod.spec().ephemeralContainers().stream().map(Containers::asContainer).toList();
  }

  private static Container asContainer(EphemeralContainer given) {
    return Container.builder()
        .name(given.name())
        .image(given.image())
        .command(given.command())
        .args(given.args())
        .workingDir(given.workingDir())
        .envFrom(given.envFrom())
        .env(given.env())
        .volumeMounts(given.volumeMounts())
        .terminationMessagePath(given.terminationMessagePath())
        .terminationMessagePolicy(given.terminationMessagePolicy())
        .imagePullPolicy(given.imagePullPolicy())
        .securityContext(given.securityContext())
        .stdin(given.stdin())
        .stdinOnce(given.stdinOnce())
        .tty(given.tty())
        .build();
  }

  /** Whether an init container is one that runs on beside the main ones. */
  static boolean isSidecar(Container container) {
    return "Always".equals(container.restartPolicy());
  }

  static boolean isRunning(@Nullable ContainerStatus status) {
    return status != null && status.state() == ContainerState.CONTAINER_RUNNING;
  }

  static boolean hasExited(@Nullable ContainerStatus status) {
    return status != null
        && (status.state() == ContainerState.CONTAINER_EXITED
            || status.state() == ContainerState.CONTAINER_UNKNOWN);
  }

  static boolean hasSucceeded(@Nullable ContainerStatus status) {
    return hasExited(status) && status != null && status.exitCode() == 0;
  }

  /**
   * Whether a container that ended with {@code exitCode} is to be started again: its own rules,
   * then its own policy, then the pod's. Checked against ContainerShouldRestart in
   * pkg/api/v1/pod/util.go.
   */
  static boolean restarts(Pod pod, Container container, int exitCode) {
    if (container.restartPolicy() == null) {
      return restarts(pod.spec().restartPolicy(), exitCode);
    }
    for (ContainerRestartRule rule : container.restartPolicyRules()) {
      if (matches(rule, exitCode)) {
        return rule.action().equals("Restart") || restarts(container.restartPolicy(), exitCode);
      }
    }
    return restarts(container.restartPolicy(), exitCode);
  }

  private static boolean matches(ContainerRestartRule rule, int exitCode) {
    var codes = rule.exitCodes();
    if (codes == null) {
      return false;
    }
    boolean named = codes.values().contains(exitCode);
    return switch (codes.operator()) {
      case "In" -> named;
      case "NotIn" -> !named;
      default -> false;
    };
  }

  private static boolean restarts(String policy, int exitCode) {
    return switch (policy) {
      case "Never" -> false;
      case "OnFailure" -> exitCode != 0;
      default -> true;
    };
  }

  /** As messages name it: {@code name_namespace(uid)}. */
  static String fullName(Pod pod) {
    return "%s_%s(%s)".formatted(pod.name(), pod.namespace(), pod.metadata().uid());
  }
}
