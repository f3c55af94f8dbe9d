package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.HostIP;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.codec.Json;
import io.tiphys.meta.Names;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a pod's status may follow another; checked against ValidatePodStatusUpdate. */
final class PodStatusValidation {
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final Set<String> SYSTEM_CONDITIONS =
      Set.of("PodScheduled", "Ready", "Initialized");
  private static final String NOT_NEGATIVE = "must be a non-negative integer";

  private final Checks checks = new Checks();
  private final PodSpec spec;
  private final PodStatus now;
  private final PodStatus before;

  private PodStatusValidation(Pod pod, Pod old) {
    spec = old.spec();
    now = pod.status();
    before = old.status();
  }

  static List<FieldError> of(Pod pod, Pod old) {
    PodStatusValidation validation = new PodStatusValidation(pod, old);
    Checks checks = validation.checks;
    PodAnnotations.checkUpdate(checks, pod, old);
    validation.conditions();
    validation.nominatedNode();
    validation.scalars();
    if (!RestartRules.allMayStartAgain(old.spec())) {
      validation.states(
          now -> now.containerStatuses(), spec -> spec.containers(), "containerStatuses");
      validation.states(
          now -> now.initContainerStatuses(),
          spec -> spec.initContainers(),
          "initContainerStatuses");
    }
    validation.states(
        now -> now.ephemeralContainerStatuses(), _ -> null, "ephemeralContainerStatuses");
    new ClaimStatusValidation(checks).check(pod);
    validation.podIps();
    validation.hostIps();
    new ContainerStatusValidation(checks).check(pod);
    return checks.errors();
  }

  private void conditions() {
    for (int i = 0; i < now.conditions().size(); i++) {
      PodCondition condition = now.conditions().get(i);
      FieldPath at = STATUS.child("conditions").index(i);
      if (condition.observedGeneration() < 0) {
        checks.invalid(
            at.child("observedGeneration"), condition.observedGeneration(), NOT_NEGATIVE);
      }
      if (!SYSTEM_CONDITIONS.contains(condition.type())) {
        checks.each(at.child("Type"), condition.type(), Names.qualifiedName(condition.type()));
      }
    }
  }

  private void nominatedNode() {
    String node = now.nominatedNodeName();
    if (node.isEmpty() || node.equals(before.nominatedNodeName())) {
      return;
    }
    FieldPath at = STATUS.child("nominatedNodeName");
    checks.each(at, node, Names.dns1123Subdomain(node));
    if (!spec.nodeName().isEmpty()) {
      checks.forbidden(at, "may not be set on pods that are already bound to a node");
    }
  }

  private void scalars() {
    if (now.observedGeneration() < 0) {
      checks.invalid(STATUS.child("observedGeneration"), now.observedGeneration(), NOT_NEGATIVE);
    }
    if (!now.qosClass().equals(before.qosClass())) {
      checks.invalid(STATUS.child("qosClass"), now.qosClass(), "field is immutable");
    }
  }

  /** Picks the statuses of one sort of containers. */
  private interface Statuses {
    List<ContainerStatus> of(PodStatus status);
  }

  /** Picks the containers of one sort; null for those that never start again. */
  private interface Containers {
    @Nullable List<Container> of(PodSpec spec);
  }

  /** What has ended stays so, unless it may be started again. */
  private void states(Statuses statuses, Containers containers, String field) {
    List<ContainerStatus> old = statuses.of(before);
    for (int i = 0; i < old.size(); i++) {
      ContainerStatus ended = old.get(i);
      if (ended.state().terminated() == null) {
        continue;
      }
      boolean runs =
          statuses.of(now).stream()
              .filter(status -> status.name().equals(ended.name()))
              .findFirst()
              .filter(status -> status.state().terminated() == null)
              .isPresent();
      if (runs && !mayStartAgain(ended, containers.of(spec))) {
        checks.forbidden(
            STATUS.child(field).index(i).child("state"),
            "may not be transitioned to non-terminated state");
      }
    }
  }

  private boolean mayStartAgain(ContainerStatus ended, @Nullable List<Container> containers) {
    if (containers == null || ended.state().terminated() == null) {
      return false;
    }
    int code = ended.state().terminated().exitCode();
    return containers.stream()
        .filter(container -> container.name().equals(ended.name()))
        .findFirst()
        .map(container -> RestartRules.startsAgain(container, spec, code))
        .orElse(false);
  }

  private void podIps() {
    List<String> ips = now.podIPs().stream().map(PodIP::ip).toList();
    List<String> kept = before.podIPs().stream().map(PodIP::ip).toList();
    List<Json> shown =
        now.podIPs().stream().map(ip -> GoStructs.show("core.PodIP", ip::write)).toList();
    addresses(STATUS.child("podIPs"), ips, kept, shown);
  }

  private void hostIps() {
    List<String> ips = now.hostIPs().stream().map(HostIP::ip).toList();
    List<String> kept = before.hostIPs().stream().map(HostIP::ip).toList();
    List<Json> shown =
        now.hostIPs().stream().map(ip -> GoStructs.show("core.HostIP", ip::write)).toList();
    FieldPath path = STATUS.child("hostIPs");
    if (!ips.isEmpty() && !now.hostIP().equals(ips.getFirst())) {
      checks.invalid(path.index(0).child("ip"), ips.getFirst(), "must be equal to `hostIP`");
    }
    addresses(path, ips, kept, shown);
  }

  private void addresses(FieldPath path, List<String> ips, List<String> kept, List<Json> shown) {
    for (int i = 0; i < ips.size(); i++) {
      Addresses.ip(checks, path.index(i), ips.get(i), kept);
    }
    if (!Addresses.onePerFamily(ips)) {
      checks.invalid(path, shown, "may specify no more than one IP for each IP family");
    }
  }
}
