package io.tiphys.rules.services;

import io.tiphys.api.core.v1.ClientIPConfig;
import io.tiphys.api.core.v1.LoadBalancerIngress;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.meta.IpAddress;
import io.tiphys.meta.Names;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ObjectMetaRules;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a service; checked against validateService, ValidateServiceUpdate and
 * ValidateLoadBalancerStatus in pkg/apis/core/validation.
 */
final class ServiceValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath ANNOTATIONS = FieldPath.of("metadata", "annotations");
  private static final String TOPOLOGY_MODE = "service.kubernetes.io/topology-mode";
  private static final String TOPOLOGY_HINTS = "service.kubernetes.io/topology-aware-hints";
  private static final String SOURCE_RANGES =
      "service.beta.kubernetes.io/load-balancer-source-ranges";
  private static final FieldPath INGRESS = FieldPath.of("status", "loadBalancer", "ingress");
  private static final List<String> TYPES =
      List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
  private static final List<String> AFFINITIES = List.of("ClientIP", "None");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");
  private static final List<String> TRAFFIC = List.of("Cluster", "Local");
  private static final List<String> DISTRIBUTIONS =
      List.of("PreferClose", "PreferSameZone", "PreferSameNode");
  private static final List<String> IP_MODES = List.of("Proxy", "VIP");
  private static final String ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";

  /** Upstream's validateAffinityTimeout: a day. */
  private static final int MAX_AFFINITY_SECONDS = 86_400;

  private final Checks checks = new Checks();
  private final ServiceSpec spec;
  private final Map<String, String> annotations;
  private final @Nullable Service old;

  private ServiceValidation(Service service, @Nullable Service old) {
    spec = service.spec();
    annotations = service.metadata().annotations();
    this.old = old;
  }

  /**
   * @param old the present service, or null
   */
  static List<FieldError> of(Service service, @Nullable Service old) {
    ServiceValidation validation = new ServiceValidation(service, old);
    if (old != null) {
      validation.update(old.spec());
    }
    validation.topology();
    validation.type();
    validation.ports();
    Checks checks = validation.checks;
    checks.addAll(
        ObjectMetaRules.validateLabels(service.spec().selector(), SPEC.child("selector")));
    validation.affinity();
    checks.addAll(ServiceAddressValidation.of(service, old));
    validation.externalIps();
    checks.oneOf(SPEC.child("type"), service.spec().type(), TYPES);
    validation.numbers();
    validation.balancing();
    validation.traffic();
    return checks.errors();
  }

  private boolean is(String type) {
    return spec.type().equals(type);
  }

  private boolean isHeadless() {
    return spec.clusterIPs().size() == 1 && spec.clusterIPs().getFirst().equals("None");
  }

  private void update(ServiceSpec before) {
    ServiceAddressValidation.update(spec, before, checks);
    boolean balanced = is("LoadBalancer") && before.type().equals("LoadBalancer");
    if (balanced && !Objects.equals(spec.loadBalancerClass(), before.loadBalancerClass())) {
      checks.invalid(
          SPEC.child("loadBalancerClass"), spec.loadBalancerClass(), "may not change once set");
    }
    balancerClass();
    if (ServiceRules.needsHealthCheck(before)
        && ServiceRules.needsHealthCheck(spec)
        && spec.healthCheckNodePort() != before.healthCheckNodePort()) {
      checks.forbidden(SPEC.child("healthCheckNodePort"), "field is immutable");
    }
  }

  /** The older name of an annotation and the newer one say the same. */
  private void topology() {
    String mode = annotations.get(TOPOLOGY_MODE);
    String hints = annotations.get(TOPOLOGY_HINTS);
    if (mode != null && hints != null && !mode.equals(hints)) {
      checks.invalid(
          ANNOTATIONS.key(TOPOLOGY_MODE),
          mode,
          "must match annotations[%s] when both are specified".formatted(TOPOLOGY_HINTS));
    }
  }

  private void type() {
    if (spec.ports().isEmpty() && !isHeadless() && !is("ExternalName")) {
      checks.required(SPEC.child("ports"));
    }
    switch (spec.type()) {
      case "LoadBalancer", "NodePort" -> {
        if (isHeadless()) {
          checks.invalid(
              SPEC.child("clusterIPs").index(0),
              "None",
              "may not be set to 'None' for %s services".formatted(spec.type()));
        }
      }
      case "ExternalName" -> named();
      default -> {} // any address will do
    }
  }

  private void named() {
    String refusal = "may not be set for ExternalName services";
    if (!spec.clusterIPs().isEmpty()) {
      checks.forbidden(SPEC.child("clusterIPs"), refusal);
    }
    if (!spec.ipFamilies().isEmpty()) {
      checks.forbidden(SPEC.child("ipFamilies"), refusal);
    }
    if (spec.ipFamilyPolicy() != null) {
      checks.forbidden(SPEC.child("ipFamilyPolicy"), refusal);
    }
    String name = spec.externalName();
    String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (bare.isEmpty()) {
      checks.required(SPEC.child("externalName"));
    } else {
      checks.each(SPEC.child("externalName"), bare, Names.dns1123Subdomain(bare));
    }
  }

  private void ports() {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < spec.ports().size(); i++) {
      ServicePort port = spec.ports().get(i);
      FieldPath at = SPEC.child("ports").index(i);
      if (spec.ports().size() > 1 && port.name().isEmpty()) {
        checks.required(at.child("name"));
      } else if (!port.name().isEmpty()) {
        checks.each(at.child("name"), port.name(), Names.dns1123Label(port.name()));
        if (!names.add(port.name())) {
          checks.add(FieldError.duplicate(at.child("name"), port.name()));
        }
      }
      checks.portNumber(at.child("port"), port.port());
      checks.oneOf(at.child("protocol"), port.protocol(), PROTOCOLS);
      checks.port(at.child("targetPort"), port.targetPort());
      if (port.appProtocol() != null) {
        checks.each(
            at.child("appProtocol"), port.appProtocol(), Names.qualifiedName(port.appProtocol()));
      }
    }
  }

  private void affinity() {
    checks.oneOf(SPEC.child("sessionAffinity"), spec.sessionAffinity(), AFFINITIES);
    FieldPath path = SPEC.child("sessionAffinityConfig");
    if (spec.sessionAffinity().equals("None") && spec.sessionAffinityConfig() != null) {
      checks.forbidden(path, "must not be set when session affinity is None");
    }
    ClientIPConfig client =
        spec.sessionAffinityConfig() == null ? null : spec.sessionAffinityConfig().clientIP();
    Integer seconds = client == null ? null : client.timeoutSeconds();
    if (spec.sessionAffinity().equals("ClientIP")
        && seconds != null
        && (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS)) {
      checks.invalid(
          path.child("clientIP", "timeoutSeconds"),
          seconds,
          "must be greater than 0 and less than " + MAX_AFFINITY_SECONDS);
    }
  }

  private void externalIps() {
    List<String> kept = old == null ? List.of() : old.spec().externalIPs();
    for (int i = 0; i < spec.externalIPs().size(); i++) {
      FieldPath at = SPEC.child("externalIPs").index(i);
      int before = checks.errors().size();
      Addresses.ip(checks, at, spec.externalIPs().get(i), kept);
      if (checks.errors().size() == before) {
        Addresses.endpoint(checks, at, spec.externalIPs().get(i));
      }
    }
  }

  /** No port twice, of either sort, and none of nodes where only the cluster is served. */
  private void numbers() {
    FieldPath ports = SPEC.child("ports");
    for (int i = 0; i < spec.ports().size(); i++) {
      if (is("ClusterIP") && spec.ports().get(i).nodePort() != 0) {
        checks.forbidden(
            ports.index(i).child("nodePort"), "may not be used when `type` is 'ClusterIP'");
      }
    }
    Set<String> ofNodes = new HashSet<>();
    for (int i = 0; i < spec.ports().size(); i++) {
      ServicePort port = spec.ports().get(i);
      if (port.nodePort() != 0 && !ofNodes.add(port.protocol() + port.nodePort())) {
        checks.add(FieldError.duplicate(ports.index(i).child("nodePort"), port.nodePort()));
      }
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < spec.ports().size(); i++) {
      ServicePort port = spec.ports().get(i);
      if (!seen.add(port.protocol() + port.port())) {
        checks.add(FieldError.duplicate(ports.index(i), shown(port)));
      }
    }
  }

  /** The key of a port, as Go writes its internal form. */
  private static Json shown(ServicePort port) {
    return Json.Obj.builder()
        .put("Name", "")
        .put("Protocol", port.protocol())
        .put("AppProtocol", Json.Null.NULL)
        .put("Port", port.port())
        .put("TargetPort", 0)
        .put("NodePort", 0)
        .build();
  }

  private void balancing() {
    if (!spec.loadBalancerSourceRanges().isEmpty()) {
      sourceRanges(SPEC.child("LoadBalancerSourceRanges"));
    } else if (annotations.containsKey(SOURCE_RANGES)) {
      sourceRanges(annotations.get(SOURCE_RANGES), ANNOTATIONS.key(SOURCE_RANGES));
    }
    if (spec.allocateLoadBalancerNodePorts() != null && !is("LoadBalancer")) {
      checks.forbidden(SPEC.child("allocateLoadBalancerNodePorts"), ONLY_BALANCED);
    }
    if (spec.allocateLoadBalancerNodePorts() == null && is("LoadBalancer")) {
      checks.required(FieldPath.of("allocateLoadBalancerNodePorts"));
    }
    balancerClass();
  }

  private void sourceRanges(FieldPath path) {
    List<String> kept =
        old == null
            ? List.of()
            : old.spec().loadBalancerSourceRanges().stream().map(GoText::trimSpace).toList();
    if (!is("LoadBalancer")) {
      checks.forbidden(path, ONLY_BALANCED);
    }
    for (int i = 0; i < spec.loadBalancerSourceRanges().size(); i++) {
      String range = GoText.trimSpace(spec.loadBalancerSourceRanges().get(i));
      Addresses.network(checks, path.index(i), range, kept);
    }
  }

  /** As they were written before there was a field for them. */
  private void sourceRanges(String ranges, FieldPath path) {
    if (!is("LoadBalancer")) {
      checks.forbidden(path, ONLY_BALANCED);
    }
    boolean same = old != null && ranges.equals(old.metadata().annotations().get(SOURCE_RANGES));
    String trimmed = GoText.trimSpace(ranges);
    if (!same && !trimmed.isEmpty()) {
      for (String range : trimmed.split(",", -1)) {
        Addresses.network(checks, path, GoText.trimSpace(range), List.of());
      }
    }
  }

  private void balancerClass() {
    String type = spec.loadBalancerClass();
    if (type == null) {
      return;
    }
    if (is("LoadBalancer")) {
      checks.each(SPEC.child("loadBalancerClass"), type, Names.qualifiedName(type));
    } else {
      checks.forbidden(SPEC.child("loadBalancerClass"), ONLY_BALANCED);
    }
  }

  private void traffic() {
    FieldPath external = SPEC.child("externalTrafficPolicy");
    if (ServiceRules.isReachableFromOutside(spec)) {
      checks.oneOf(external, spec.externalTrafficPolicy(), TRAFFIC);
    } else if (!spec.externalTrafficPolicy().isEmpty()) {
      checks.invalid(
          external,
          spec.externalTrafficPolicy(),
          "may only be set for externally-accessible services");
    }
    healthPort();
    FieldPath internal = SPEC.child("internalTrafficPolicy");
    if (spec.internalTrafficPolicy() == null
        && !is("ExternalName")
        && TYPES.contains(spec.type())) {
      checks.required(internal);
    }
    checks.supported(internal, spec.internalTrafficPolicy(), TRAFFIC);
    checks.supported(SPEC.child("trafficDistribution"), spec.trafficDistribution(), DISTRIBUTIONS);
  }

  private void healthPort() {
    FieldPath path = SPEC.child("healthCheckNodePort");
    int port = spec.healthCheckNodePort();
    if (!ServiceRules.needsHealthCheck(spec)) {
      if (port != 0) {
        checks.invalid(
            path,
            port,
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is"
                + " 'Local'");
      }
    } else if (port == 0) {
      checks.required(path);
    } else {
      checks.portNumber(path, port);
    }
  }

  /** What is wrong with the addresses of a load balancer. */
  static List<FieldError> ofStatus(Service service, Service old) {
    Checks checks = new Checks();
    List<LoadBalancerIngress> ingress = service.status().loadBalancer().ingress();
    if (!service.spec().type().equals("LoadBalancer") && !ingress.isEmpty()) {
      checks.forbidden(INGRESS, "may only be used when `spec.type` is 'LoadBalancer'");
      return checks.errors();
    }
    List<String> kept =
        old.status().loadBalancer().ingress().stream().map(LoadBalancerIngress::ip).toList();
    for (int i = 0; i < ingress.size(); i++) {
      ingress(checks, ingress.get(i), kept, INGRESS.index(i));
    }
    return checks.errors();
  }

  private static void ingress(
      Checks checks, LoadBalancerIngress ingress, List<String> kept, FieldPath path) {
    boolean hasIp = !ingress.ip().isEmpty();
    if (hasIp) {
      Addresses.ip(checks, path.child("ip"), ingress.ip(), kept);
    }
    if (ingress.ipMode() == null) {
      if (hasIp) {
        checks.required(path.child("ipMode"), "must be specified when `ip` is set");
      }
    } else if (!hasIp) {
      checks.forbidden(path.child("ipMode"), "may not be specified when `ip` is not set");
    } else {
      checks.supported(path.child("ipMode"), ingress.ipMode(), IP_MODES);
    }
    String host = ingress.hostname();
    if (!host.isEmpty()) {
      checks.each(path.child("hostname"), host, Names.dns1123Subdomain(host));
      if (IpAddress.parse(host) != null) {
        checks.invalid(path.child("hostname"), host, "must be a DNS name, not an IP address");
      }
    }
  }
}
