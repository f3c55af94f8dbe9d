package io.tiphys.network.dns;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/** The endpoints of a service as DNS sees them: a label, an address, ports. */
final class Endpoints {
  private Endpoints() {}

  /**
   * An endpoint that may be named.
   *
   * @param label its hostname, else its address with dashes, as CoreDNS has it
   */
  record Named(String label, InetAddress ip, List<Port> ports) {}

  /** A port; the name may be empty, the protocol is in small letters. */
  record Port(String name, String protocol, int number) {}

  /** The ready ones, and the others too where the service publishes them; each address once. */
  static List<Named> of(Service service, Collection<EndpointSlice> slices) {
    boolean all = service.spec().publishNotReadyAddresses();
    LinkedHashSet<Named> found = new LinkedHashSet<>();
    for (EndpointSlice slice : slices) {
      List<Port> ports = ports(slice);
      for (Endpoint endpoint : slice.endpoints()) {
        if (all || !Objects.equals(endpoint.conditions().ready(), false)) {
          for (String text : endpoint.addresses()) {
            parse(text).ifPresent(ip -> found.add(new Named(label(endpoint, text), ip, ports)));
          }
        }
      }
    }
    return List.copyOf(found);
  }

  private static List<Port> ports(EndpointSlice slice) {
    List<Port> ports = new ArrayList<>();
    for (EndpointPort port : slice.ports()) {
      Integer number = port.port();
      if (number != null) {
        String protocol = Objects.requireNonNullElse(port.protocol(), "TCP");
        ports.add(
            new Port(
                Objects.requireNonNullElse(port.name(), ""),
                protocol.toLowerCase(Locale.ROOT),
                number));
      }
    }
    return List.copyOf(ports);
  }

  static String label(Endpoint endpoint, String ip) {
    String hostname = endpoint.hostname();
    return hostname == null || hostname.isEmpty()
        ? ip.replace('.', '-').replace(':', '-')
        : hostname.toLowerCase(Locale.ROOT);
  }

  /** An address in text; slices of type FQDN hold other text. */
  static Optional<InetAddress> parse(String text) {
    try {
      InetAddress ip = InetAddress.ofLiteral(text);
      // Java reads 10.1 as 10.0.0.1; nobody here means that.
      boolean plain = text.indexOf(':') >= 0 || ip.getHostAddress().equals(text);
      return plain ? Optional.of(ip) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
