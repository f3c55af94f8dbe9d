package io.tiphys.rules.networking;

import io.tiphys.api.NetworkingV1;
import io.tiphys.api.networking.v1.IPBlock;
import io.tiphys.api.networking.v1.NetworkPolicy;
import io.tiphys.api.networking.v1.NetworkPolicyEgressRule;
import io.tiphys.api.networking.v1.NetworkPolicyIngressRule;
import io.tiphys.api.networking.v1.NetworkPolicyPeer;
import io.tiphys.api.networking.v1.NetworkPolicyPort;
import io.tiphys.api.networking.v1.NetworkPolicySpec;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.IpAddress;
import io.tiphys.meta.Names;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.PlainRules;
import io.tiphys.rules.warnings.NetworkWarnings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Network policies; checked against pkg/registry/networking/networkpolicy/strategy.go,
 * pkg/apis/networking/v1/defaults.go and ValidateNetworkPolicy of its validation.
 */
public final class NetworkPolicies {
  private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");
  private static final String INGRESS = "Ingress";
  private static final String EGRESS = "Egress";
  private static final List<String> TYPES = List.of(INGRESS, EGRESS);

  private NetworkPolicies() {}

  public static PlainRules<NetworkPolicy> rules() {
    return new PlainRules<>(NetworkingV1.NETWORKPOLICIES)
        .defaulting(policy -> policy.withSpec(withDefaults(policy.spec())))
        .counting(NetworkPolicy::spec)
        .checkingWithOld(NetworkPolicies::check)
        .warning(NetworkWarnings::of, (policy, _) -> NetworkWarnings.of(policy));
  }

  private static NetworkPolicySpec withDefaults(NetworkPolicySpec spec) {
    List<NetworkPolicyIngressRule> ingress =
        spec.ingress().stream().map(rule -> rule.withPorts(withProtocol(rule.ports()))).toList();
    List<NetworkPolicyEgressRule> egress =
        spec.egress().stream().map(rule -> rule.withPorts(withProtocol(rule.ports()))).toList();
    List<String> implied = spec.egress().isEmpty() ? List.of(INGRESS) : TYPES;
    return spec.toBuilder()
        .ingress(ingress)
        .egress(egress)
        .policyTypes(spec.policyTypes().isEmpty() ? implied : spec.policyTypes())
        .build();
  }

  private static List<NetworkPolicyPort> withProtocol(List<NetworkPolicyPort> ports) {
    return ports.stream()
        .map(port -> port.protocol() == null ? port.withProtocol("TCP") : port)
        .toList();
  }

  private static List<FieldError> check(NetworkPolicy policy, @Nullable NetworkPolicy old) {
    NetworkPolicySpec spec = policy.spec();
    FieldPath path = FieldPath.of("spec");
    List<String> kept = old == null ? List.of() : networks(old.spec());
    Checks checks = new Checks();
    checks.selector(path.child("podSelector"), spec.podSelector());
    for (int i = 0; i < spec.ingress().size(); i++) {
      NetworkPolicyIngressRule rule = spec.ingress().get(i);
      FieldPath at = path.child("ingress").index(i);
      rule(rule.ports(), at.child("ports"), rule.from(), at.child("from"), kept, checks);
    }
    for (int i = 0; i < spec.egress().size(); i++) {
      NetworkPolicyEgressRule rule = spec.egress().get(i);
      FieldPath at = path.child("egress").index(i);
      rule(rule.ports(), at.child("ports"), rule.to(), at.child("to"), kept, checks);
    }
    FieldPath types = path.child("policyTypes");
    if (spec.policyTypes().size() > TYPES.size()) {
      checks.invalid(types, spec.policyTypes(), "may not specify more than two policyTypes");
      return checks.errors();
    }
    for (int i = 0; i < spec.policyTypes().size(); i++) {
      checks.supported(types.index(i), spec.policyTypes().get(i), TYPES);
    }
    return checks.errors();
  }

  /** Networks that were there before may stay as they are. */
  private static List<String> networks(NetworkPolicySpec spec) {
    List<NetworkPolicyPeer> peers = new ArrayList<>();
    spec.ingress().forEach(rule -> peers.addAll(rule.from()));
    spec.egress().forEach(rule -> peers.addAll(rule.to()));
    List<String> networks = new ArrayList<>();
    for (NetworkPolicyPeer peer : peers) {
      if (peer.ipBlock() != null) {
        networks.add(peer.ipBlock().cidr());
        networks.addAll(peer.ipBlock().except());
      }
    }
    return networks;
  }

  private static void rule(
      List<NetworkPolicyPort> ports,
      FieldPath portsPath,
      List<NetworkPolicyPeer> peers,
      FieldPath peersPath,
      List<String> kept,
      Checks checks) {
    for (int i = 0; i < ports.size(); i++) {
      port(ports.get(i), portsPath.index(i), checks);
    }
    for (int i = 0; i < peers.size(); i++) {
      peer(peers.get(i), peersPath.index(i), kept, checks);
    }
  }

  private static void port(NetworkPolicyPort port, FieldPath path, Checks checks) {
    checks.supported(path.child("protocol"), port.protocol(), PROTOCOLS);
    Integer end = port.endPort();
    FieldPath endPath = path.child("endPort");
    switch (port.port()) {
      case null -> {
        if (end != null) {
          checks.invalid(endPath, end, "may not be specified when `port` is not specified");
        }
      }
      case IntOrString.Int(int number) -> {
        checks.portNumber(path.child("port"), number);
        if (end != null) {
          if (end < number) {
            checks.invalid(endPath, number, "must be greater than or equal to `port`");
          }
          checks.portNumber(endPath, end);
        }
      }
      case IntOrString.Text(String name) -> {
        if (end != null) {
          checks.invalid(endPath, end, "may not be specified when `port` is non-numeric");
        }
        checks.each(path.child("port"), name, Names.portName(name));
      }
    }
  }

  private static void peer(
      NetworkPolicyPeer peer, FieldPath path, List<String> kept, Checks checks) {
    checks.selector(path.child("podSelector"), peer.podSelector());
    checks.selector(path.child("namespaceSelector"), peer.namespaceSelector());
    boolean selects = peer.podSelector() != null || peer.namespaceSelector() != null;
    if (peer.ipBlock() != null) {
      block(peer.ipBlock(), path.child("ipBlock"), kept, checks);
      if (selects) {
        checks.forbidden(path, "may not specify both ipBlock and another peer");
      }
    } else if (!selects) {
      checks.required(path, "must specify a peer");
    }
  }

  private static void block(IPBlock block, FieldPath path, List<String> kept, Checks checks) {
    if (block.cidr().isEmpty()) {
      checks.required(path.child("cidr"));
      return;
    }
    Addresses.network(checks, path.child("cidr"), block.cidr(), kept);
    if (!IpAddress.isNetwork(block.cidr())) {
      return;
    }
    for (int i = 0; i < block.except().size(); i++) {
      FieldPath at = path.child("except").index(i);
      String except = block.except().get(i);
      Addresses.network(checks, at, except, kept);
      if (IpAddress.isNetwork(except) && !IpAddress.isProperPart(except, block.cidr())) {
        checks.invalid(at, except, "must be a strict subset of `cidr`");
      }
    }
  }
}
