package io.tiphys.controllers.endpoints;

import io.tiphys.api.core.v1.EndpointAddress;
import io.tiphys.api.core.v1.EndpointPort;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.controllers.kit.Pods;
import io.tiphys.controllers.kit.services.ServicePods;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The subsets that a service's pods make: every set of addresses once, with all ports they share.
 * Checked against pkg/controller/endpoint/endpoints_controller.go and pkg/api/v1/endpoints/util.go;
 * they are in the order of their ports here, where upstream's is that of a hash.
 */
final class Subsets {
  /** As upstream: an Endpoints object with more would be too large to be sent around. */
  static final int CAPACITY = 1000;

  private static final Comparator<EndpointPort> PORTS =
      Comparator.comparing(EndpointPort::name)
          .thenComparingInt(EndpointPort::port)
          .thenComparing(EndpointPort::protocol);

  /** Stands for "no port", which a headless service may have. */
  private static final EndpointPort NONE = EndpointPort.EMPTY.withPort(-1);

  private record Place(String ip, String uid) implements Comparable<Place> {
    static final Comparator<Place> ORDER =
        Comparator.comparing(Place::ip).thenComparing(Place::uid);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  private Subsets() {}

  static List<EndpointSubset> of(Service service, Collection<Pod> pods) {
    boolean tolerant = ServicePods.publishesNotReady(service);
    Map<Place, EndpointAddress> addresses = new LinkedHashMap<>();
    Map<EndpointPort, Map<Place, Boolean>> byPort = new TreeMap<>(PORTS);
    for (Pod pod : pods) {
      if (!ServicePods.isReachable(pod, tolerant)) {
        continue;
      }
      List<String> ips = ServicePods.addresses(pod, prefersIpv6(service));
      if (ips.isEmpty()) {
        continue;
      }
      Place place = new Place(ips.getFirst(), pod.metadata().uid());
      addresses.putIfAbsent(place, address(place.ip, pod, service));
      boolean ready = tolerant || Pods.isReady(pod);
      for (EndpointPort port : ports(pod, service)) {
        byPort.computeIfAbsent(port, _ -> new TreeMap<>()).merge(place, ready, Boolean::logicalAnd);
      }
    }
    return packed(addresses, byPort);
  }

  private static boolean prefersIpv6(Service service) {
    List<String> families = service.spec().ipFamilies();
    return families.isEmpty()
        ? ServicePods.isIpv6(service.spec().clusterIP())
        : families.getFirst().equals("IPv6");
  }

  private static EndpointAddress address(String ip, Pod pod, Service service) {
    return EndpointAddress.builder()
        .ip(ip)
        .hostname(ServicePods.hostname(pod, service))
        .nodeName(pod.spec().nodeName().isEmpty() ? null : pod.spec().nodeName())
        .targetRef(ServicePods.reference(pod))
        .build();
  }

  private static List<EndpointPort> ports(Pod pod, Service service) {
    if (service.spec().ports().isEmpty()) {
      return service.spec().clusterIP().equals("None") ? List.of(NONE) : List.of();
    }
    List<EndpointPort> ports = new ArrayList<>();
    for (ServicePort port : service.spec().ports()) {
      OptionalInt number = ServicePods.port(pod, port);
      if (number.isPresent()) {
        ports.add(
            new EndpointPort(port.name(), number.getAsInt(), port.protocol(), port.appProtocol()));
      }
    }
    return ports;
  }

  private static List<EndpointSubset> packed(
      Map<Place, EndpointAddress> addresses, Map<EndpointPort, Map<Place, Boolean>> byPort) {
    Map<Map<Place, Boolean>, List<EndpointPort>> byPlaces = new LinkedHashMap<>();
    byPort.forEach(
        (port, places) -> {
          List<EndpointPort> shared = byPlaces.computeIfAbsent(places, _ -> new ArrayList<>());
          if (port.port() > 0) {
            shared.add(port);
          }
        });
    List<EndpointSubset> subsets = new ArrayList<>();
    byPlaces.forEach(
        (places, ports) -> {
          List<EndpointAddress> ready = new ArrayList<>();
          List<EndpointAddress> notReady = new ArrayList<>();
          places.forEach(
              (place, isReady) -> (isReady ? ready : notReady).add(addresses.get(place)));
          subsets.add(new EndpointSubset(ready, notReady, ports));
        });
    return subsets;
  }

  static int size(List<EndpointSubset> subsets) {
    return subsets.stream()
        .mapToInt(subset -> subset.addresses().size() + subset.notReadyAddresses().size())
        .sum();
  }

  /** At most {@link #CAPACITY} addresses: a fair share of each subset, the ready ones first. */
  static List<EndpointSubset> truncated(List<EndpointSubset> subsets) {
    int total = size(subsets);
    if (total <= CAPACITY) {
      return subsets;
    }
    int ready = subsets.stream().mapToInt(subset -> subset.addresses().size()).sum();
    boolean readyAlone = ready > CAPACITY;
    int room = readyAlone ? CAPACITY : CAPACITY - ready;
    int candidates = readyAlone ? ready : total - ready;
    int left = room;
    List<EndpointSubset> kept = new ArrayList<>();
    for (EndpointSubset subset : subsets) {
      List<EndpointAddress> among = readyAlone ? subset.addresses() : subset.notReadyAddresses();
      int share = (int) Math.ceil((double) among.size() / candidates * room);
      List<EndpointAddress> chosen =
          among.subList(0, Math.min(among.size(), Math.min(share, left)));
      left -= chosen.size();
      kept.add(
          readyAlone
              ? subset.toBuilder().addresses(chosen).notReadyAddresses(List.of()).build()
              : subset.withNotReadyAddresses(chosen));
    }
    return kept;
  }

  /** Equality for which the version of the pod that an address was taken from does not count. */
  static boolean alike(List<EndpointSubset> left, List<EndpointSubset> right) {
    return plain(left).equals(plain(right));
  }

  private static List<EndpointSubset> plain(List<EndpointSubset> subsets) {
    return subsets.stream()
        .map(
            subset ->
                subset.toBuilder()
                    .addresses(unversioned(subset.addresses()))
                    .notReadyAddresses(unversioned(subset.notReadyAddresses()))
                    .build())
        .toList();
  }

  private static List<EndpointAddress> unversioned(List<EndpointAddress> addresses) {
    return addresses.stream()
        .map(
            address -> {
              ObjectReference target = address.targetRef();
              return target == null
                  ? address
                  : address.withTargetRef(target.withResourceVersion(""));
            })
        .toList();
  }
}
