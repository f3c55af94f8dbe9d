package io.tiphys.controllers.kit.services;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.client.Handler;
import io.tiphys.client.Lister;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.selector.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * How pods stand behind services. Checked against endpointslice/util/controller_utils.go and
 * endpointslice/utils.go.
 */
public final class ServicePods {
  /** Of Kubernetes 1.3; upstream gave it up for the field publishNotReadyAddresses. */
  private static final String TOLERATE_UNREADY =
      "service.alpha.kubernetes.io/tolerate-unready-endpoints";

  private ServicePods() {}

  /** Whether this controller cares for the service's addresses at all. */
  public static boolean isSelecting(Service service) {
    return !service.spec().type().equals("ExternalName") && !service.spec().selector().isEmpty();
  }

  public static boolean publishesNotReady(Service service) {
    return service.spec().publishNotReadyAddresses()
        || "true".equals(service.metadata().annotations().get(TOLERATE_UNREADY));
  }

  /** Whether the service has no address of its own. */
  public static boolean isHeadless(Service service) {
    String ip = service.spec().clusterIP();
    return ip.isEmpty() || ip.equals("None");
  }

  /** The pods that the service selects. */
  public static List<Pod> selected(Service service, Lister<Pod> pods) {
    return pods.list(service.namespace(), Selector.ofLabels(service.spec().selector()));
  }

  /** Whether the pod has an address to offer. */
  public static boolean isReachable(Pod pod, boolean evenTerminating) {
    return !Pods.isTerminal(pod)
        && (!pod.status().podIP().isEmpty() || !pod.status().podIPs().isEmpty())
        && (evenTerminating || pod.metadata().deletionTimestamp() == null);
  }

  /** The name by which the pod is known below the service, or empty. */
  public static String hostname(Pod pod, Service service) {
    boolean below =
        pod.spec().subdomain().equals(service.name())
            && pod.namespace().equals(service.namespace());
    return below ? pod.spec().hostname() : "";
  }

  /** The pod's address of one family, if it has one: no pod has two, whatever its status says. */
  public static List<String> addresses(Pod pod, boolean ipv6) {
    return Stream.concat(
            Stream.of(pod.status().podIP()), pod.status().podIPs().stream().map(PodIP::ip))
        .filter(ip -> !ip.isEmpty() && isIpv6(ip) == ipv6)
        .limit(1)
        .toList();
  }

  public static boolean isIpv6(String ip) {
    return ip.indexOf(':') >= 0;
  }

  public static ObjectReference reference(Pod pod) {
    return ObjectReference.builder()
        .kind("Pod")
        .namespace(pod.namespace())
        .name(pod.name())
        .uid(pod.metadata().uid())
        .build();
  }

  /** The port of the pod that a service's port leads to; none if the pod names no such port. */
  public static OptionalInt port(Pod pod, ServicePort port) {
    return switch (port.targetPort()) {
      case IntOrString.Int(int number) -> OptionalInt.of(number);
      case IntOrString.Text(String name) -> named(pod, name, port.protocol());
    };
  }

  private static OptionalInt named(Pod pod, String name, String protocol) {
    List<Container> containers = new ArrayList<>(pod.spec().containers());
    // A sidecar is an init container that goes on running.
    pod.spec().initContainers().stream()
        .filter(container -> "Always".equals(container.restartPolicy()))
        .forEach(containers::add);
    for (Container container : containers) {
      for (ContainerPort port : container.ports()) {
        if (port.name().equals(name) && port.protocol().equals(protocol)) {
          return OptionalInt.of(port.containerPort());
        }
      }
    }
    return OptionalInt.empty();
  }

  /** Tells of each service that a change to a pod may concern, at once: names follow readiness. */
  public static Handler<Pod> handler(Lister<Service> services, Consumer<ObjectKey> changed) {
    return new Handler<>() {
      @Override
      public void onAdd(Pod pod) {
        tell(pod);
      }

      @Override
      public void onUpdate(Pod before, Pod after) {
        if (!looksAlike(before, after)) {
          tell(after);
          if (!before.metadata().labels().equals(after.metadata().labels())) {
            tell(before);
          }
        }
      }

      @Override
      public void onDelete(Pod last) {
        tell(last);
      }

      private void tell(Pod pod) {
        Map<String, String> labels = pod.metadata().labels();
        if (labels.isEmpty()) {
          return;
        }
        for (Service service : services.list(pod.namespace())) {
          Map<String, String> selector = service.spec().selector();
          if (!selector.isEmpty() && labels.entrySet().containsAll(selector.entrySet())) {
            changed.accept(ObjectKey.of(service));
          }
        }
      }
    };
  }

  /** Whether no service could tell the two states of the pod apart. */
  static boolean looksAlike(Pod before, Pod after) {
    return before.metadata().labels().equals(after.metadata().labels())
        && Objects.equals(
            before.metadata().deletionTimestamp(), after.metadata().deletionTimestamp())
        && before.spec().nodeName().equals(after.spec().nodeName())
        && before.spec().hostname().equals(after.spec().hostname())
        && before.spec().subdomain().equals(after.spec().subdomain())
        && before.status().podIP().equals(after.status().podIP())
        && before.status().podIPs().equals(after.status().podIPs())
        && Pods.isTerminal(before) == Pods.isTerminal(after)
        && Pods.isReady(before) == Pods.isReady(after);
  }
}
