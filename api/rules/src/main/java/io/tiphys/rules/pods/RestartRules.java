package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerRestartRule;
import io.tiphys.api.core.v1.ContainerRestartRuleOnExitCodes;
import io.tiphys.api.core.v1.PodSpec;
import java.util.stream.Stream;

/**
 * Whether a container that ended is started again; checked against ContainerShouldRestart in
 * pkg/api/v1/pod/util.go.
 */
final class RestartRules {
  private RestartRules() {}

  static boolean startsAgain(Container container, PodSpec pod, int exitCode) {
    String own = container.restartPolicy();
    if (own != null
        && container.restartPolicyRules().stream().anyMatch(rule -> restarts(rule, exitCode))) {
      return true;
    }
    return switch (own == null ? pod.restartPolicy() : own) {
      case "Never" -> false;
      case "OnFailure" -> exitCode != 0;
      default -> true;
    };
  }

  /** Whether any container can make all others start again. As AllContainersCouldRestart. */
  static boolean allMayStartAgain(PodSpec pod) {
    return Stream.concat(pod.initContainers().stream(), pod.containers().stream())
        .flatMap(container -> container.restartPolicyRules().stream())
        .anyMatch(rule -> rule.action().equals("RestartAllContainers"));
  }

  private static boolean restarts(ContainerRestartRule rule, int exitCode) {
    ContainerRestartRuleOnExitCodes codes = rule.exitCodes();
    if (codes == null || !rule.action().equals("Restart")) {
      return false;
    }
    boolean listed = codes.values().contains(exitCode);
    return codes.operator().equals("In") ? listed : !listed;
  }
}
