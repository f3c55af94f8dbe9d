package io.tiphys.server.proxy;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.EndpointAddress;
import io.tiphys.api.core.v1.EndpointPort;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.NodeAddress;
import io.tiphys.api.core.v1.ObjectReference;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.meta.GoText;
import io.tiphys.meta.IpAddress;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Where pods, services and nodes are to be found. Checked against ResourceLocation of
 * pkg/registry/core/{pod,node}/strategy.go and pkg/registry/core/service/storage.
 */
final class Locations {
  private final ProxyObjects objects;
  private final RandomGenerator random;

  Locations(ProxyObjects objects, RandomGenerator random) {
    this.objects = objects;
    this.random = random;
  }

  ProxyTarget pod(String namespace, String text) {
    ProxyName name = ProxyName.parse(text, "pod");
    Pod pod = objects.pod(namespace, name.name());
    String address = address(pod);
    if (!isAllowed(address)) {
      throw ApiFailure.badRequest("address not allowed");
    }
    int port = name.port().isEmpty() ? firstPort(pod) : number(name.port());
    return ProxyTarget.of(name.scheme(), address, port);
  }

  private static String address(Pod pod) {
    List<PodIP> all = pod.status().podIPs();
    return all.isEmpty() ? pod.status().podIP() : all.getFirst().ip();
  }

  private static int firstPort(Pod pod) {
    for (Container container : pod.spec().containers()) {
      if (!container.ports().isEmpty()) {
        return container.ports().getFirst().containerPort();
      }
    }
    return 0;
  }

  /** Go's net.IP.IsGlobalUnicast, which private addresses are too. */
  private static boolean isAllowed(String text) {
    IpAddress address = IpAddress.parse(text);
    return address != null
        && !address.isUnspecified()
        && !address.isLoopback()
        && !address.isLinkLocalUnicast()
        && !address.isMulticast();
  }

  private static int number(String port) {
    try {
      int number = Integer.parseInt(port);
      if (number > 0 && number <= 0xffff) {
        return number;
      }
    } catch (NumberFormatException noNumber) {
      // told below
    }
    throw unreachable("dial tcp: lookup tcp/%s: unknown port".formatted(port));
  }

  /** What upstream says of whatever went wrong on the way. */
  static ApiFailure unreachable(String why) {
    return ApiFailure.serviceUnavailable("error trying to reach service: " + why);
  }

  ProxyTarget service(String namespace, String text) {
    ProxyName name = ProxyName.parse(text, "service");
    String port = portName(namespace, name);
    List<EndpointSubset> subsets = objects.endpoints(namespace, name.name()).subsets();
    if (subsets.isEmpty()) {
      throw noEndpoints(name.name());
    }
    int first = random.nextInt(subsets.size());
    for (int i = 0; i < subsets.size(); i++) {
      EndpointSubset subset = subsets.get((first + i) % subsets.size());
      for (EndpointPort each : subset.ports()) {
        if (each.name().equals(port) && !subset.addresses().isEmpty()) {
          String address = somePod(subset.addresses(), namespace);
          if (!address.isEmpty()) {
            return ProxyTarget.of(name.scheme(), address, each.port());
          }
        }
      }
    }
    throw noEndpoints(text);
  }

  private static ApiFailure noEndpoints(String name) {
    return ApiFailure.serviceUnavailable(
        "no endpoints available for service " + GoText.quote(name));
  }

  /** A port's number stands for its name. */
  private String portName(String namespace, ProxyName name) {
    long number;
    try {
      number = Long.parseLong(name.port());
    } catch (NumberFormatException e) {
      return name.port();
    }
    for (ServicePort port : objects.service(namespace, name.name()).spec().ports()) {
      if (port.port() == number) {
        return port.name();
      }
    }
    throw ApiFailure.serviceUnavailable(
        "no service port %d found for service %s".formatted(number, GoText.quote(name.name())));
  }

  /** Only addresses of pods are gone to: anyone may write Endpoints. */
  private String somePod(List<EndpointAddress> addresses, String namespace) {
    int first = random.nextInt(addresses.size());
    for (int i = 0; i < addresses.size(); i++) {
      EndpointAddress address = addresses.get((first + i) % addresses.size());
      if (isPod(address, namespace)) {
        return address.ip();
      }
    }
    return "";
  }

  private boolean isPod(EndpointAddress address, String namespace) {
    ObjectReference target = address.targetRef();
    if (target == null || !target.kind().equals("Pod")) {
      return false;
    }
    String from = target.namespace().isEmpty() ? namespace : target.namespace();
    if (!from.equals(namespace)) {
      return false;
    }
    try {
      Pod pod = objects.pod(namespace, target.name());
      return pod.status().podIP().equals(address.ip())
          || pod.status().podIPs().stream().anyMatch(ip -> ip.ip().equals(address.ip()));
    } catch (ApiFailure gone) {
      return false;
    }
  }

  ProxyTarget node(String text) {
    ProxyName name = ProxyName.parse(text, "node");
    for (NodeAddress address : objects.node(name.name()).status().addresses()) {
      if (address.type().equals("InternalIP")) {
        if (!isAllowed(address.address())) {
          throw ApiFailure.badRequest("address not allowed");
        }
        return ProxyTarget.of(name.scheme(), address.address(), number(name.port()));
      }
    }
    throw unreachable("no preferred addresses found; known addresses: []");
  }
}
