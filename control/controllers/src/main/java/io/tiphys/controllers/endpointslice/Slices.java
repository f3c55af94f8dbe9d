package io.tiphys.controllers.endpointslice;

import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointConditions;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.client.ObjectKey;
import io.tiphys.controllers.kit.ControllerRefs;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.services.ServicePods;
import io.tiphys.meta.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What the slices of a service should hold. Checked against endpointslice/utils.go. */
final class Slices {
  private static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
  private static final String CONTROLLER = "endpointslice-controller.k8s.io";
  private static final String SERVICE_NAME = "kubernetes.io/service-name";
  private static final String HEADLESS = "service.kubernetes.io/headless";

  private Slices() {}

  static boolean isOurs(EndpointSlice slice) {
    Map<String, String> labels = slice.metadata().labels();
    return CONTROLLER.equals(labels.get(MANAGED_BY)) && labels.containsKey(SERVICE_NAME);
  }

  static ObjectKey serviceOf(EndpointSlice slice) {
    return new ObjectKey(
        slice.namespace(), slice.metadata().labels().getOrDefault(SERVICE_NAME, ""));
  }

  /**
   * @param pods those with an address
   * @param zone of a pod, or empty
   */
  static SlicePlan plan(
      Service service,
      Collection<Pod> pods,
      Function<Pod, String> zone,
      Collection<EndpointSlice> present) {
    Set<String> types = addressTypes(service);
    SlicePlan whole = new SlicePlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (String type : types) {
      List<EndpointSlice> ofType = new ArrayList<>();
      for (EndpointSlice slice : present) {
        if (slice.addressType().equals(type) && isOwned(slice, service)) {
          ofType.add(slice);
        }
      }
      Map<Set<EndpointPort>, List<Endpoint>> desired = new LinkedHashMap<>();
      for (Pod pod : pods) {
        List<String> addresses = ServicePods.addresses(pod, type.equals("IPv6"));
        if (!addresses.isEmpty()) {
          desired
              .computeIfAbsent(ports(service, pod), _ -> new ArrayList<>())
              .add(endpoint(service, pod, addresses, zone.apply(pod)));
        }
      }
      SlicePlan part = SlicePlan.of(desired, ofType, blank(service, type));
      whole.create().addAll(part.create());
      whole.update().addAll(part.update());
      whole.delete().addAll(part.delete());
    }
    for (EndpointSlice slice : present) {
      if (!types.contains(slice.addressType()) || !isOwned(slice, service)) {
        whole.delete().add(slice);
      }
    }
    return whole;
  }

  private static boolean isOwned(EndpointSlice slice, Service service) {
    for (OwnerReference owner : slice.metadata().ownerReferences()) {
      if (owner.uid().equals(service.metadata().uid()) && owner.kind().equals("Service")) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> addressTypes(Service service) {
    Set<String> families = new TreeSet<>(service.spec().ipFamilies());
    if (!families.isEmpty()) {
      return families;
    }
    if (!ServicePods.isHeadless(service)) {
      return Set.of(ServicePods.isIpv6(service.spec().clusterIP()) ? "IPv6" : "IPv4");
    }
    return new TreeSet<>(List.of("IPv4", "IPv6"));
  }

  private static Set<EndpointPort> ports(Service service, Pod pod) {
    Set<EndpointPort> ports = new LinkedHashSet<>();
    for (ServicePort port : service.spec().ports()) {
      OptionalInt number = ServicePods.port(pod, port);
      if (number.isPresent()) {
        ports.add(
            new EndpointPort(port.name(), port.protocol(), number.getAsInt(), port.appProtocol()));
      }
    }
    return ports;
  }

  private static Endpoint endpoint(Service service, Pod pod, List<String> addresses, String zone) {
    boolean serving = Pods.isReady(pod);
    boolean terminating = pod.metadata().deletionTimestamp() != null;
    boolean ready = ServicePods.publishesNotReady(service) || (serving && !terminating);
    String hostname = ServicePods.hostname(pod, service);
    String node = pod.spec().nodeName();
    return Endpoint.builder()
        .addresses(addresses)
        .conditions(new EndpointConditions(ready, serving, terminating))
        .hostname(hostname.isEmpty() ? null : hostname)
        .targetRef(ServicePods.reference(pod))
        .nodeName(node.isEmpty() ? null : node)
        .zone(zone.isEmpty() ? null : zone)
        .build();
  }

  private static EndpointSlice blank(Service service, String addressType) {
    Map<String, String> labels = new LinkedHashMap<>(service.metadata().labels());
    labels.remove(HEADLESS);
    if (ServicePods.isHeadless(service)) {
      labels.put(HEADLESS, "");
    }
    labels.put(SERVICE_NAME, service.name());
    labels.put(MANAGED_BY, CONTROLLER);
    String prefix = service.name() + "-";
    return EndpointSlice.builder()
        .metadata(
            ObjectMeta.builder()
                .namespace(service.namespace())
                .generateName(
                    Names.dns1123Subdomain(prefix + "x").isEmpty() ? prefix : service.name())
                .labels(labels)
                .ownerReferences(List.of(ControllerRefs.of(service)))
                .build())
        .addressType(addressType)
        .build();
  }
}
