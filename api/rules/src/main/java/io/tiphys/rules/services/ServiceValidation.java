package io.tiphys.rules.services;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ObjectMetaRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is wrong with a service; checked against ValidateService. */
final class ServiceValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> TYPES =
      List.of("ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
  private static final List<String> AFFINITIES = List.of("ClientIP", "None");
  private static final List<String> PROTOCOLS = List.of("SCTP", "TCP", "UDP");

  private static final List<String> TRAFFIC = List.of("Cluster", "Local");

  private ServiceValidation() {}

  static List<FieldError> of(Service service) {
    List<FieldError> errors = new ArrayList<>();
    ServiceSpec spec = service.spec();
    boolean named = spec.type().equals("ExternalName");
    boolean headless = spec.clusterIP().equals("None");
    if (spec.ports().isEmpty() && !headless && !named) {
      errors.add(FieldError.required(SPEC.child("ports"), ""));
    }
    if (named) {
      if (spec.externalName().isEmpty()) {
        errors.add(FieldError.required(SPEC.child("externalName"), ""));
      } else {
        Names.dns1123Subdomain(spec.externalName().replaceAll("\\.$", ""))
            .forEach(
                w ->
                    errors.add(
                        FieldError.invalid(SPEC.child("externalName"), spec.externalName(), w)));
      }
    }
    if (!TYPES.contains(spec.type())) {
      errors.add(FieldError.notSupported(SPEC.child("type"), spec.type(), TYPES));
    }
    if (!AFFINITIES.contains(spec.sessionAffinity())) {
      errors.add(
          FieldError.notSupported(
              SPEC.child("sessionAffinity"), spec.sessionAffinity(), AFFINITIES));
    }
    if (headless && (spec.type().equals("NodePort") || spec.type().equals("LoadBalancer"))) {
      errors.add(
          FieldError.invalid(
              SPEC.child("clusterIPs").index(0),
              "None",
              "may not be set to 'None' for %s services".formatted(spec.type())));
    }
    ports(spec, errors);
    errors.addAll(ObjectMetaRules.validateLabels(spec.selector(), SPEC.child("selector")));
    nodePorts(spec, errors);
    traffic(spec, errors);
    return errors;
  }

  private static void ports(ServiceSpec spec, List<FieldError> errors) {
    Set<String> names = new HashSet<>();
    Set<String> numbers = new HashSet<>();
    for (int i = 0; i < spec.ports().size(); i++) {
      ServicePort port = spec.ports().get(i);
      FieldPath at = SPEC.child("ports").index(i);
      if (spec.ports().size() > 1 && port.name().isEmpty()) {
        errors.add(FieldError.required(at.child("name"), ""));
      } else if (!port.name().isEmpty()) {
        Names.dns1123Label(port.name())
            .forEach(w -> errors.add(FieldError.invalid(at.child("name"), port.name(), w)));
        if (!names.add(port.name())) {
          errors.add(FieldError.duplicate(at.child("name"), port.name()));
        }
      }
      number(at.child("port"), port.port(), errors);
      if (!PROTOCOLS.contains(port.protocol())) {
        errors.add(FieldError.notSupported(at.child("protocol"), port.protocol(), PROTOCOLS));
      }
      switch (port.targetPort()) {
        case IntOrString.Int(int target) -> number(at.child("targetPort"), target, errors);
        case IntOrString.Text(String target) ->
            Names.portName(target)
                .forEach(w -> errors.add(FieldError.invalid(at.child("targetPort"), target, w)));
      }
      if (port.nodePort() != 0 && spec.type().equals("ClusterIP")) {
        errors.add(
            FieldError.forbidden(
                at.child("nodePort"), "may not be used when `type` is 'ClusterIP'"));
      }
      if (!numbers.add(port.protocol() + port.port())) {
        errors.add(FieldError.duplicate(at, port.protocol() + "/" + port.port()));
      }
    }
  }

  private static void nodePorts(ServiceSpec spec, List<FieldError> errors) {
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < spec.ports().size(); i++) {
      ServicePort port = spec.ports().get(i);
      if (port.nodePort() != 0 && !taken.add(port.protocol() + port.nodePort())) {
        errors.add(
            FieldError.duplicate(SPEC.child("ports").index(i).child("nodePort"), port.nodePort()));
      }
    }
  }

  private static void traffic(ServiceSpec spec, List<FieldError> errors) {
    Checks checks = new Checks();
    boolean balanced = spec.type().equals("LoadBalancer");
    boolean outside =
        balanced
            || spec.type().equals("NodePort")
            || (spec.type().equals("ClusterIP") && !spec.externalIPs().isEmpty());
    if (spec.allocateLoadBalancerNodePorts() != null && !balanced) {
      checks.forbidden(
          SPEC.child("allocateLoadBalancerNodePorts"),
          "may only be used when `type` is 'LoadBalancer'");
    }
    FieldPath path = SPEC.child("externalTrafficPolicy");
    if (outside) {
      checks.oneOf(path, spec.externalTrafficPolicy(), TRAFFIC);
    } else if (!spec.externalTrafficPolicy().isEmpty()) {
      checks.invalid(
          path, spec.externalTrafficPolicy(), "may only be set for externally-accessible services");
    }
    checks.supported(SPEC.child("internalTrafficPolicy"), spec.internalTrafficPolicy(), TRAFFIC);
    errors.addAll(checks.errors());
  }

  private static void number(FieldPath path, int port, List<FieldError> errors) {
    Names.portNumber(port).forEach(w -> errors.add(FieldError.invalid(path, port, w)));
  }

  static List<FieldError> ofUpdate(Service service, Service old) {
    List<FieldError> errors = of(service);
    String had = old.spec().clusterIP();
    String wanted = service.spec().clusterIP();
    boolean named =
        service.spec().type().equals("ExternalName") || old.spec().type().equals("ExternalName");
    if (!had.isEmpty() && !had.equals(wanted) && !named) {
      errors.add(
          FieldError.invalid(
              SPEC.child("clusterIPs").index(0),
              service.spec().clusterIPs(),
              "may not change once set"));
    }
    return errors;
  }
}
