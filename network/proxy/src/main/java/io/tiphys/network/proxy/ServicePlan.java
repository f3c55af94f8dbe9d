package io.tiphys.network.proxy;

import io.tiphys.api.core.v1.LoadBalancerIngress;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.core.v1.SessionAffinityConfig;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.linux.IpPrefix;
import io.tiphys.network.proxy.Endpoints.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Plans the packet rules of one service: pure, and the same for the same input. Behaviour checked
 * against upstream's pkg/proxy/nftables/proxier.go, the rules are our own.
 *
 * <p>A packet to one of the service's addresses finds its chain in a {@link Lookup}:
 *
 * <pre>
 *   cluster address ---------------------> all/... or local/...  pick an endpoint, rewrite
 *   node port, external, load balancer --> ext/... masquerade, then the same
 *   nobody there ------------------------> reject, or drop if only this node has nobody
 * </pre>
 */
final class ServicePlan {
  /** What {@code sessionAffinity: ClientIP} remembers for by default, as the API sets it. */
  private static final int DEFAULT_AFFINITY_SECONDS = 10800;

  private static final String LOCAL = "Local";
  private static final String MASQUERADE = "jump masquerade-later";

  /** A proxy other than this one looks after services with this label. */
  private static final String OTHER_PROXY = "service.kubernetes.io/service-proxy-name";

  private final Service service;
  private final ProxyConfig config;
  private final ServiceRules.Builder rules = new ServiceRules.Builder();

  private ServicePlan(Service service, ProxyConfig config) {
    this.service = service;
    this.config = config;
  }

  /** The rules that {@code service} asks for; none for headless ones and mere names. */
  static ServiceRules of(Service service, Collection<EndpointSlice> slices, ProxyConfig config) {
    ServiceSpec spec = service.spec();
    List<String> clusterIps = clusterIps(spec);
    if (clusterIps.isEmpty()
        || spec.type().equals("ExternalName")
        || service.metadata().labels().containsKey(OTHER_PROXY)) {
      return ServiceRules.NONE;
    }
    ServicePlan plan = new ServicePlan(service, config);
    for (ServicePort port : spec.ports()) {
      String protocol = port.protocol().isEmpty() ? "TCP" : port.protocol();
      plan.add(
          new Port(
              port,
              protocol.toLowerCase(Locale.ROOT),
              clusterIps,
              Endpoints.of(slices, port.name(), protocol, config.nodeName())));
    }
    return plan.rules.build();
  }

  private static List<String> clusterIps(ServiceSpec spec) {
    List<String> all = spec.clusterIPs().isEmpty() ? List.of(spec.clusterIP()) : spec.clusterIPs();
    return ipv4(all.stream());
  }

  private static List<String> ipv4(Stream<String> texts) {
    return texts.filter(ServicePlan::isIpv4).distinct().toList();
  }

  private static boolean isIpv4(String text) {
    try {
      return IpPrefix.parse(text).toString().equals(text + "/32");
    } catch (IllegalArgumentException e) {
      return false; // empty, "None", or of the other family
    }
  }

  /** A port of the service with what was found out about it. */
  private record Port(
      ServicePort port, String protocol, List<String> clusterIps, Endpoints endpoints) {
    List<Target> everywhere() {
      return endpoints.everywhere();
    }

    List<Target> here() {
      return endpoints.here();
    }

    String key(String ip) {
      return ip + " . " + protocol + " . " + port.port();
    }

    String nodeKey() {
      return protocol + " . " + port.nodePort();
    }
  }

  private void add(Port port) {
    boolean internalLocal = LOCAL.equals(service.spec().internalTrafficPolicy());
    List<String> externalIps =
        ipv4(Stream.concat(service.spec().externalIPs().stream(), loadBalancerIps()));
    boolean external = port.port.nodePort() != 0 || !externalIps.isEmpty();
    boolean externalLocal = LOCAL.equals(service.spec().externalTrafficPolicy()) && external;

    List<Target> internal = internalLocal ? port.here() : port.everywhere();
    String internalChain = name(internalLocal ? "local" : "all", port);
    for (String ip : port.clusterIps) {
      rules.element(Lookup.CLUSTER_IPS, ip, "");
      if (internal.isEmpty()) {
        rules.element(Lookup.DEAD_IPS, port.key(ip), refusal(port));
      } else {
        rules.element(Lookup.SERVICE_IPS, port.key(ip), "goto " + internalChain);
      }
    }
    if (external) {
      addExternal(port, externalIps, externalLocal);
    }
    if (!port.everywhere().isEmpty() && (!internalLocal || external)) {
      addPolicyChain(name("all", port), port, port.everywhere());
    }
    if (!port.here().isEmpty() && (internalLocal || externalLocal)) {
      addPolicyChain(name("local", port), port, port.here());
    }
    if (port.protocol.equals("udp")) {
      addUdp(port, externalIps);
    }
    for (Target target : port.everywhere()) {
      rules.element(Lookup.HAIRPINS, target.ip() + " . " + target.ip(), "");
    }
  }

  private void addUdp(Port port, List<String> externalIps) {
    Set<Target> answerers = new TreeSet<>(port.everywhere());
    answerers.addAll(port.here());
    Stream.concat(port.clusterIps.stream(), externalIps.stream())
        .forEach(ip -> rules.udp(Lookup.SERVICE_IPS, port.key(ip), answerers));
    if (port.port.nodePort() != 0) {
      rules.udp(Lookup.NODE_PORTS, port.nodeKey(), answerers);
    }
  }

  private Stream<String> loadBalancerIps() {
    // With ipMode Proxy the balancer wants the packets itself.
    return service.status().loadBalancer().ingress().stream()
        .filter(ingress -> ingress.ipMode() == null || ingress.ipMode().equals("VIP"))
        .map(LoadBalancerIngress::ip);
  }

  /** Somebody elsewhere is there: dropped packets are sent again, to a node that has one. */
  private static String refusal(Port port) {
    return port.everywhere().isEmpty() ? "goto refuse" : "drop";
  }

  private void addExternal(Port port, List<String> ips, boolean local) {
    boolean reachable = !port.everywhere().isEmpty();
    boolean dead = local ? port.here().isEmpty() : !reachable;
    String chain = name("ext", port);
    for (String ip : ips) {
      if (reachable) {
        rules.element(Lookup.SERVICE_IPS, port.key(ip), "goto " + chain);
      }
      if (dead) {
        rules.element(Lookup.DEAD_IPS, port.key(ip), refusal(port));
      }
    }
    if (port.port.nodePort() != 0) {
      if (reachable) {
        rules.element(Lookup.NODE_PORTS, port.nodeKey(), "goto " + chain);
      }
      if (dead) {
        rules.element(Lookup.DEAD_NODE_PORTS, port.nodeKey(), refusal(port));
      }
    }
    if (reachable) {
      rules.chain(chain, externalRules(port, local));
    }
    addSourceRanges(port);
  }

  private List<String> externalRules(Port port, boolean local) {
    if (!local) {
      // The endpoint may be on another node: its answer must come back this way.
      return List.of(MASQUERADE, "goto " + name("all", port));
    }
    List<String> rules = new ArrayList<>();
    // Senders inside are served as if they had gone out and come in again by any node.
    rules.add("ip saddr " + config.podCidr() + " goto " + name("all", port));
    rules.add("fib saddr type local " + MASQUERADE);
    rules.add("fib saddr type local goto " + name("all", port));
    if (!port.here().isEmpty()) {
      rules.add("goto " + name("local", port));
    }
    return rules;
  }

  private void addSourceRanges(Port port) {
    List<String> ranges =
        service.spec().loadBalancerSourceRanges().stream()
            .map(String::strip)
            .filter(ServicePlan::isIpv4Network)
            .toList();
    List<String> ips = ipv4(loadBalancerIps());
    if (ips.isEmpty() || ranges.isEmpty() || ranges.contains("0.0.0.0/0")) {
      return;
    }
    String chain = name("firewall", port);
    String welcome = Stream.concat(ranges.stream(), ips.stream()).collect(Collectors.joining(", "));
    rules.chain(chain, List.of("ip saddr != { " + welcome + " } drop"));
    ips.forEach(ip -> rules.element(Lookup.FIREWALL_IPS, port.key(ip), "goto " + chain));
  }

  private static boolean isIpv4Network(String text) {
    try {
      return IpPrefix.parse(text).isIpv4();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The chain that picks one of {@code targets}. */
  private void addPolicyChain(String chain, Port port, List<Target> targets) {
    List<String> chainRules = new ArrayList<>();
    for (String ip : port.clusterIps) {
      chainRules.add(
          "ip daddr %s %s dport %d ip saddr != %s %s"
              .formatted(ip, port.protocol, port.port.port(), config.podCidr(), MASQUERADE));
    }
    if (service.spec().sessionAffinity().equals("ClientIP")) {
      addAffinity(chainRules, port, targets);
    } else {
      chainRules.add("meta l4proto " + port.protocol + " " + rewrite(targets));
    }
    rules.chain(chain, chainRules);
  }

  private static String rewrite(List<Target> targets) {
    if (targets.size() == 1) {
      Target only = targets.getFirst();
      return "dnat ip to " + only.ip() + ":" + only.port();
    }
    return pick(
        "dnat ip to",
        targets.stream().map(target -> target.ip() + " . " + target.port()).toList(),
        "map");
  }

  /** One of {@code choices} at random, each as likely as the others. */
  private static String pick(String action, List<String> choices, String kind) {
    String cases =
        IntStream.range(0, choices.size())
            .mapToObj(i -> i + " : " + choices.get(i))
            .collect(Collectors.joining(", "));
    String number = "numgen random mod " + choices.size() + " " + kind + " { " + cases + " }";
    return action.isEmpty() ? number : action + " " + number;
  }

  /** Senders go where they went last; each endpoint remembers its own for a while. */
  private void addAffinity(List<String> chainRules, Port port, List<Target> targets) {
    Set<String> memories = new TreeSet<>();
    List<String> jumps = new ArrayList<>();
    for (Target target : targets) {
      String suffix = "/" + target.ip() + "/" + target.port();
      String memory = name("seen", port) + suffix + "/" + affinitySeconds();
      String chain = name("to", port) + suffix;
      memories.add(memory);
      jumps.add("goto " + chain);
      chainRules.add("ip saddr @" + memory + " goto " + chain);
      rules.chain(
          chain,
          List.of(
              "update @" + memory + " { ip saddr }",
              "meta l4proto " + port.protocol + " " + rewrite(List.of(target))));
    }
    chainRules.add(jumps.size() == 1 ? jumps.getFirst() : pick("", jumps, "vmap"));
    rules.affinities(memories);
  }

  private int affinitySeconds() {
    SessionAffinityConfig affinity = service.spec().sessionAffinityConfig();
    if (affinity == null || affinity.clientIP() == null) {
      return DEFAULT_AFFINITY_SECONDS;
    }
    Integer seconds = affinity.clientIP().timeoutSeconds();
    return seconds == null ? DEFAULT_AFFINITY_SECONDS : seconds;
  }

  private String name(String kind, Port port) {
    return String.join(
        "/",
        kind,
        service.metadata().namespace(),
        service.metadata().name(),
        port.protocol,
        Integer.toString(port.port.port()));
  }
}
