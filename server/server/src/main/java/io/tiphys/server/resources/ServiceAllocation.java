package io.tiphys.server.resources;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.server.cache.Cache;
import io.tiphys.server.cache.Cached;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives services their addresses and node ports. What is taken is what present services have and
 * what was given to writes under way; both are looked at under one lock, after the cache has caught
 * up with the store: a write that ended before is seen in the cache, one that has not is among
 * those under way. So nothing is given twice, and nothing is ever lost or has to be repaired.
 *
 * <p>Checked against pkg/registry/core/service/storage/alloc.go.
 */
final class ServiceAllocation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String NONE = "None";

  /** The lower part of the range is for addresses that users choose; as upstream splits it. */
  private static final int MAX_STATIC = 256;

  private static final int MIN_STATIC = 16;

  private final Cache cache;
  private final ServiceRanges ranges;
  private final RandomGenerator random;

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by {@link #lock}: given to writes that have not ended. */
  private final Set<String> addressesUnderWay = new HashSet<>();

  /** Guarded by {@link #lock}. */
  private final Set<Integer> portsUnderWay = new HashSet<>();

  ServiceAllocation(Cache cache, ServiceRanges ranges, RandomGenerator random) {
    this.cache = cache;
    this.ranges = ranges;
    this.random = random;
  }

  /**
   * Gives a service what it lacks.
   *
   * @param old the present service, or null for a new one
   */
  Reservation<Service> reserve(Service service, @Nullable Service old, Call call)
      throws InterruptedException {
    Service patched = old == null ? service : keepAllocated(service, old);
    lock.lockInterruptibly();
    try {
      cache.awaitCurrent();
      Grants grants = new Grants(patched, old);
      ServiceSpec spec = grants.withAddress(patched.spec());
      spec = grants.withPorts(spec);
      if (!call.dryRun()) {
        addressesUnderWay.addAll(grants.newAddresses);
        portsUnderWay.addAll(grants.newPorts);
      }
      return new Granted(patched.withSpec(spec), grants, !call.dryRun());
    } finally {
      lock.unlock();
    }
  }

  /** What an update does not mention stays as it was; upstream's patchAllocatedValues. */
  private static Service keepAllocated(Service service, Service old) {
    ServiceSpec spec = service.spec();
    ServiceSpec before = old.spec();
    if (needsAddress(spec) && needsAddress(before)) {
      if (spec.clusterIP().isEmpty()) {
        spec = spec.withClusterIP(before.clusterIP());
      }
      if (spec.clusterIPs().isEmpty() && spec.clusterIP().equals(before.clusterIP())) {
        spec = spec.withClusterIPs(before.clusterIPs());
      }
    }
    if (needsPorts(spec) && needsPorts(before)) {
      List<ServicePort> ports = new ArrayList<>();
      Set<Integer> used = new HashSet<>();
      spec.ports().forEach(port -> used.add(port.nodePort()));
      for (ServicePort port : spec.ports()) {
        ports.add(port.nodePort() == 0 ? keepPort(port, before.ports(), used) : port);
      }
      spec = spec.withPorts(ports);
    }
    if (needsHealthPort(spec) && needsHealthPort(before) && spec.healthCheckNodePort() == 0) {
      spec = spec.withHealthCheckNodePort(before.healthCheckNodePort());
    }
    return service.withSpec(spec);
  }

  private static ServicePort keepPort(
      ServicePort port, List<ServicePort> before, Set<Integer> used) {
    for (ServicePort candidate : before) {
      boolean same =
          candidate.port() == port.port() && candidate.protocol().equals(port.protocol());
      if (same && candidate.nodePort() != 0 && used.add(candidate.nodePort())) {
        return port.withNodePort(candidate.nodePort());
      }
    }
    return port;
  }

  private static boolean needsAddress(ServiceSpec spec) {
    return !spec.type().equals("ExternalName");
  }

  private static boolean needsPorts(ServiceSpec spec) {
    return spec.type().equals("NodePort")
        || (spec.type().equals("LoadBalancer")
            && !Boolean.FALSE.equals(spec.allocateLoadBalancerNodePorts()));
  }

  private static boolean needsHealthPort(ServiceSpec spec) {
    return spec.type().equals("LoadBalancer") && spec.externalTrafficPolicy().equals("Local");
  }

  private void release(Grants grants) {
    lock.lock();
    try {
      addressesUnderWay.removeAll(grants.newAddresses);
      portsUnderWay.removeAll(grants.newPorts);
    } finally {
      lock.unlock();
    }
  }

  private final class Granted implements Reservation<Service> {
    private final Service service;
    private final Grants grants;
    private final boolean held;

    Granted(Service service, Grants grants, boolean held) {
      this.service = service;
      this.grants = grants;
      this.held = held;
    }

    @Override
    public Service object() {
      return service;
    }

    @Override
    public void close() {
      if (held) {
        release(grants);
      }
    }
  }

  /** One service's share. Used under the lock. */
  private final class Grants {
    private final Service service;
    private final Set<String> ownAddresses = new HashSet<>();
    private final Set<Integer> ownPorts = new HashSet<>();
    private final Set<String> takenAddresses = new HashSet<>(addressesUnderWay);
    private final Set<Integer> takenPorts = new HashSet<>(portsUnderWay);
    private final Set<String> newAddresses = new HashSet<>();
    private final Set<Integer> newPorts = new HashSet<>();

    Grants(Service service, @Nullable Service old) {
      this.service = service;
      for (Cached<Service> other : cache.of(CoreV1.SERVICES).current().in("")) {
        boolean own = old != null && other.record().metadata().uid().equals(old.metadata().uid());
        collect(
            other.record().spec(),
            own ? ownAddresses : takenAddresses,
            own ? ownPorts : takenPorts);
      }
    }

    private static void collect(ServiceSpec spec, Set<String> addresses, Set<Integer> ports) {
      addresses.add(spec.clusterIP());
      addresses.addAll(spec.clusterIPs());
      spec.ports().forEach(port -> ports.add(port.nodePort()));
      ports.add(spec.healthCheckNodePort());
    }

    ServiceSpec withAddress(ServiceSpec spec) {
      if (!needsAddress(spec)) {
        return spec;
      }
      String address = spec.clusterIP();
      if (address.isEmpty() && !spec.clusterIPs().isEmpty()) {
        address = spec.clusterIPs().getFirst();
      }
      if (address.isEmpty()) {
        address = anyAddress();
        newAddresses.add(address);
      } else if (!address.equals(NONE) && !ownAddresses.contains(address)) {
        check(address);
        newAddresses.add(address);
      }
      ServiceSpec.Builder given = spec.toBuilder().clusterIP(address);
      if (spec.clusterIPs().isEmpty()) {
        given.clusterIPs(List.of(address));
      }
      if (spec.ipFamilies().isEmpty()) {
        given.ipFamilies(List.of("IPv4"));
      }
      if (spec.ipFamilyPolicy() == null) {
        given.ipFamilyPolicy("SingleStack");
      }
      return given.build();
    }

    private void check(String address) {
      if (!ranges.contains(address)) {
        throw addressFailure(
            address,
            "failed to allocate IP "
                + address
                + ": the provided IP ("
                + address
                + ") is not in the valid range. The range of valid IPs is "
                + ranges.cidr());
      }
      if (takenAddresses.contains(address)) {
        throw addressFailure(
            address, "failed to allocate IP " + address + ": provided IP is already allocated");
      }
    }

    private ApiFailure addressFailure(String address, String detail) {
      return invalid(FieldError.invalid(SPEC.child("clusterIPs"), List.of(address), detail));
    }

    private ApiFailure invalid(FieldError error) {
      return Invalid.failure(CoreV1.SERVICES.type().gvk(), service.name(), List.of(error));
    }

    private String anyAddress() {
      int size = ranges.size();
      int reserved = Math.min(Math.max(MIN_STATIC, size / 16), MAX_STATIC);
      reserved = Math.min(reserved, size / 2);
      int upper = size - reserved;
      int start = random.nextInt(upper);
      for (int i = 0; i < size; i++) {
        int offset = i < upper ? reserved + 1 + (start + i) % upper : size - i;
        String address = ranges.address(offset);
        if (!takenAddresses.contains(address)) {
          return address;
        }
      }
      throw ApiFailure.internalError(
          "failed to allocate a serviceIP for Service \"" + service.name() + "\": range is full");
    }

    ServiceSpec withPorts(ServiceSpec spec) {
      ServiceSpec result = spec;
      if (needsPorts(spec)) {
        List<ServicePort> ports = new ArrayList<>();
        for (int i = 0; i < spec.ports().size(); i++) {
          ports.add(withPort(spec.ports().get(i), i, ports));
        }
        result = result.withPorts(ports);
      }
      if (needsHealthPort(spec) && spec.healthCheckNodePort() == 0) {
        result = result.withHealthCheckNodePort(anyPort());
      }
      return result;
    }

    private ServicePort withPort(ServicePort port, int index, List<ServicePort> earlier) {
      int wanted = port.nodePort();
      if (wanted == 0) {
        return port.withNodePort(sharedOrAny(port, earlier));
      }
      boolean mine = ownPorts.contains(wanted) || newPorts.contains(wanted);
      if (!mine) {
        FieldPath path = SPEC.child("ports").index(index).child("nodePort");
        if (wanted < ranges.firstPort() || wanted > ranges.lastPort()) {
          throw invalid(
              FieldError.invalid(
                  path,
                  wanted,
                  "provided port is not in the valid range. The range of valid ports is "
                      + ranges.firstPort()
                      + "-"
                      + ranges.lastPort()));
        }
        if (takenPorts.contains(wanted)) {
          throw invalid(FieldError.invalid(path, wanted, "provided port is already allocated"));
        }
        newPorts.add(wanted);
      }
      return port;
    }

    /** The same port over TCP and UDP gets one node port, as DNS needs it. */
    private int sharedOrAny(ServicePort port, List<ServicePort> earlier) {
      for (ServicePort other : earlier) {
        if (other.port() == port.port() && !other.protocol().equals(port.protocol())) {
          return other.nodePort();
        }
      }
      return anyPort();
    }

    private int anyPort() {
      int size = ranges.lastPort() - ranges.firstPort() + 1;
      int start = random.nextInt(size);
      for (int i = 0; i < size; i++) {
        int port = ranges.firstPort() + (start + i) % size;
        boolean free =
            !takenPorts.contains(port) && !ownPorts.contains(port) && !newPorts.contains(port);
        if (free) {
          newPorts.add(port);
          return port;
        }
      }
      throw ApiFailure.internalError("failed to allocate a nodePort: range is full");
    }
  }
}
