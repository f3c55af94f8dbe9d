package io.tiphys.rules.networking;

import io.tiphys.api.networking.v1.HTTPIngressPath;
import io.tiphys.api.networking.v1.Ingress;
import io.tiphys.api.networking.v1.IngressBackend;
import io.tiphys.api.networking.v1.IngressLoadBalancerIngress;
import io.tiphys.api.networking.v1.IngressRule;
import io.tiphys.api.networking.v1.IngressServiceBackend;
import io.tiphys.api.networking.v1.IngressSpec;
import io.tiphys.api.networking.v1.IngressStatus;
import io.tiphys.api.networking.v1.IngressTLS;
import io.tiphys.meta.IpAddress;
import io.tiphys.meta.Names;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;

/** What is wrong with an ingress; checked against pkg/apis/networking/validation/validation.go. */
final class IngressValidation {
  private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
  private static final List<String> PATH_TYPES =
      List.of("Exact", "ImplementationSpecific", "Prefix");
  private static final List<String> NOT_IN_PATHS = List.of("//", "/./", "/../", "%2f", "%2F");
  private static final List<String> NOT_AT_ENDS = List.of("/..", "/.");

  private IngressValidation() {}

  static List<FieldError> onCreate(Ingress ingress) {
    Checks checks = new Checks();
    checks.addAll(of(ingress.spec()));
    String annotated = ingress.metadata().annotations().get(CLASS_ANNOTATION);
    String name = ingress.spec().ingressClassName();
    if (annotated != null && name != null && !annotated.equals(name)) {
      checks.invalid(
          FieldPath.of("annotations", CLASS_ANNOTATION),
          annotated,
          "must match `ingressClassName` when both are specified");
    }
    return checks.errors();
  }

  static List<FieldError> of(IngressSpec spec) {
    FieldPath path = FieldPath.of("spec");
    Checks checks = new Checks();
    if (spec.rules().isEmpty() && spec.defaultBackend() == null) {
      checks.invalid(path, null, "either `defaultBackend` or `rules` must be specified");
    }
    if (spec.defaultBackend() != null) {
      backend(spec.defaultBackend(), path.child("defaultBackend"), checks);
    }
    for (int i = 0; i < spec.rules().size(); i++) {
      rule(spec.rules().get(i), path.child("rules").index(i), checks);
    }
    for (int i = 0; i < spec.tls().size(); i++) {
      tls(spec.tls().get(i), path.child("tls").index(i), checks);
    }
    String name = spec.ingressClassName();
    if (name != null) {
      checks.each(path.child("ingressClassName"), name, Names.dns1123Subdomain(name));
    }
    return checks.errors();
  }

  private static void tls(IngressTLS tls, FieldPath path, Checks checks) {
    for (int i = 0; i < tls.hosts().size(); i++) {
      host(tls.hosts().get(i), path.child("hosts").index(i), checks);
    }
    String secret = tls.secretName();
    if (!secret.isEmpty()) {
      checks.each(path.child("secretName"), secret, Names.dns1123Subdomain(secret));
    }
  }

  private static void host(String host, FieldPath path, Checks checks) {
    checks.each(
        path,
        host,
        host.contains("*") ? Names.wildcardDns1123Subdomain(host) : Names.dns1123Subdomain(host));
  }

  private static void rule(IngressRule rule, FieldPath path, Checks checks) {
    if (!rule.host().isEmpty()) {
      noAddress(rule.host(), path.child("host"), checks);
      host(rule.host(), path.child("host"), checks);
    }
    if (rule.http() == null) {
      return;
    }
    FieldPath at = path.child("http", "paths");
    List<HTTPIngressPath> paths = rule.http().paths();
    if (paths.isEmpty()) {
      checks.required(at);
    }
    for (int i = 0; i < paths.size(); i++) {
      httpPath(paths.get(i), at.index(i), checks);
    }
  }

  private static void noAddress(String host, FieldPath path, Checks checks) {
    if (IpAddress.parse(host) != null) {
      checks.invalid(path, host, "must be a DNS name, not an IP address");
    }
  }

  private static void httpPath(HTTPIngressPath path, FieldPath at, Checks checks) {
    String text = path.path();
    if (path.pathType() == null) {
      checks.required(at.child("pathType"), "pathType must be specified");
      return;
    }
    boolean literal = path.pathType().equals("Exact") || path.pathType().equals("Prefix");
    if (!PATH_TYPES.contains(path.pathType())) {
      checks.supported(at.child("pathType"), path.pathType(), PATH_TYPES);
    } else if (!text.startsWith("/") && (literal || !text.isEmpty())) {
      checks.invalid(at.child("path"), text, "must be an absolute path");
    }
    if (literal) {
      for (String sequence : NOT_IN_PATHS) {
        if (text.contains(sequence)) {
          checks.invalid(at.child("path"), text, "must not contain '" + sequence + "'");
        }
      }
      for (String end : NOT_AT_ENDS) {
        if (text.endsWith(end)) {
          checks.invalid(at.child("path"), text, "cannot end with '" + end + "'");
        }
      }
    }
    backend(path.backend(), at.child("backend"), checks);
  }

  private static void backend(IngressBackend backend, FieldPath path, Checks checks) {
    if (backend.resource() != null && backend.service() != null) {
      checks.invalid(path, "", "cannot set both resource and service backends");
    } else if (backend.resource() != null) {
      var resource = backend.resource();
      FieldPath at = path.child("resource");
      References.group(resource.apiGroup(), at, checks);
      References.segment(resource.kind(), at.child("kind"), checks);
      References.segment(resource.name(), at.child("name"), checks);
    } else if (backend.service() != null) {
      service(backend.service(), path, checks);
    } else {
      checks.invalid(path, "", "resource or service backend is required");
    }
  }

  private static void service(IngressServiceBackend service, FieldPath path, Checks checks) {
    FieldPath name = path.child("service", "name");
    if (service.name().isEmpty()) {
      checks.required(name);
    } else {
      checks.each(name, service.name(), Names.dns1035Label(service.name()));
    }
    FieldPath port = path.child("service", "port");
    String portName = service.port().name();
    int number = service.port().number();
    if (!portName.isEmpty() && number != 0) {
      checks.invalid(path, "", "cannot set both port name & port number");
    } else if (!portName.isEmpty()) {
      checks.each(port.child("name"), portName, Names.portName(portName));
    } else if (number != 0) {
      checks.portNumber(port.child("number"), number);
    } else {
      checks.required(path, "port name or number is required");
    }
  }

  static List<FieldError> ofStatus(IngressStatus status, IngressStatus old) {
    List<String> kept =
        old.loadBalancer().ingress().stream()
            .map(IngressLoadBalancerIngress::ip)
            .filter(ip -> !ip.isEmpty())
            .toList();
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("status", "loadBalancer", "ingress");
    List<IngressLoadBalancerIngress> points = status.loadBalancer().ingress();
    for (int i = 0; i < points.size(); i++) {
      IngressLoadBalancerIngress point = points.get(i);
      if (!point.ip().isEmpty()) {
        Addresses.ip(checks, path.index(i).child("ip"), point.ip(), kept);
      }
      if (!point.hostname().isEmpty()) {
        FieldPath at = path.index(i).child("hostname");
        checks.each(at, point.hostname(), Names.dns1123Subdomain(point.hostname()));
        noAddress(point.hostname(), at, checks);
      }
    }
    return checks.errors();
  }
}
