package io.tiphys.network.dns;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.linux.IpPrefix;
import io.tiphys.network.dns.Answer.Item;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The names of the cluster: the Kubernetes DNS specification 1.1.0, with CoreDNS's choices where it
 * leaves one (labels of endpoints without hostname, SRV weights, pods without looking).
 *
 * <p>A name stands for a list of {@link Target}s; the type of the question decides which side of
 * them it sees. No targets: the name does not exist. Targets without the type: it exists, and there
 * is nothing of the kind.
 */
final class ClusterZone {
  /** CoreDNS's Corefile in every kubeadm cluster has this. */
  static final int TTL = 30;

  /** A service that is not there yet may be there soon. */
  static final int NEGATIVE_TTL = 5;

  private static final String SPECIFICATION = "1.1.0";
  private static final int SRV_WEIGHTS = 100;

  private final String zone;
  private final List<IpPrefix> networks;
  private final ClusterView view;
  private final RandomGenerator random;

  /**
   * @param zone the cluster domain in small letters, such as {@code cluster.local}
   * @param networks the addresses of pods and services: nobody else knows their names
   */
  ClusterZone(String zone, List<IpPrefix> networks, ClusterView view, RandomGenerator random) {
    this.zone = zone;
    this.networks = List.copyOf(networks);
    this.view = view;
    this.random = random;
  }

  /** What a name stands for, by kind. */
  private sealed interface Target {
    /** An address, with the canonical name of who has it: SRV records point there. */
    record Host(String name, InetAddress ip, int port) implements Target {}

    record Elsewhere(String name) implements Target {}
  }

  /** The answer, or nothing if the name is not the cluster's. */
  Optional<Answer> answer(String name, int type) {
    if (name.equals(zone)) {
      return Optional.of(apex(type));
    }
    if (name.endsWith("." + zone)) {
      String relative = name.substring(0, name.length() - zone.length() - 1);
      return Optional.of(inside(name, List.of(relative.split("\\.", -1)).reversed(), type));
    }
    return ReverseName.parse(name).flatMap(ip -> reverse(name, ip, type));
  }

  private Answer apex(int type) {
    return switch (type) {
      case Data.SOA -> Answer.of(List.of(authority()), List.of());
      case Data.NS ->
          Answer.of(List.of(new Item(zone, TTL, new Data.NameServer("ns.dns." + zone))), List.of());
      default -> nothing(Answer.OK);
    };
  }

  private Item authority() {
    // The world changes without numbers; a constant serial says: no zone transfer to be had.
    return new Item(
        zone,
        NEGATIVE_TTL,
        new Data.Authority("ns.dns." + zone, "hostmaster." + zone, 1, NEGATIVE_TTL));
  }

  private Answer nothing(int code) {
    return new Answer(code, List.of(), List.of(authority()), List.of());
  }

  /** A name below the zone; {@code labels} from the zone outwards. */
  private Answer inside(String name, List<String> labels, int type) {
    return switch (labels.getFirst()) {
      case "svc" -> services(name, labels, type);
      case "pod" -> pods(name, labels, type);
      case "dns-version" -> version(name, labels, type);
      default -> nothing(Answer.NO_SUCH_NAME);
    };
  }

  private Answer version(String name, List<String> labels, int type) {
    if (labels.size() > 1) {
      return nothing(Answer.NO_SUCH_NAME);
    }
    return type == Data.TXT || type == Data.ANY
        ? Answer.of(List.of(new Item(name, TTL, new Data.Text(SPECIFICATION))), List.of())
        : nothing(Answer.OK);
  }

  private Answer pods(String name, List<String> labels, int type) {
    if (labels.size() == 1) {
      return nothing(Answer.OK);
    }
    if (labels.size() > 3 || !view.hasNamespace(labels.get(1))) {
      return nothing(Answer.NO_SUCH_NAME);
    }
    if (labels.size() == 2) {
      return nothing(Answer.OK);
    }
    String label = labels.get(2);
    Optional<InetAddress> ip =
        Endpoints.parse(label.replace('-', '.')).or(() -> Endpoints.parse(label.replace('-', ':')));
    return ip.map(found -> project(name, List.of(new Target.Host(name, found, 0)), type))
        .orElseGet(() -> nothing(Answer.NO_SUCH_NAME));
  }

  private Answer services(String name, List<String> labels, int type) {
    if (labels.size() == 1) {
      return nothing(Answer.OK);
    }
    String namespace = labels.get(1);
    if (labels.size() == 2) {
      return nothing(view.hasNamespace(namespace) ? Answer.OK : Answer.NO_SUCH_NAME);
    }
    Service service = view.service(namespace, labels.get(2));
    if (service == null) {
      return nothing(Answer.NO_SUCH_NAME);
    }
    List<Target> targets = targets(service, labels.subList(3, labels.size()));
    if (!targets.isEmpty()) {
      return project(name, targets, type);
    }
    // _proto.svc.ns is no name of its own, but names lie below it.
    boolean betweenNames =
        labels.size() == 4 && !targetsOfProtocol(service, labels.get(3)).isEmpty();
    return nothing(betweenNames ? Answer.OK : Answer.NO_SUCH_NAME);
  }

  private List<Target> targetsOfProtocol(Service service, String label) {
    return label.startsWith("_")
        ? targets(service, new PortFilter("", label.substring(1)), "")
        : List.of();
  }

  /** Which ports count: all, or those of a name and protocol; empty text leaves one open. */
  private record PortFilter(String name, String protocol) {
    static final PortFilter ALL = new PortFilter("", "");

    boolean takes(String itsName, String itsProtocol) {
      return (name.isEmpty() || name.equals(itsName.toLowerCase(Locale.ROOT)))
          && (protocol.isEmpty() || protocol.equals(itsProtocol));
    }
  }

  /** What {@code rest}, the labels outside the service's name, stands for. */
  private List<Target> targets(Service service, List<String> rest) {
    return switch (rest.size()) {
      case 0 -> targets(service, PortFilter.ALL, "");
      case 1 ->
          rest.getFirst().startsWith("_")
              ? List.of()
              : targets(service, PortFilter.ALL, rest.getFirst());
      case 2 -> {
        String protocol = rest.get(0);
        String port = rest.get(1);
        yield protocol.length() > 1
                && port.length() > 1
                && protocol.startsWith("_")
                && port.startsWith("_")
            ? targets(service, new PortFilter(port.substring(1), protocol.substring(1)), "")
            : List.of();
      }
      default -> List.of();
    };
  }

  private List<Target> targets(Service service, PortFilter filter, String endpoint) {
    if (service.spec().type().equals("ExternalName")) {
      boolean bare = filter.equals(PortFilter.ALL) && endpoint.isEmpty();
      String external = withoutDot(service.spec().externalName());
      return bare && !external.isEmpty() ? List.of(new Target.Elsewhere(external)) : List.of();
    }
    boolean headless = service.spec().clusterIP().equals("None");
    return headless || !endpoint.isEmpty()
        ? endpointTargets(service, filter, endpoint)
        : clusterTargets(service, filter);
  }

  private static String withoutDot(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }

  private List<Target> clusterTargets(Service service, PortFilter filter) {
    List<String> ips = service.spec().clusterIPs();
    List<String> all = ips.isEmpty() ? List.of(service.spec().clusterIP()) : ips;
    List<Target> targets = new ArrayList<>();
    for (String text : all) {
      Optional<InetAddress> ip = Endpoints.parse(text);
      for (ServicePort port : service.spec().ports()) {
        String protocol =
            port.protocol().isEmpty() ? "tcp" : port.protocol().toLowerCase(Locale.ROOT);
        if (ip.isPresent() && filter.takes(port.name(), protocol)) {
          targets.add(new Target.Host(nameOf(service), ip.get(), port.port()));
        }
      }
    }
    return targets;
  }

  private List<Target> endpointTargets(Service service, PortFilter filter, String label) {
    String name = service.metadata().name();
    List<EndpointSlice> slices = view.slices(service.metadata().namespace(), name);
    List<Target> targets = new ArrayList<>();
    for (Endpoints.Named endpoint : Endpoints.of(service, slices)) {
      if (!label.isEmpty() && !label.equals(endpoint.label())) {
        continue;
      }
      String itsName = endpoint.label() + "." + nameOf(service);
      if (endpoint.ports().isEmpty() && filter.equals(PortFilter.ALL)) {
        targets.add(new Target.Host(itsName, endpoint.ip(), 0));
      }
      for (Endpoints.Port port : endpoint.ports()) {
        if (filter.takes(port.name(), port.protocol())) {
          targets.add(new Target.Host(itsName, endpoint.ip(), port.number()));
        }
      }
    }
    return targets;
  }

  private String nameOf(Service service) {
    return service.metadata().name() + "." + service.metadata().namespace() + ".svc." + zone;
  }

  /** The side of the targets that the type of the question sees. */
  private Answer project(String name, List<Target> targets, int type) {
    if (targets.getFirst() instanceof Target.Elsewhere(var elsewhere)) {
      return Answer.of(List.of(new Item(name, TTL, new Data.Alias(elsewhere))), List.of());
    }
    List<Target.Host> hosts =
        targets.stream()
            .filter(Target.Host.class::isInstance)
            .map(Target.Host.class::cast)
            .toList();
    if (type == Data.SRV) {
      return srv(name, hosts);
    }
    List<Item> found = new ArrayList<>();
    if (type == Data.A || type == Data.AAAA || type == Data.ANY) {
      hosts.stream()
          .map(host -> new Data.Address(host.ip()))
          .filter(address -> type == Data.ANY || address.type() == type)
          .distinct()
          .forEach(address -> found.add(new Item(name, TTL, address)));
      // Many a client takes the first: let it be another one each time.
      Collections.shuffle(found, java.util.Random.from(random));
    }
    return found.isEmpty() ? nothing(Answer.OK) : Answer.of(found, List.of());
  }

  private Answer srv(String name, List<Target.Host> hosts) {
    Set<Item> answers = new LinkedHashSet<>();
    Set<Item> additional = new LinkedHashSet<>();
    long records =
        hosts.stream().filter(h -> h.port() != 0).map(h -> h.name() + h.port()).distinct().count();
    int weight = records == 0 ? 0 : (int) Math.max(1, SRV_WEIGHTS / records);
    for (Target.Host host : hosts) {
      if (host.port() != 0) {
        answers.add(new Item(name, TTL, new Data.Service(0, weight, host.port(), host.name())));
        additional.add(new Item(host.name(), TTL, new Data.Address(host.ip())));
      }
    }
    return answers.isEmpty()
        ? nothing(Answer.OK)
        : Answer.of(List.copyOf(answers), List.copyOf(additional));
  }

  /** Names of an address: the service's whose own it is, else those of endpoints that have it. */
  private Optional<Answer> reverse(String name, InetAddress ip, int type) {
    String text = ip.getHostAddress();
    Stream<String> ofServices = view.servicesAt(text).stream().map(this::nameOf);
    Stream<String> ofEndpoints = view.slicesAt(text).stream().flatMap(s -> namesIn(s, text));
    List<Item> found =
        Stream.concat(ofServices, ofEndpoints)
            .distinct()
            .map(target -> new Item(name, TTL, (Data) new Data.Pointer(target)))
            .toList();
    if (found.isEmpty()) {
      return networks.stream().anyMatch(network -> network.contains(ip))
          ? Optional.of(nothing(Answer.NO_SUCH_NAME))
          : Optional.empty();
    }
    return Optional.of(
        type == Data.PTR || type == Data.ANY ? Answer.of(found, List.of()) : nothing(Answer.OK));
  }

  private Stream<String> namesIn(EndpointSlice slice, String ip) {
    String serviceName = slice.metadata().labels().getOrDefault(InformerView.SERVICE_NAME, "");
    Service service = view.service(slice.metadata().namespace(), serviceName);
    if (service == null) {
      return Stream.empty();
    }
    Stream<Endpoint> at = slice.endpoints().stream().filter(e -> e.addresses().contains(ip));
    return at.map(endpoint -> Endpoints.label(endpoint, ip) + "." + nameOf(service));
  }
}
