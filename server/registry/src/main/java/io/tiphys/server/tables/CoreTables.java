package io.tiphys.server.tables;

import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.EndpointAddress;
import io.tiphys.api.core.v1.EndpointPort;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.core.v1.Event;
import io.tiphys.api.core.v1.LoadBalancerIngress;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeAddress;
import io.tiphys.api.core.v1.NodeCondition;
import io.tiphys.api.core.v1.NodeSystemInfo;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.codec.Json;
import io.tiphys.meta.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rows of the core group, but for pods and storage. */
final class CoreTables {
  private static final String ROLE_PREFIX = "node-role.kubernetes.io/";

  private CoreTables() {}

  static List<Json> node(Node node, Instant now) {
    NodeSystemInfo info = node.status().nodeInfo();
    String kernel = info.kernelVersion().isEmpty() ? Cells.UNKNOWN : info.kernelVersion();
    return Cells.row(
        node.name(),
        nodeStatus(node),
        Cells.orNone(roles(node)),
        Cells.age(node, now),
        info.kubeletVersion(),
        address(node, "InternalIP"),
        address(node, "ExternalIP"),
        info.osImage().isEmpty() ? Cells.UNKNOWN : info.osImage(),
        info.architecture().isEmpty() ? kernel : kernel + " (" + info.architecture() + ")",
        info.containerRuntimeVersion().isEmpty() ? Cells.UNKNOWN : info.containerRuntimeVersion());
  }

  private static String nodeStatus(Node node) {
    String ready = "Unknown";
    for (NodeCondition condition : node.status().conditions()) {
      if (condition.type().equals("Ready")) {
        ready = condition.status().equals("True") ? "Ready" : "NotReady";
      }
    }
    return node.spec().unschedulable() ? ready + ",SchedulingDisabled" : ready;
  }

  private static String roles(Node node) {
    TreeSet<String> roles = new TreeSet<>();
    for (Map.Entry<String, String> label : node.metadata().labels().entrySet()) {
      if (label.getKey().startsWith(ROLE_PREFIX)) {
        roles.add(label.getKey().substring(ROLE_PREFIX.length()));
      } else if (label.getKey().equals("kubernetes.io/role")) {
        roles.add(label.getValue());
      }
    }
    roles.remove("");
    return String.join(",", roles);
  }

  private static String address(Node node, String type) {
    return node.status().addresses().stream()
        .filter(address -> address.type().equals(type))
        .map(NodeAddress::address)
        .findFirst()
        .orElse(Cells.NONE);
  }

  static List<Json> service(Service service, Instant now) {
    List<String> addresses = service.spec().clusterIPs();
    String ports =
        service.spec().ports().stream().map(CoreTables::port).collect(Collectors.joining(","));
    return Cells.row(
        service.name(),
        service.spec().type(),
        addresses.isEmpty() ? Cells.NONE : addresses.getFirst(),
        externalAddress(service),
        Cells.orNone(ports),
        Cells.age(service, now),
        Cells.labels(service.spec().selector()));
  }

  private static String port(ServicePort port) {
    return port.nodePort() > 0
        ? "%d:%d/%s".formatted(port.port(), port.nodePort(), port.protocol())
        : "%d/%s".formatted(port.port(), port.protocol());
  }

  private static String externalAddress(Service service) {
    String listed = String.join(",", service.spec().externalIPs());
    return switch (service.spec().type()) {
      case "ClusterIP", "NodePort" -> Cells.orNone(listed);
      case "LoadBalancer" -> {
        String assigned = loadBalancer(service.status().loadBalancer().ingress());
        if (assigned.isEmpty() || listed.isEmpty()) {
          String either = assigned + listed;
          yield either.isEmpty() ? "<pending>" : either;
        }
        yield assigned + "," + listed;
      }
      case "ExternalName" -> service.spec().externalName();
      default -> Cells.UNKNOWN;
    };
  }

  private static String loadBalancer(List<LoadBalancerIngress> ingress) {
    TreeSet<String> addresses = new TreeSet<>();
    for (LoadBalancerIngress entry : ingress) {
      addresses.add(entry.ip().isEmpty() ? entry.hostname() : entry.ip());
    }
    addresses.remove("");
    return String.join(",", addresses);
  }

  static List<Json> endpoints(Endpoints endpoints, Instant now) {
    List<String> listed = new ArrayList<>();
    for (EndpointSubset subset : endpoints.subsets()) {
      List<String> hosts = subset.addresses().stream().map(EndpointAddress::ip).toList();
      if (subset.ports().isEmpty()) {
        listed.addAll(hosts);
      }
      for (EndpointPort port : subset.ports()) {
        hosts.forEach(host -> listed.add(hostAndPort(host, port.port())));
      }
    }
    String text = endpoints.subsets().isEmpty() ? Cells.NONE : Cells.listed(listed);
    return Cells.row(endpoints.name(), text, Cells.age(endpoints, now));
  }

  private static String hostAndPort(String host, int port) {
    return host.contains(":") ? "[%s]:%d".formatted(host, port) : host + ":" + port;
  }

  static List<Json> event(Event event, Instant now) {
    Instant first = event.firstTimestamp() == null ? event.eventTime() : event.firstTimestamp();
    Instant last = event.lastTimestamp() == null ? first : event.lastTimestamp();
    int count = event.count() == 0 ? 1 : event.count();
    if (event.series() != null) {
      last = event.series().lastObservedTime();
      count = event.series().count();
    }
    String kind = event.involvedObject().kind().toLowerCase(Locale.ROOT);
    String name = event.involvedObject().name();
    return Cells.row(
        Cells.since(last, now),
        event.type_(),
        event.reason(),
        name.isEmpty() ? kind : kind + "/" + name,
        event.involvedObject().fieldPath(),
        source(event),
        event.message().strip(),
        Cells.since(first, now),
        count,
        event.name());
  }

  private static String source(Event event) {
    String component = event.source().component();
    String host = event.source().host();
    component = component.isEmpty() ? event.reportingComponent() : component;
    host = host.isEmpty() ? event.reportingInstance() : host;
    return host.isEmpty() ? component : component + ", " + host;
  }

  static List<Json> configMap(ConfigMap map, Instant now) {
    return Cells.row(map.name(), map.data().size() + map.binaryData().size(), Cells.age(map, now));
  }

  static List<Json> quota(ResourceQuota quota, Instant now) {
    List<String> requests = new ArrayList<>();
    List<String> limits = new ArrayList<>();
    for (String name : new TreeSet<>(quota.status().hard().keySet())) {
      Quantity used = quota.status().used().getOrDefault(name, Quantity.ZERO);
      String text = "%s: %s/%s".formatted(name, used, quota.status().hard().get(name));
      (name.startsWith("limits.") ? limits : requests).add(text);
    }
    return Cells.row(
        quota.name(),
        String.join(", ", requests),
        String.join(", ", limits),
        Cells.age(quota, now));
  }
}
