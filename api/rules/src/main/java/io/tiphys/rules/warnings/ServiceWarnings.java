package io.tiphys.rules.warnings;

import io.tiphys.api.core.v1.EndpointAddress;
import io.tiphys.api.core.v1.EndpointSubset;
import io.tiphys.api.core.v1.Endpoints;
import io.tiphys.api.core.v1.LoadBalancerIngress;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.rules.FieldPath;
import java.util.List;

/**
 * Services and what is behind them; checked against pkg/api/service/warnings.go and the strategies
 * of endpoints and endpoint slices.
 */
public final class ServiceWarnings {
  private static final String HINTS = "service.kubernetes.io/topology-aware-hints";

  private ServiceWarnings() {}

  public static List<String> of(Service service) {
    ServiceSpec spec = service.spec();
    Remarks out = new Remarks();
    if (service.metadata().annotations().containsKey(HINTS)) {
      out.add(
          "annotation %s is deprecated, please use service.kubernetes.io/topology-mode instead"
              .formatted(HINTS));
    }
    if (!spec.clusterIP().isEmpty() && !spec.clusterIP().equals("None")) {
      addresses(spec.clusterIPs(), FieldPath.of("spec", "clusterIPs"), out);
    }
    boolean headless = spec.type().equals("ClusterIP") && spec.clusterIP().equals("None");
    boolean named = spec.type().equals("ExternalName");
    if (headless) {
      headless(spec, out);
    }
    addresses(spec.externalIPs(), FieldPath.of("spec", "externalIPs"), out);
    if (!spec.externalIPs().isEmpty() && !headless && !named) {
      out.add("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
    }
    if (!spec.loadBalancerIP().isEmpty()) {
      Addresses.ip(spec.loadBalancerIP(), FieldPath.of("spec", "loadBalancerIP"), out);
    }
    for (int i = 0; i < spec.loadBalancerSourceRanges().size(); i++) {
      FieldPath at = FieldPath.of("spec", "loadBalancerSourceRanges").index(i);
      Addresses.cidr(spec.loadBalancerSourceRanges().get(i), at, out);
    }
    if (named && !spec.externalIPs().isEmpty()) {
      out.add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
    }
    if (!named && !spec.externalName().isEmpty()) {
      out.add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
    }
    if ("PreferClose".equals(spec.trafficDistribution())) {
      out.add("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
    }
    return out.list();
  }

  private static void headless(ServiceSpec spec, Remarks out) {
    if (!spec.loadBalancerIP().isEmpty()) {
      out.add("spec.loadBalancerIP is ignored for headless services");
    }
    if (!spec.externalIPs().isEmpty()) {
      out.add("spec.externalIPs is ignored for headless services");
    }
    if (!spec.sessionAffinity().equals("None")) {
      out.add("spec.SessionAffinity is ignored for headless services");
    }
  }

  /** Of a status. */
  public static List<String> ofStatus(Service service) {
    Remarks out = new Remarks();
    List<LoadBalancerIngress> ingress = service.status().loadBalancer().ingress();
    for (int i = 0; i < ingress.size(); i++) {
      if (!ingress.get(i).ip().isEmpty()) {
        FieldPath at = FieldPath.of("status", "loadBalancer", "ingress").index(i);
        Addresses.ip(ingress.get(i).ip(), at, out);
      }
    }
    return out.list();
  }

  /** The controller's own are in order. */
  public static List<String> of(Endpoints endpoints) {
    Remarks out = new Remarks();
    if ("endpoint-controller"
        .equals(endpoints.metadata().labels().get("endpoints.kubernetes.io/managed-by"))) {
      return out.list();
    }
    for (int i = 0; i < endpoints.subsets().size(); i++) {
      EndpointSubset subset = endpoints.subsets().get(i);
      FieldPath at = FieldPath.of("subsets").index(i);
      ofSubset(subset.addresses(), at.child("addresses"), out);
      ofSubset(subset.notReadyAddresses(), at.child("notReadyAddresses"), out);
    }
    return out.list();
  }

  private static void ofSubset(List<EndpointAddress> addresses, FieldPath at, Remarks out) {
    for (int i = 0; i < addresses.size(); i++) {
      Addresses.ip(addresses.get(i).ip(), at.index(i).child("ip"), out);
    }
  }

  public static List<String> onCreate(EndpointSlice slice) {
    Remarks out = new Remarks();
    if (slice.addressType().equals("FQDN")) {
      out.add("spec.addressType: FQDN endpoints are deprecated");
    }
    return out.addAll(onUpdate(slice)).list();
  }

  /** The controllers' own are in order. */
  public static List<String> onUpdate(EndpointSlice slice) {
    Remarks out = new Remarks();
    String manager =
        slice.metadata().labels().getOrDefault("endpointslice.kubernetes.io/managed-by", "");
    if (manager.equals("endpointslice-controller.k8s.io")
        || manager.equals("endpointslicemirroring-controller.k8s.io")) {
      return out.list();
    }
    for (int i = 0; i < slice.endpoints().size(); i++) {
      FieldPath at = FieldPath.of("endpoints").index(i).child("addresses");
      addresses(slice.endpoints().get(i).addresses(), at, out);
    }
    return out.list();
  }

  private static void addresses(List<String> addresses, FieldPath at, Remarks out) {
    for (int i = 0; i < addresses.size(); i++) {
      Addresses.ip(addresses.get(i), at.index(i), out);
    }
  }
}
