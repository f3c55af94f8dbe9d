package io.tiphys.rules.pods;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.EphemeralContainer;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.core.v1.ResourceRequirements;
import io.tiphys.meta.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a pod is when its author leaves it out; checked against pkg/apis/core/v1/defaults.go. */
public final class PodDefaults {
  private static final long GRACE_PERIOD_SECONDS = 30;

  private PodDefaults() {}

  /** The defaults of a pod itself; some do not apply to templates. */
  public static Pod of(Pod pod) {
    PodSpec spec = of(pod.spec());
    boolean onHost = spec.hostNetwork();
    spec =
        spec.toBuilder()
            .containers(each(spec.containers(), c -> asRun(c, onHost)))
            .initContainers(each(spec.initContainers(), c -> asRun(c, onHost)))
            .enableServiceLinks(spec.enableServiceLinks() == null || spec.enableServiceLinks())
            .build();
    return pod.withSpec(spec.withResources(ofPod(spec)));
  }

  /** What the pod as a whole asks for; checked against defaultPodRequests and its neighbour. */
  private static @Nullable ResourceRequirements ofPod(PodSpec spec) {
    ResourceRequirements given = spec.resources();
    if (given == null || (given.limits().isEmpty() && given.requests().isEmpty())) {
      return given;
    }
    Map<String, Quantity> limits = new LinkedHashMap<>(given.limits());
    ContainerResources.limits(spec)
        .forEach(
            (name, sum) -> {
              if (name.startsWith("hugepages-") && !given.requests().containsKey(name)) {
                limits.putIfAbsent(name, sum);
              }
            });
    Map<String, Quantity> requests = new LinkedHashMap<>(given.requests());
    if (!limits.isEmpty()) {
      ContainerResources.requests(spec)
          .forEach(
              (name, sum) -> {
                if (name.equals("cpu") || name.equals("memory")) {
                  requests.putIfAbsent(name, sum);
                }
              });
      limits.forEach(
          (name, limit) -> {
            if (ContainerResources.isOfPods(name)) {
              requests.putIfAbsent(name, limit);
            }
          });
    }
    return given.toBuilder().limits(limits).requests(requests).build();
  }

  /** The defaults of a template. */
  public static PodTemplateSpec of(PodTemplateSpec template) {
    return template.withSpec(of(template.spec()));
  }

  static PodSpec of(PodSpec spec) {
    return spec.toBuilder()
        .dnsPolicy(or(spec.dnsPolicy(), "ClusterFirst"))
        .restartPolicy(or(spec.restartPolicy(), "Always"))
        .securityContext(
            spec.securityContext() == null ? PodSecurityContext.EMPTY : spec.securityContext())
        .terminationGracePeriodSeconds(
            spec.terminationGracePeriodSeconds() == null
                ? GRACE_PERIOD_SECONDS
                : spec.terminationGracePeriodSeconds())
        .schedulerName(or(spec.schedulerName(), "default-scheduler"))
        .serviceAccount(spec.serviceAccountName())
        .containers(each(spec.containers(), PodDefaults::of))
        .initContainers(each(spec.initContainers(), PodDefaults::of))
        .ephemeralContainers(each(spec.ephemeralContainers(), PodDefaults::of))
        .volumes(each(spec.volumes(), VolumeDefaults::of))
        .build();
  }

  private static Container of(Container container) {
    return container.toBuilder()
        .imagePullPolicy(or(container.imagePullPolicy(), pullPolicy(container.image())))
        .terminationMessagePath(or(container.terminationMessagePath(), "/dev/termination-log"))
        .terminationMessagePolicy(or(container.terminationMessagePolicy(), "File"))
        .ports(each(container.ports(), PodDefaults::of))
        .env(each(container.env(), VolumeDefaults::of))
        .livenessProbe(ProbeDefaults.of(container.livenessProbe()))
        .readinessProbe(ProbeDefaults.of(container.readinessProbe()))
        .startupProbe(ProbeDefaults.of(container.startupProbe()))
        .lifecycle(ProbeDefaults.of(container.lifecycle()))
        .build();
  }

  private static EphemeralContainer of(EphemeralContainer container) {
    return container.toBuilder()
        .imagePullPolicy(or(container.imagePullPolicy(), pullPolicy(container.image())))
        .terminationMessagePath(or(container.terminationMessagePath(), "/dev/termination-log"))
        .terminationMessagePolicy(or(container.terminationMessagePolicy(), "File"))
        .ports(each(container.ports(), PodDefaults::of))
        .env(each(container.env(), VolumeDefaults::of))
        .livenessProbe(ProbeDefaults.of(container.livenessProbe()))
        .readinessProbe(ProbeDefaults.of(container.readinessProbe()))
        .startupProbe(ProbeDefaults.of(container.startupProbe()))
        .lifecycle(ProbeDefaults.of(container.lifecycle()))
        .build();
  }

  private static ContainerPort of(ContainerPort port) {
    return port.protocol().isEmpty() ? port.withProtocol("TCP") : port;
  }

  /** Limits are requests too, and on the host's network a port is the host's. */
  private static Container asRun(Container container, boolean onHost) {
    ResourceRequirements resources = container.resources();
    Map<String, Quantity> requests = new LinkedHashMap<>(resources.requests());
    resources.limits().forEach(requests::putIfAbsent);
    Container changed =
        requests.size() == resources.requests().size()
            ? container
            : container.withResources(resources.withRequests(requests));
    return onHost
        ? changed.withPorts(
            each(
                changed.ports(),
                port -> port.hostPort() == 0 ? port.withHostPort(port.containerPort()) : port))
        : changed;
  }

  /** An image whose tag moves is pulled each time. */
  static String pullPolicy(String image) {
    String name = image.substring(image.lastIndexOf('/') + 1);
    int digest = name.indexOf('@');
    String tagged = digest < 0 ? name : name.substring(0, digest);
    int colon = tagged.indexOf(':');
    boolean moves = colon < 0 ? digest < 0 : tagged.substring(colon + 1).equals("latest");
    return moves ? "Always" : "IfNotPresent";
  }

  static String or(String given, String otherwise) {
    return given.isEmpty() ? otherwise : given;
  }

  /** The same list when nothing changes. */
  static <T> List<T> each(List<T> elements, UnaryOperator<T> change) {
    if (elements.isEmpty()) {
      return elements;
    }
    List<T> changed = new ArrayList<>(elements.size());
    elements.forEach(element -> changed.add(change.apply(element)));
    return changed;
  }
}
