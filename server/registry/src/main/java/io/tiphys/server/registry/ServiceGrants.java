package io.tiphys.server.registry;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.services.ServiceRules;
import io.tiphys.server.services.NodePorts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What one service is given of what nobody has. Checked against txnAllocClusterIPs, initNodePorts,
 * updateNodePorts and allocHealthCheckNodePort in pkg/registry/core/service/storage/alloc.go.
 */
final class ServiceGrants {
  /** The address of services that have none by intention. */
  static final String NONE = "None";

  private static final FieldPath SPEC = FieldPath.of("spec");

  private final AllocatedServices.Taken taken;
  private final ServiceNetworks networks;
  private final ServiceRanges ranges;
  private final RandomGenerator random;
  private final boolean created;
  private final Set<String> ownAddresses;
  private final Set<Integer> ownPorts;
  private final Set<String> addresses = new HashSet<>();
  private final Set<Integer> ports = new HashSet<>();

  /**
   * @param old whose addresses and ports are the service's already
   */
  ServiceGrants(
      AllocatedServices.Taken taken,
      ServiceNetworks networks,
      ServiceRanges ranges,
      RandomGenerator random,
      @Nullable Service old) {
    this.taken = taken;
    this.networks = networks;
    this.ranges = ranges;
    this.random = random;
    created = old == null;
    ownAddresses = old == null ? Set.of() : AllocatedServices.addressesOf(old.spec());
    ownPorts = old == null ? Set.of() : NodePorts.of(old.spec());
  }

  /** What was given, beyond what the service had. */
  Set<String> addresses() {
    return addresses;
  }

  /** What was given, beyond what the service had. */
  Set<Integer> ports() {
    return ports;
  }

  /** What is wanted is not to be had, or not yet. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    private final transient @Nullable FieldError error;

    private Refused(FieldError error) {
      super(error.message());
      this.error = error;
    }

    private Refused(String message) {
      super(message);
      error = null;
    }

    /** The field's fault, as one of the client's; else it is the server's. */
    Optional<List<FieldError>> field() {
      return Optional.ofNullable(error).map(List::of);
    }
  }

  /** The spec with all that the service needs. */
  ServiceSpec complete(Service service) throws Refused {
    ServiceSpec spec = service.spec();
    if (ServiceDefaults.needsAddress(spec)) {
      spec = withAddress(spec, service.name());
    }
    if (spec.type().equals("NodePort") || spec.type().equals("LoadBalancer")) {
      spec = withPorts(spec);
    }
    if (ServiceRules.needsHealthCheck(spec)) {
      spec = withHealthPort(spec);
    }
    return spec;
  }

  private ServiceSpec withAddress(ServiceSpec spec, String name) throws Refused {
    if (spec.clusterIPs().isEmpty()) {
      String address = anyAddress(name);
      addresses.add(address);
      return spec.toBuilder().clusterIP(address).clusterIPs(List.of(address)).build();
    }
    for (String address : spec.clusterIPs()) {
      if (!address.equals(NONE) && !ownAddresses.contains(address)) {
        check(address, spec);
        addresses.add(address);
      }
    }
    return spec;
  }

  private void check(String address, ServiceSpec spec) throws Refused {
    String problem = "";
    if (!networks.give(address)) {
      problem = "the provided network does not match the current range";
    } else if (taken.has(address)) {
      problem = "provided IP is already allocated";
    }
    if (!problem.isEmpty()) {
      throw new Refused(
          FieldError.invalid(
              SPEC.child("clusterIPs"),
              spec.clusterIPs(),
              "failed to allocate IP " + address + ": " + problem));
    }
  }

  private String anyAddress(String name) throws Refused {
    return networks
        .any(random, taken::has)
        .orElseThrow(
            () ->
                new Refused(
                    "failed to allocate a serviceIP for Service \"" + name + "\": range is full"));
  }

  private ServiceSpec withPorts(ServiceSpec spec) throws Refused {
    boolean gives = ServiceDefaults.needsNodePorts(spec);
    Map<Integer, Integer> shared = new HashMap<>();
    spec.ports().stream()
        .filter(port -> port.nodePort() != 0)
        .forEach(port -> shared.putIfAbsent(port.port(), port.nodePort()));
    List<ServicePort> complete = new ArrayList<>(spec.ports().size());
    for (int i = 0; i < spec.ports().size(); i++) {
      ServicePort port = spec.ports().get(i);
      if (port.nodePort() != 0) {
        claim(port.nodePort(), SPEC.child("ports").index(i).child("nodePort"));
        complete.add(port);
      } else if (gives) {
        int given = created ? shared.getOrDefault(port.port(), 0) : 0;
        int nodePort = given == 0 ? anyPort("failed to allocate a nodePort: range is full") : given;
        shared.putIfAbsent(port.port(), nodePort);
        complete.add(port.withNodePort(nodePort));
      } else {
        complete.add(port);
      }
    }
    return spec.withPorts(complete);
  }

  private void claim(int port, FieldPath path) throws Refused {
    if (ownPorts.contains(port) || ports.contains(port)) {
      return;
    }
    String problem = problem(port);
    if (!problem.isEmpty()) {
      throw new Refused(FieldError.invalid(path, port, problem));
    }
    ports.add(port);
  }

  private String problem(int port) {
    if (port < ranges.firstPort() || port > ranges.lastPort()) {
      return "provided port is not in the valid range. The range of valid ports is "
          + ranges.firstPort()
          + "-"
          + ranges.lastPort();
    }
    return taken.has(port) ? "provided port is already allocated" : "";
  }

  private ServiceSpec withHealthPort(ServiceSpec spec) throws Refused {
    int wanted = spec.healthCheckNodePort();
    if (wanted == 0) {
      return spec.withHealthCheckNodePort(
          anyPort("failed to allocate a HealthCheck NodePort 0: range is full"));
    }
    if (!ownPorts.contains(wanted)) {
      String problem = ports.contains(wanted) ? "provided port is already allocated" : "";
      problem = problem.isEmpty() ? problem(wanted) : problem;
      if (!problem.isEmpty()) {
        throw new Refused(
            "failed to allocate requested HealthCheck NodePort " + wanted + ": " + problem);
      }
      ports.add(wanted);
    }
    return spec;
  }

  private int anyPort(String refusal) throws Refused {
    int size = ranges.lastPort() - ranges.firstPort() + 1;
    int start = random.nextInt(size);
    for (int i = 0; i < size; i++) {
      int port = ranges.firstPort() + (start + i) % size;
      if (!taken.has(port) && !ownPorts.contains(port) && ports.add(port)) {
        return port;
      }
    }
    throw new Refused(refusal);
  }
}
