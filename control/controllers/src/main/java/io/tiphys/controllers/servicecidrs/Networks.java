package io.tiphys.controllers.servicecidrs;

import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.meta.IpAddress;
import io.tiphys.meta.IpNetwork;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Which ServiceCIDRs hold which addresses. Checked against pkg/api/servicecidr/servicecidr.go and
 * canDeleteCIDR in pkg/controller/servicecidrs/servicecidrs_controller.go.
 */
record Networks(Collection<ServiceCIDR> all) {
  private static final String MANAGED_BY = "ipaddress.kubernetes.io/managed-by";
  private static final String ALLOCATOR = "ipallocator.k8s.io";

  static List<IpNetwork> of(ServiceCIDR cidr) {
    return cidr.spec().cidrs().stream().map(IpNetwork::parse).filter(Objects::nonNull).toList();
  }

  /** Those some network of which shares addresses with some network of {@code cidr}. */
  List<ServiceCIDR> overlapping(ServiceCIDR cidr) {
    List<IpNetwork> own = of(cidr);
    return having(network -> own.stream().anyMatch(network::overlaps));
  }

  /** Those from which an address that a server has given can be; none for other addresses. */
  List<ServiceCIDR> giving(IPAddress address) {
    IpAddress parsed = IpAddress.parse(address.name());
    boolean given = ALLOCATOR.equals(address.metadata().labels().get(MANAGED_BY));
    return parsed == null || !given ? List.of() : having(network -> network.gives(parsed));
  }

  private List<ServiceCIDR> having(Predicate<IpNetwork> what) {
    return all.stream().filter(cidr -> of(cidr).stream().anyMatch(what)).toList();
  }

  /** Whether no address would be left without a network if {@code cidr} went. */
  boolean canSpare(ServiceCIDR cidr, Collection<IPAddress> addresses) {
    boolean withinOthers =
        of(cidr).stream().allMatch(own -> others(having(network -> network.contains(own)), cidr));
    return withinOthers
        || addresses.stream()
            .map(this::giving)
            .noneMatch(giving -> !giving.isEmpty() && !others(giving, cidr));
  }

  private static boolean others(List<ServiceCIDR> some, ServiceCIDR cidr) {
    return some.stream().anyMatch(one -> !one.name().equals(cidr.name()));
  }
}
