package io.tiphys.rules.warnings;

import io.tiphys.api.networking.v1.IPBlock;
import io.tiphys.api.networking.v1.Ingress;
import io.tiphys.api.networking.v1.IngressLoadBalancerIngress;
import io.tiphys.api.networking.v1.NetworkPolicy;
import io.tiphys.api.networking.v1.NetworkPolicyPeer;
import io.tiphys.api.networking.v1.NetworkPolicySpec;
import io.tiphys.rules.FieldPath;
import java.util.List;

/** Ingresses and network policies; checked against the strategies of pkg/registry/networking. */
public final class NetworkWarnings {
  private static final String CLASS = "kubernetes.io/ingress.class";

  private NetworkWarnings() {}

  /** Of a new ingress. */
  public static List<String> of(Ingress ingress) {
    return ingress.metadata().annotations().containsKey(CLASS)
            && ingress.spec().ingressClassName() == null
        ? List.of(
            "annotation \"%s\" is deprecated, please use 'spec.ingressClassName' instead"
                .formatted(CLASS))
        : List.of();
  }

  /** Of a status. */
  public static List<String> ofStatus(Ingress ingress) {
    Remarks out = new Remarks();
    List<IngressLoadBalancerIngress> points = ingress.status().loadBalancer().ingress();
    for (int i = 0; i < points.size(); i++) {
      if (!points.get(i).ip().isEmpty()) {
        FieldPath at = FieldPath.of("status", "loadBalancer", "ingress").index(i);
        Addresses.ip(points.get(i).ip(), at, out);
      }
    }
    return out.list();
  }

  public static List<String> of(NetworkPolicy policy) {
    NetworkPolicySpec spec = policy.spec();
    Remarks out = new Remarks();
    for (int i = 0; i < spec.ingress().size(); i++) {
      ofPeers(spec.ingress().get(i).from(), FieldPath.of("spec", "ingress").index(i), "from", out);
    }
    for (int i = 0; i < spec.egress().size(); i++) {
      ofPeers(spec.egress().get(i).to(), FieldPath.of("spec", "egress").index(i), "to", out);
    }
    return out.list();
  }

  private static void ofPeers(
      List<NetworkPolicyPeer> peers, FieldPath rule, String field, Remarks out) {
    for (int i = 0; i < peers.size(); i++) {
      IPBlock block = peers.get(i).ipBlock();
      if (block != null) {
        FieldPath at = rule.child(field).index(i).child("ipBlock");
        Addresses.cidr(block.cidr(), at.child("cidr"), out);
        for (int k = 0; k < block.except().size(); k++) {
          Addresses.cidr(block.except().get(k), at.child("except").index(k), out);
        }
      }
    }
  }
}
