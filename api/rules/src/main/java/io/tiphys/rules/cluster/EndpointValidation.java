package io.tiphys.rules.cluster;

import io.tiphys.api.core.v1.EndpointAddress;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointHints;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.discovery.v1.ForNode;
import io.tiphys.api.discovery.v1.ForZone;
import io.tiphys.meta.IpAddress;
import io.tiphys.meta.Names;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ObjectMetaRules;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the endpoints of services, in both forms; what is as it was is let pass.
 * Checked against pkg/apis/discovery/validation and, of the core group, ValidateEndpoints.
 */
final class EndpointValidation {
  private static final List<String> ADDRESS_TYPES = List.of("FQDN", "IPv4", "IPv6");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

  /** Upstream's limits, so that one slice stays small enough to be sent to every node. */
  private static final int MAX_ENDPOINTS = 1000;

  private static final int MAX_ADDRESSES = 100;
  private static final int MAX_PORTS = 20_000;
  private static final int MAX_TOPOLOGY_LABELS = 16;
  private static final int MAX_HINTS = 8;
  private static final String HOST = "kubernetes.io/hostname";

  private final Checks checks = new Checks();

  private EndpointValidation() {}

  static List<FieldError> of(EndpointSlice slice, @Nullable EndpointSlice old) {
    EndpointValidation validation = new EndpointValidation();
    validation.checks.oneOf(FieldPath.of("addressType"), slice.addressType(), ADDRESS_TYPES);
    validation.ports(slice.ports(), FieldPath.of("ports"));
    if (old == null || !old.endpoints().equals(slice.endpoints())) {
      validation.endpoints(slice, FieldPath.of("endpoints"));
    }
    if (old != null && !old.addressType().equals(slice.addressType())) {
      validation.checks.invalid(
          FieldPath.of("addressType"), slice.addressType(), "field is immutable");
    }
    return validation.checks.errors();
  }

  private void ports(List<EndpointPort> ports, FieldPath path) {
    if (ports.size() > MAX_PORTS) {
      checks.add(FieldError.tooMany(path, ports.size(), MAX_PORTS));
      return;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < ports.size(); i++) {
      EndpointPort port = ports.get(i);
      FieldPath at = path.index(i);
      String name = port.name() == null ? "" : port.name();
      if (!name.isEmpty()) {
        checks.each(at.child("name"), name, Names.dns1123Label(name));
      }
      if (!names.add(name)) {
        checks.add(FieldError.duplicate(at.child("name"), name));
      }
      if (port.protocol() == null) {
        checks.required(at.child("protocol"));
      }
      checks.supported(at.child("protocol"), port.protocol(), PROTOCOLS);
      appProtocol(port.appProtocol(), at);
    }
  }

  private void protocol(@Nullable String protocol, FieldPath path) {
    checks.oneOf(path.child("protocol"), protocol == null ? "" : protocol, PROTOCOLS);
  }

  private void appProtocol(@Nullable String protocol, FieldPath path) {
    if (protocol != null) {
      checks.each(path.child("appProtocol"), protocol, Names.qualifiedName(protocol));
    }
  }

  private void endpoints(EndpointSlice slice, FieldPath path) {
    if (slice.endpoints().size() > MAX_ENDPOINTS) {
      checks.add(FieldError.tooMany(path, slice.endpoints().size(), MAX_ENDPOINTS));
      return;
    }
    for (int i = 0; i < slice.endpoints().size(); i++) {
      endpoint(slice.endpoints().get(i), slice.addressType(), path.index(i));
    }
  }

  private void endpoint(Endpoint endpoint, String addressType, FieldPath path) {
    FieldPath addresses = path.child("addresses");
    if (endpoint.addresses().isEmpty()) {
      checks.required(addresses, "must contain at least 1 address");
    } else if (endpoint.addresses().size() > MAX_ADDRESSES) {
      checks.add(FieldError.tooMany(addresses, endpoint.addresses().size(), MAX_ADDRESSES));
    }
    for (int i = 0; i < endpoint.addresses().size(); i++) {
      String address = endpoint.addresses().get(i);
      switch (addressType) {
        case "IPv4" -> ip(address, false, addresses, i);
        case "IPv6" -> ip(address, true, addresses, i);
        case "FQDN" -> fullyQualified(address, addresses.index(i));
        default -> {} // said above
      }
    }
    node(endpoint.nodeName(), path);
    FieldPath topology = path.child("deprecatedTopology");
    if (endpoint.deprecatedTopology().size() > MAX_TOPOLOGY_LABELS) {
      checks.add(
          FieldError.tooMany(topology, endpoint.deprecatedTopology().size(), MAX_TOPOLOGY_LABELS));
    }
    checks.addAll(ObjectMetaRules.validateLabels(endpoint.deprecatedTopology(), topology));
    if (endpoint.hostname() != null) {
      checks.each(
          path.child("hostname"), endpoint.hostname(), Names.dns1123Label(endpoint.hostname()));
    }
    if (endpoint.hints() != null) {
      hints(endpoint.hints(), path.child("hints"));
    }
  }

  private void ip(String address, boolean v6, FieldPath path, int index) {
    int before = checks.errors().size();
    Addresses.ip(checks, path.index(index), address, List.of());
    IpAddress read = IpAddress.parse(address);
    if (checks.errors().size() > before || read == null) {
      return;
    }
    if (read.isV6() != v6) {
      checks.invalid(path, address, "must be an " + (v6 ? "IPv6" : "IPv4") + " address");
    }
    Addresses.endpoint(checks, path.index(index), address);
  }

  private void fullyQualified(String name, FieldPath path) {
    if (name.isEmpty()) {
      checks.required(path);
      return;
    }
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    List<String> wrong = Names.dns1123Subdomain(bare);
    if (!wrong.isEmpty()) {
      checks.invalid(path, bare, String.join(",", wrong));
    } else if (bare.indexOf('.') < 0) {
      checks.invalid(path, bare, "should be a domain with at least two segments separated by dots");
    }
  }

  private void node(@Nullable String name, FieldPath path) {
    if (name != null) {
      checks.each(path.child("nodeName"), name, Names.dns1123Subdomain(name));
    }
  }

  private void hints(EndpointHints hints, FieldPath path) {
    List<String> zones = hints.forZones().stream().map(ForZone::name).toList();
    List<String> nodes = hints.forNodes().stream().map(ForNode::name).toList();
    if (few(zones, path.child("forZones"), Names::labelValue)) {
      few(nodes, path.child("forNodes"), Names::dns1123Subdomain);
    }
  }

  /** Whether they are so few that the rest is worth looking at. */
  private boolean few(List<String> names, FieldPath path, Function<String, List<String>> rule) {
    if (names.size() > MAX_HINTS) {
      checks.add(FieldError.tooMany(path, names.size(), MAX_HINTS));
      return false;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      FieldPath at = path.index(i).child("name");
      if (!seen.add(names.get(i))) {
        checks.add(FieldError.duplicate(at, names.get(i)));
      }
      checks.each(at, names.get(i), rule.apply(names.get(i)));
    }
    return true;
  }

  /**
   * Without the topology of old, which this version does not write; a node that was named there
   * keeps its name. Checked against dropTopologyOnV1 in pkg/registry/discovery/endpointslice.
   */
  static EndpointSlice withoutTopology(EndpointSlice slice, @Nullable EndpointSlice old) {
    if (old != null && old.endpoints().equals(slice.endpoints())) {
      return slice;
    }
    Set<String> named = new HashSet<>();
    if (old != null) {
      old.endpoints().forEach(e -> named.add(e.deprecatedTopology().getOrDefault(HOST, "")));
    }
    return slice.withEndpoints(
        slice.endpoints().stream().map(e -> withoutTopology(e, named)).toList());
  }

  private static Endpoint withoutTopology(Endpoint endpoint, Set<String> named) {
    if (endpoint.deprecatedTopology().isEmpty()) {
      return endpoint;
    }
    String host = endpoint.deprecatedTopology().getOrDefault(HOST, "");
    boolean kept =
        endpoint.nodeName() == null
            && !host.isEmpty()
            && named.contains(host)
            && Names.dns1123Subdomain(host).isEmpty();
    Endpoint left = endpoint.withDeprecatedTopology(Map.of());
    return kept ? left.withNodeName(host) : left;
  }

  static List<FieldError> of(Endpoints endpoints, @Nullable Endpoints old) {
    EndpointValidation validation = new EndpointValidation();
    if (old == null || !old.subsets().equals(endpoints.subsets())) {
      for (int i = 0; i < endpoints.subsets().size(); i++) {
        validation.subset(endpoints.subsets().get(i), FieldPath.of("subsets").index(i));
      }
    }
    return validation.checks.errors();
  }

  private void subset(EndpointSubset subset, FieldPath path) {
    if (subset.addresses().isEmpty() && subset.notReadyAddresses().isEmpty()) {
      checks.required(path, "must specify `addresses` or `notReadyAddresses`");
    }
    addresses(subset.addresses(), path.child("addresses"));
    addresses(subset.notReadyAddresses(), path.child("notReadyAddresses"));
    for (int i = 0; i < subset.ports().size(); i++) {
      var port = subset.ports().get(i);
      FieldPath at = path.child("ports").index(i);
      if (subset.ports().size() > 1 && port.name().isEmpty()) {
        checks.required(at.child("name"));
      } else if (!port.name().isEmpty()) {
        checks.each(at.child("name"), port.name(), Names.dns1123Label(port.name()));
      }
      checks.portNumber(at.child("port"), port.port());
      protocol(port.protocol(), at);
      appProtocol(port.appProtocol(), at);
    }
  }

  private void addresses(List<EndpointAddress> addresses, FieldPath path) {
    for (int i = 0; i < addresses.size(); i++) {
      EndpointAddress address = addresses.get(i);
      FieldPath at = path.index(i);
      Addresses.ip(checks, at.child("ip"), address.ip(), List.of());
      if (!address.hostname().isEmpty()) {
        checks.each(
            at.child("hostname"), address.hostname(), Names.dns1123Label(address.hostname()));
      }
      node(address.nodeName(), at);
      Addresses.endpoint(checks, at.child("ip"), address.ip());
    }
  }
}
