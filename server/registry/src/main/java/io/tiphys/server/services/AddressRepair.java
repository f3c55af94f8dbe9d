package io.tiphys.server.services;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.api.networking.v1.ParentReference;
import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.meta.IpAddress;
import io.tiphys.meta.IpNetwork;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done so that services and IPAddresses agree: each address of a service has an
 * object that names it, and each object that a server made has a service. A function of what there
 * is. Checked against pkg/registry/core/service/ipallocator/controller/repairip.go.
 */
final class AddressRepair {
  /** By then a service that other servers write after its address is there. */
  private static final Duration FOR_THE_SERVICE = Duration.ofMinutes(1);

  /** By then such a server has taken back an address whose service it could not write. */
  private static final Duration FOR_TAKING_BACK = Duration.ofSeconds(5);

  private final Map<String, Service> services = new HashMap<>();
  private final Map<String, IPAddress> addresses = new HashMap<>();
  private final List<IpNetwork> networks;
  private final Instant now;
  private final List<Step> steps = new ArrayList<>();
  private @Nullable Duration again;

  private AddressRepair(State state, Instant now) {
    state.services.forEach(service -> services.put(key(service), service));
    state.addresses.forEach(address -> addresses.put(address.name(), address));
    networks =
        state.cidrs.stream()
            .flatMap(cidr -> cidr.spec().cidrs().stream())
            .map(IpNetwork::parse)
            .filter(Objects::nonNull)
            .toList();
    this.now = now;
  }

  /** All that the decision is made of. */
  record State(
      Collection<Service> services,
      Collection<IPAddress> addresses,
      Collection<ServiceCIDR> cidrs) {}

  /** One thing to do, and what is said of it. */
  sealed interface Step {
    /** An address of a service has no object, or a wrong one, which goes first. */
    record Make(Service service, String address, boolean instead, String message) implements Step {}

    /** An object is nobody's. */
    record Delete(IPAddress address, String reason, String message) implements Step {}

    /** Nothing that could be done by itself. */
    record Complain(Service service, String reason, String message) implements Step {}
  }

  /**
   * @param again when to look once more though nothing changes; null: never
   */
  record Plan(List<Step> steps, @Nullable Duration again) {}

  static Plan of(State state, Instant now) {
    AddressRepair repair = new AddressRepair(state, now);
    state.services.forEach(repair::look);
    state.addresses.forEach(repair::look);
    return new Plan(List.copyOf(repair.steps), repair.again);
  }

  private static String key(Service service) {
    return service.namespace() + "/" + service.name();
  }

  private void look(Service service) {
    String first = service.spec().clusterIP();
    if (first.isEmpty() || first.equals("None")) {
      return;
    }
    for (String text : service.spec().clusterIPs()) {
      IpAddress address = IpAddress.parse(text);
      if (address == null) {
        String message = "Cluster IP " + text + " is not a valid IP; please recreate Service";
        steps.add(new Step.Complain(service, "ClusterIPNotValid", message));
      } else if (networks.stream().noneMatch(network -> network.gives(address))) {
        String message =
            named(address) + " is not within any configured Service CIDR; please recreate service";
        steps.add(new Step.Complain(service, "ClusterIPOutOfRange", message));
      } else {
        look(service, address);
      }
    }
  }

  private static String named(IpAddress address) {
    return "Cluster IP [" + (address.isV6() ? "IPv6" : "IPv4") + "]: " + address;
  }

  private void look(Service service, IpAddress address) {
    String name = address.toString();
    IPAddress present = addresses.get(name);
    if (present == null) {
      String message = named(address) + " is not allocated; repairing";
      steps.add(new Step.Make(service, name, false, message));
    } else if (!IpAddresses.isOf(present, service)) {
      Service other = parent(present);
      if (other == null) {
        steps.add(new Step.Make(service, name, true, wrongReference(service, address)));
      } else if (other.spec().clusterIPs().contains(name)) {
        String message =
            named(address).replace(": ", ":")
                + " was assigned to multiple services; please recreate service";
        steps.add(new Step.Complain(service, "ClusterIPAlreadyAllocated", message));
      }
    } else if (!IpAddresses.isLabelled(present)) {
      steps.add(new Step.Make(service, name, true, ""));
    }
  }

  private static String wrongReference(Service service, IpAddress address) {
    return "the "
        + named(address).replace("Cluster IP", "ClusterIP")
        + " for Service "
        + key(service)
        + " has a wrong reference; repairing";
  }

  /** The service that an object names, if there is one. */
  private @Nullable Service parent(IPAddress address) {
    var parent = address.spec().parentRef();
    return parent != null && IpAddresses.isOfService(parent)
        ? services.get(parent.namespace() + "/" + parent.name())
        : null;
  }

  private void look(IPAddress address) {
    if (!IpAddresses.isManaged(address)) {
      return;
    }
    var parent = address.spec().parentRef();
    if (parent == null || !IpAddresses.isOfService(parent)) {
      String message =
          "IPAddress "
              + address.name()
              + " appears to have been modified, not referencing a Service "
              + printed(parent)
              + ": cleaning up";
      steps.add(new Step.Delete(address, "IPAddressNotAllocated", message));
      return;
    }
    Service service = parent(address);
    String of =
        "IPAddress: " + address.name() + " for Service " + parent.namespace() + "/" + parent.name();
    if (service == null) {
      delete(
          address,
          FOR_THE_SERVICE,
          "IPAddressNotAllocated",
          of + " appears to have leaked: cleaning up");
    } else if (!service.spec().clusterIPs().contains(address.name())) {
      boolean mayGetOne = service.spec().type().equals("ExternalName");
      delete(
          address,
          mayGetOne ? FOR_THE_SERVICE : FOR_TAKING_BACK,
          "IPAddressWrongReference",
          of + " has a wrong reference; cleaning up");
    }
  }

  /** As Go prints it. */
  private static String printed(@Nullable ParentReference parent) {
    return parent == null
        ? "nil"
        : "&ParentReference{Group:%s,Resource:%s,Namespace:%s,Name:%s,}"
            .formatted(parent.group(), parent.resource(), parent.namespace(), parent.name());
  }

  private void delete(IPAddress address, Duration patience, String reason, String message) {
    Instant birth = Objects.requireNonNullElse(address.metadata().creationTimestamp(), now);
    Duration left = Duration.between(now, birth.plus(patience));
    if (left.isNegative() || left.isZero()) {
      steps.add(new Step.Delete(address, reason, message));
    } else if (again == null || left.compareTo(again) < 0) {
      again = left;
    }
  }
}
