package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerStatus;
import io.tiphys.api.core.v1.ContainerUser;
import io.tiphys.api.core.v1.LinuxContainerUser;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.core.v1.ResourceHealth;
import io.tiphys.api.core.v1.ResourceStatus;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a status says of its containers: whose processes they are, and how the devices they got do.
 * Checked against validateContainerStatusUsers and validateContainerStatusAllocatedResourcesStatus.
 */
final class ContainerStatusValidation {
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final List<String> HEALTH = List.of("Healthy", "Unhealthy", "Unknown");
  private static final String CLAIM = "claim:";

  /** Upstream's ResourceHealthMessageMaxLength. */
  private static final int MAX_MESSAGE = 1024;

  private final Checks checks;

  ContainerStatusValidation(Checks checks) {
    this.checks = checks;
  }

  void check(Pod pod) {
    PodSpec spec = pod.spec();
    PodStatus status = pod.status();
    FieldPath regular = STATUS.child("containerStatuses");
    FieldPath init = STATUS.child("initContainerStatuses");
    FieldPath ephemeral = STATUS.child("ephemeralContainerStatuses");
    String os = spec.os() == null ? "linux" : spec.os().name();
    users(status.containerStatuses(), os, regular);
    users(status.initContainerStatuses(), os, init);
    users(status.ephemeralContainerStatuses(), os, ephemeral);
    resources(status.containerStatuses(), spec.containers(), regular);
    resources(status.initContainerStatuses(), spec.initContainers(), init);
    for (int i = 0; i < status.ephemeralContainerStatuses().size(); i++) {
      if (!status.ephemeralContainerStatuses().get(i).allocatedResourcesStatus().isEmpty()) {
        checks.forbidden(
            ephemeral.index(i).child("allocatedResourcesStatus"),
            "must not be specified in container status");
      }
    }
  }

  private void users(List<ContainerStatus> statuses, String os, FieldPath path) {
    for (int i = 0; i < statuses.size(); i++) {
      ContainerUser user = statuses.get(i).user();
      LinuxContainerUser linux = user == null ? null : user.linux();
      if (linux == null) {
        continue;
      }
      FieldPath at = path.index(i).child("user", "linux");
      switch (os) {
        case "windows" -> checks.forbidden(at, "cannot be set for a windows pod");
        case "linux" -> user(linux, at);
        default -> {} // there is no other
      }
    }
  }

  private void user(LinuxContainerUser user, FieldPath path) {
    checks.each(path.child("uid"), user.uid(), Names.userOrGroupId(user.uid()));
    checks.each(path.child("gid"), user.gid(), Names.userOrGroupId(user.gid()));
    for (int i = 0; i < user.supplementalGroups().size(); i++) {
      Long group = user.supplementalGroups().get(i);
      checks.each(path.child("supplementalGroups").index(i), group, Names.userOrGroupId(group));
    }
  }

  private void resources(
      List<ContainerStatus> statuses, List<Container> containers, FieldPath path) {
    for (int i = 0; i < statuses.size(); i++) {
      ContainerStatus status = statuses.get(i);
      Optional<Container> container =
          containers.stream().filter(c -> c.name().equals(status.name())).findFirst();
      FieldPath list = path.index(i).child("allocatedResourcesStatus");
      for (int j = 0; j < status.allocatedResourcesStatus().size(); j++) {
        ResourceStatus resource = status.allocatedResourcesStatus().get(j);
        FieldPath at = list.index(j);
        container.ifPresent(asking -> asked(resource.name(), asking, at.child("name")));
        health(resource.resources(), at.child("resources"));
      }
    }
  }

  private void asked(String name, Container container, FieldPath path) {
    if (!name.startsWith(CLAIM)) {
      if (!container.resources().requests().containsKey(name)) {
        checks.invalid(path, name, "must match one of the container's resource requests");
      }
      return;
    }
    boolean claimed =
        container.resources().claims().stream()
            .map(
                claim ->
                    CLAIM + claim.name() + (claim.request().isEmpty() ? "" : "/" + claim.request()))
            .anyMatch(name::equals);
    if (!claimed) {
      checks.invalid(
          path,
          name,
          "must match one of the container's resource claims in a format"
              + " 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty");
    }
  }

  private void health(List<ResourceHealth> resources, FieldPath path) {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < resources.size(); i++) {
      ResourceHealth resource = resources.get(i);
      FieldPath at = path.index(i);
      checks.supported(at.child("health"), resource.health(), HEALTH);
      message(resource.message(), at.child("message"));
      if (!ids.add(resource.resourceID())) {
        checks.add(FieldError.duplicate(at.child("resourceID"), resource.resourceID()));
      }
    }
  }

  private void message(@Nullable String message, FieldPath path) {
    if (message == null) {
      return;
    }
    if (message.isEmpty()) {
      checks.required(path, "must be non-empty if specified");
    } else if (message.getBytes(StandardCharsets.UTF_8).length > MAX_MESSAGE) {
      checks.add(FieldError.tooLong(path, MAX_MESSAGE));
    }
  }
}
