package io.tiphys.server.admission.podsecurity;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Lifecycle;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.api.core.v1.SecurityContext;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pod, or the template of one, that is held against the standards.
 *
 * @param each its containers of all sorts: init containers, containers, ephemeral ones
 */
record Candidate(ObjectMeta metadata, PodSpec spec, List<Each> each) {

  /** One container. */
  record Each(
      String name,
      SecurityContext security,
      List<ContainerPort> ports,
      List<Probe> probes,
      @Nullable Lifecycle lifecycle) {}

  static Candidate of(ObjectMeta metadata, PodSpec spec) {
    List<Each> each = new ArrayList<>();
    spec.initContainers().forEach(container -> each.add(of(container)));
    spec.containers().forEach(container -> each.add(of(container)));
    spec.ephemeralContainers().forEach(container -> each.add(of(container)));
    return new Candidate(metadata, spec, each);
  }

  private static Each of(Container container) {
    return new Each(
        container.name(),
        security(container.securityContext()),
        container.ports(),
        probes(container.livenessProbe(), container.readinessProbe(), container.startupProbe()),
        container.lifecycle());
  }

  private static Each of(EphemeralContainer container) {
    return new Each(
        container.name(),
        security(container.securityContext()),
        container.ports(),
        probes(container.livenessProbe(), container.readinessProbe(), container.startupProbe()),
        container.lifecycle());
  }

  private static SecurityContext security(@Nullable SecurityContext given) {
    return given == null ? SecurityContext.EMPTY : given;
  }

  private static List<Probe> probes(
      @Nullable Probe liveness, @Nullable Probe readiness, @Nullable Probe startup) {
    return Stream.of(liveness, readiness, startup).filter(Objects::nonNull).toList();
  }

  /** What is said of the pod as a whole. */
  PodSecurityContext security() {
    PodSecurityContext given = spec.securityContext();
    return given == null ? PodSecurityContext.EMPTY : given;
  }

  boolean isOfWindows() {
    return spec.os() != null && spec.os().name().equals("windows");
  }

  /** Whether its users are not those of the host. */
  boolean hasOwnUsers() {
    return Boolean.FALSE.equals(spec.hostUsers());
  }
}
