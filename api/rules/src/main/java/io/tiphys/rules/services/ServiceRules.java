package io.tiphys.rules.services;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ClientIPConfig;
import io.tiphys.api.core.v1.LoadBalancerIngress;
import io.tiphys.api.core.v1.LoadBalancerStatus;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.core.v1.ServiceStatus;
import io.tiphys.api.core.v1.SessionAffinityConfig;
import io.tiphys.meta.IntOrString;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.NameRule;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.UpdateRules;
import io.tiphys.rules.WriteContext;
import io.tiphys.rules.warnings.ServiceWarnings;
import io.tiphys.rules.warnings.Warned;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checked against pkg/apis/core/v1/defaults.go and pkg/registry/core/service/strategy.go. */
public final class ServiceRules extends SpecRules<Service, ServiceSpec, ServiceStatus> {
  private static final int AFFINITY_SECONDS = 10800;

  public ServiceRules() {
    super(
        CoreV1.SERVICES,
        new Parts<>(
            Service::spec,
            Service::status,
            Service::withSpec,
            Service::withStatus,
            ServiceStatus.EMPTY));
  }

  /** A balancer's address is one of the balancer itself unless it says otherwise. */
  @Override
  public Service defaults(Service service) {
    Service filled = super.defaults(service);
    LoadBalancerStatus status = filled.status().loadBalancer();
    if (!filled.spec().type().equals("LoadBalancer") || status.ingress().isEmpty()) {
      return filled;
    }
    List<LoadBalancerIngress> ingress =
        status.ingress().stream()
            .map(i -> i.ip().isEmpty() || i.ipMode() != null ? i : i.withIpMode("VIP"))
            .toList();
    return filled.withStatus(filled.status().withLoadBalancer(status.withIngress(ingress)));
  }

  @Override
  protected ServiceSpec defaults(ServiceSpec spec, Service object) {
    String type = spec.type().isEmpty() ? "ClusterIP" : spec.type();
    boolean external = isReachableFromOutside(spec.withType(type));
    boolean named = type.equals("ExternalName");
    ServiceSpec.Builder out =
        spec.toBuilder()
            .type(type)
            .sessionAffinity(spec.sessionAffinity().isEmpty() ? "None" : spec.sessionAffinity())
            .ports(spec.ports().stream().map(ServiceRules::defaults).toList());
    if (!spec.sessionAffinity().equals("ClientIP")) {
      out.sessionAffinityConfig(null);
    } else if (!hasTimeout(spec.sessionAffinityConfig())) {
      out.sessionAffinityConfig(
          SessionAffinityConfig.builder()
              .clientIP(ClientIPConfig.builder().timeoutSeconds(AFFINITY_SECONDS).build())
              .build());
    }
    if (external && spec.externalTrafficPolicy().isEmpty()) {
      out.externalTrafficPolicy("Cluster");
    }
    if (!named && spec.internalTrafficPolicy() == null) {
      out.internalTrafficPolicy("Cluster");
    }
    if (type.equals("LoadBalancer") && spec.allocateLoadBalancerNodePorts() == null) {
      out.allocateLoadBalancerNodePorts(true);
    }
    return out.build();
  }

  private static boolean hasTimeout(@Nullable SessionAffinityConfig config) {
    return config != null
        && config.clientIP() != null
        && config.clientIP().timeoutSeconds() != null;
  }

  private static ServicePort defaults(ServicePort port) {
    boolean noTarget =
        port.targetPort().equals(IntOrString.Int.ZERO) || port.targetPort().toString().isEmpty();
    return port.toBuilder()
        .protocol(port.protocol().isEmpty() ? "TCP" : port.protocol())
        .targetPort(noTarget ? IntOrString.of(port.port()) : port.targetPort())
        .build();
  }

  /** Services have no generation. */
  @Override
  public Service prepareForCreate(Service service, WriteContext context) {
    return service.withStatus(ServiceStatus.EMPTY);
  }

  @Override
  public Service prepareForUpdate(Service service, Service old, WriteContext context) {
    return ServiceTypeChange.apply(service.withStatus(old.status()), old);
  }

  @Override
  public Map<String, UpdateRules<Service>> subresources() {
    return Map.of("status", new Warned<>(statusRules(), ServiceWarnings::ofStatus));
  }

  @Override
  public List<String> warningsOnCreate(Service service) {
    return ServiceWarnings.of(service);
  }

  @Override
  public List<String> warningsOnUpdate(Service service, Service old) {
    return ServiceWarnings.of(service);
  }

  @Override
  public List<FieldError> validate(Service service) {
    return ServiceValidation.of(service, null);
  }

  @Override
  public List<FieldError> validateUpdate(Service service, Service old) {
    return ServiceValidation.of(service, old);
  }

  @Override
  protected List<FieldError> validateStatus(Service service, Service old) {
    return ServiceValidation.ofStatus(service, old);
  }

  /** Upstream's ExternallyAccessible. */
  static boolean isReachableFromOutside(ServiceSpec spec) {
    return spec.type().equals("LoadBalancer")
        || spec.type().equals("NodePort")
        || (spec.type().equals("ClusterIP") && !spec.externalIPs().isEmpty());
  }

  /** Whether load balancers ask the nodes, at a port of its own, who has endpoints. */
  public static boolean needsHealthCheck(ServiceSpec spec) {
    return spec.type().equals("LoadBalancer") && spec.externalTrafficPolicy().equals("Local");
  }

  /** Where there are no endpoints in the cluster there is no choice among them. */
  @Override
  public Service canonicalize(Service service) {
    return service.spec().type().equals("ExternalName")
        ? service.withSpec(service.spec().withInternalTrafficPolicy(null))
        : service;
  }

  @Override
  public boolean allowCreateOnUpdate() {
    return true;
  }

  /** As since 1.36: names may begin with a digit. */
  @Override
  public NameRule nameRule() {
    return NameRule.DNS_LABEL;
  }

  @Override
  public Map<String, Function<Service, String>> selectableFields() {
    return Map.of(
        "spec.clusterIP", service -> service.spec().clusterIP(),
        "spec.type", service -> service.spec().type());
  }
}
