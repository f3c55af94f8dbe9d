package io.tiphys.network.proxy;

import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointConditions;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one port of a service that may be sent to; checked against upstream's
 * pkg/proxy/topology.go: ready ones, and only where none is ready those that serve while they
 * terminate, separately for the whole cluster and for this node.
 *
 * @param everywhere those of the whole cluster
 * @param here those of this node
 */
record Endpoints(List<Target> everywhere, List<Target> here) {
  /** An address and port to send to. */
  record Target(String ip, int port) implements Comparable<Target> {
    private static final Comparator<Target> ORDER =
        Comparator.comparing(Target::ip).thenComparingInt(Target::port);

    @Override
    public int compareTo(Target other) {
      return ORDER.compare(this, other);
    }
  }

  private record Candidate(boolean ready, boolean servesToTheEnd, boolean here) {
    static Candidate of(Endpoint endpoint, String nodeName) {
      EndpointConditions conditions = endpoint.conditions();
      boolean ready = !Objects.equals(conditions.ready(), false);
      Boolean serving = conditions.serving();
      return new Candidate(
          ready,
          (serving == null ? ready : serving) && Objects.equals(conditions.terminating(), true),
          nodeName.equals(endpoint.nodeName()));
    }
  }

  static Endpoints of(
      Collection<EndpointSlice> slices, String portName, String protocol, String nodeName) {
    SortedMap<Target, Candidate> candidates = new TreeMap<>();
    for (EndpointSlice slice : slices) {
      Integer port = slice.addressType().equals("IPv4") ? port(slice, portName, protocol) : null;
      if (port != null) {
        for (Endpoint endpoint : slice.endpoints()) {
          // Only the first address means anything; see the API's description of the field.
          if (!endpoint.addresses().isEmpty() && isUsable(endpoint.addresses().getFirst())) {
            Target target = new Target(endpoint.addresses().getFirst(), port);
            // An endpoint may be in two slices while it moves; the better opinion counts.
            candidates.merge(target, Candidate.of(endpoint, nodeName), (a, b) -> a.ready() ? a : b);
          }
        }
      }
    }
    return new Endpoints(
        choose(candidates, candidate -> true), choose(candidates, Candidate::here));
  }

  private static @Nullable Integer port(EndpointSlice slice, String name, String protocol) {
    for (EndpointPort port : slice.ports()) {
      String itsName = Objects.requireNonNullElse(port.name(), "");
      String itsProtocol = Objects.requireNonNullElse(port.protocol(), "TCP");
      if (itsName.equals(name) && itsProtocol.equals(protocol)) {
        return port.port();
      }
    }
    return null;
  }

  /** Text from the API that would not be an address must not reach the packet rules. */
  private static boolean isUsable(String ip) {
    try {
      return InetAddress.ofLiteral(ip).getHostAddress().equals(ip);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static List<Target> choose(
      SortedMap<Target, Candidate> candidates, Predicate<Candidate> wanted) {
    List<Target> ready = select(candidates, wanted.and(Candidate::ready));
    return ready.isEmpty() ? select(candidates, wanted.and(Candidate::servesToTheEnd)) : ready;
  }

  private static List<Target> select(
      SortedMap<Target, Candidate> candidates, Predicate<Candidate> wanted) {
    return candidates.entrySet().stream()
        .filter(entry -> wanted.test(entry.getValue()))
        .map(java.util.Map.Entry::getKey)
        .toList();
  }
}
