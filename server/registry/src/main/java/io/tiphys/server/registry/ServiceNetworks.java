package io.tiphys.server.registry;

import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.meta.IpAddress;
import io.tiphys.meta.IpNetwork;
import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * The networks from which services are given addresses at one moment: the IPv4 ones of all
 * ServiceCIDRs that are ready. Checked against pkg/registry/core/service/ipallocator
 * ({cidrallocator,ipallocator}.go).
 */
record ServiceNetworks(List<IpNetwork> networks) {
  private static final int MIN_STATIC = 16;
  private static final int MAX_STATIC = 256;

  static ServiceNetworks of(Collection<ServiceCIDR> all) {
    return new ServiceNetworks(
        all.stream()
            .filter(ServiceNetworks::isReady)
            .flatMap(cidr -> cidr.spec().cidrs().stream())
            .map(IpNetwork::parse)
            .filter(Objects::nonNull)
            .filter(network -> !network.isV6())
            .distinct()
            .toList());
  }

  /** One that nobody has judged yet is ready: the controllers may not be running. */
  private static boolean isReady(ServiceCIDR cidr) {
    return cidr.metadata().deletionTimestamp() == null
        && cidr.status().conditions().stream()
            .filter(condition -> condition.type().equals("Ready"))
            .findFirst()
            .map(condition -> condition.status().equals("True"))
            .orElse(true);
  }

  boolean give(String address) {
    IpAddress parsed = IpAddress.parse(address);
    return parsed != null && networks.stream().anyMatch(network -> network.gives(parsed));
  }

  /** An address that is not taken; empty when there is none. */
  Optional<String> any(RandomGenerator random, Predicate<String> taken) {
    return networks.stream()
        .map(network -> any(network, random, taken))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The lower part of a network is for addresses that users choose; it is given last. */
  private static Optional<String> any(
      IpNetwork network, RandomGenerator random, Predicate<String> taken) {
    long hosts = network.hosts().longValueExact();
    long reserved = Math.min(reserved(hosts + 2), hosts);
    return any(network, reserved + 1, hosts - reserved, random, taken)
        .or(() -> any(network, 1, reserved, random, taken));
  }

  private static long reserved(long size) {
    return size <= MIN_STATIC ? 0 : Math.clamp(size / MIN_STATIC, MIN_STATIC, MAX_STATIC);
  }

  private static Optional<String> any(
      IpNetwork network, long first, long count, RandomGenerator random, Predicate<String> taken) {
    long start = count == 0 ? 0 : random.nextLong(count);
    for (long i = 0; i < count; i++) {
      String address = network.at(BigInteger.valueOf(first + (start + i) % count)).toString();
      if (!taken.test(address)) {
        return Optional.of(address);
      }
    }
    return Optional.empty();
  }
}
