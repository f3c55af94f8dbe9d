package io.tiphys.server.tables;

import io.tiphys.api.ApiObject;
import io.tiphys.api.certificates.v1.CertificateSigningRequest;
import io.tiphys.api.certificates.v1.CertificateSigningRequestCondition;
import io.tiphys.api.discovery.v1.Endpoint;
import io.tiphys.api.discovery.v1.EndpointPort;
import io.tiphys.api.discovery.v1.EndpointSlice;
import io.tiphys.api.networking.v1.IPAddress;
import io.tiphys.api.networking.v1.Ingress;
import io.tiphys.api.networking.v1.IngressClass;
import io.tiphys.api.networking.v1.IngressRule;
import io.tiphys.api.networking.v1.ParentReference;
import io.tiphys.api.networking.v1.ServiceCIDR;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.rbac.v1.RoleRef;
import io.tiphys.api.rbac.v1.Subject;
import io.tiphys.api.resource.v1.ResourceClaim;
import io.tiphys.api.resource.v1.ResourceSlice;
import io.tiphys.codec.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The rows of the smaller groups. */
final class OtherTables {
  private OtherTables() {}

  static List<Json> budget(PodDisruptionBudget budget, Instant now) {
    var least = budget.spec().minAvailable();
    var most = budget.spec().maxUnavailable();
    return Cells.row(
        budget.name(),
        least == null ? "N/A" : least.toString(),
        most == null ? "N/A" : most.toString(),
        budget.status().disruptionsAllowed(),
        Cells.age(budget, now));
  }

  static List<Json> endpointSlice(EndpointSlice slice, Instant now) {
    List<String> ports = slice.ports().stream().map(OtherTables::port).toList();
    List<String> addresses = new ArrayList<>();
    for (Endpoint endpoint : slice.endpoints()) {
      addresses.addAll(endpoint.addresses());
    }
    return Cells.row(
        slice.name(),
        slice.addressType(),
        ports.isEmpty() ? Cells.UNSET : Cells.listed(ports),
        addresses.isEmpty() ? Cells.UNSET : Cells.listed(addresses),
        Cells.age(slice, now));
  }

  private static String port(EndpointPort port) {
    if (port.port() != null) {
      return String.valueOf(port.port());
    }
    return port.name() == null ? "*" : port.name();
  }

  static List<Json> serviceCidr(ServiceCIDR cidr, Instant now) {
    return Cells.row(cidr.name(), String.join(",", cidr.spec().cidrs()), Cells.age(cidr, now));
  }

  /** Upstream's rows have a third cell, for which it has no column. */
  static List<Json> ipAddress(IPAddress address, Instant now) {
    return Cells.row(address.name(), parent(address.spec().parentRef()), Cells.age(address, now));
  }

  private static String parent(@Nullable ParentReference parent) {
    if (parent == null) {
      return "<none>";
    }
    String resource =
        parent.group().isEmpty() ? parent.resource() : parent.resource() + "." + parent.group();
    String namespace = parent.namespace().isEmpty() ? "" : "/" + parent.namespace();
    return resource.toLowerCase(Locale.ROOT) + namespace + "/" + parent.name();
  }

  static List<Json> binding(ApiObject binding, RoleRef role, List<Subject> subjects, Instant now) {
    return Cells.row(
        binding.name(),
        role.kind() + "/" + role.name(),
        Cells.age(binding, now),
        subjects(subjects, "User"),
        subjects(subjects, "Group"),
        subjects(subjects, "ServiceAccount"));
  }

  private static String subjects(List<Subject> subjects, String kind) {
    return subjects.stream()
        .filter(subject -> subject.kind().equals(kind))
        .map(s -> kind.equals("ServiceAccount") ? s.namespace() + "/" + s.name() : s.name())
        .collect(Collectors.joining(", "));
  }

  static List<Json> ingress(Ingress ingress, Instant now) {
    TreeSet<String> addresses = new TreeSet<>();
    ingress
        .status()
        .loadBalancer()
        .ingress()
        .forEach(entry -> addresses.add(entry.ip().isEmpty() ? entry.hostname() : entry.ip()));
    addresses.remove("");
    return Cells.row(
        ingress.name(),
        Cells.orNone(ingress.spec().ingressClassName()),
        hosts(ingress.spec().rules()),
        String.join(",", addresses),
        ingress.spec().tls().isEmpty() ? "80" : "80, 443",
        Cells.age(ingress, now));
  }

  private static String hosts(List<IngressRule> rules) {
    List<String> hosts =
        rules.stream().map(IngressRule::host).filter(host -> !host.isEmpty()).toList();
    return hosts.isEmpty() ? "*" : Cells.listed(hosts);
  }

  static List<Json> ingressClass(IngressClass type, Instant now) {
    String annotation =
        type.metadata().annotations().get("ingressclass.kubernetes.io/is-default-class");
    var parameters = type.spec().parameters();
    String described = Cells.NONE;
    if (parameters != null) {
      String group = parameters.apiGroup() == null ? "" : "." + parameters.apiGroup();
      described = parameters.kind() + group + "/" + parameters.name();
    }
    return Cells.row(
        "true".equals(annotation) ? type.name() + " (default)" : type.name(),
        type.spec().controller(),
        described,
        Cells.age(type, now));
  }

  static List<Json> signingRequest(CertificateSigningRequest request, Instant now) {
    Integer seconds = request.spec().expirationSeconds();
    return Cells.row(
        request.name(),
        Cells.age(request, now),
        Cells.orNone(request.spec().signerName()),
        request.spec().username(),
        seconds == null ? Cells.NONE : Cells.duration(Duration.ofSeconds(seconds)),
        condition(request));
  }

  private static String condition(CertificateSigningRequest request) {
    List<String> types =
        request.status().conditions().stream()
            .map(CertificateSigningRequestCondition::type)
            .toList();
    String text =
        types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending";
    text = types.contains("Failed") ? text + ",Failed" : text;
    return request.status().certificate().isEmpty() ? text : text + ",Issued";
  }

  static List<Json> resourceClaim(ResourceClaim claim, Instant now) {
    List<String> states = new ArrayList<>();
    boolean deleted = claim.metadata().deletionTimestamp() != null;
    if (deleted) {
      states.add("deleted");
    }
    if (claim.status().allocation() != null) {
      states.add("allocated");
      if (!claim.status().reservedFor().isEmpty()) {
        states.add("reserved");
      }
    } else if (!deleted) {
      states.add("pending");
    }
    return Cells.row(claim.name(), String.join(",", states), Cells.age(claim, now));
  }

  static List<Json> resourceSlice(ResourceSlice slice, Instant now) {
    String node = slice.spec().nodeName();
    return Cells.row(
        slice.name(),
        node == null ? "" : node,
        slice.spec().driver(),
        slice.spec().pool().name(),
        Cells.age(slice, now));
  }
}
