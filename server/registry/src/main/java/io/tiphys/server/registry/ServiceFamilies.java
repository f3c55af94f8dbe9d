package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.meta.IpAddress;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.Invalid;
import io.tiphys.rules.services.ServiceAddressValidation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The families of a service's addresses, in a cluster that has IPv4 alone. Checked against
 * initIPFamilyFields in pkg/registry/core/service/storage/alloc.go.
 */
final class ServiceFamilies {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final FieldPath POLICY = SPEC.child("ipFamilyPolicy");
  private static final String IPV4 = "IPv4";
  private static final String IPV6 = "IPv6";
  private static final String SINGLE = "SingleStack";
  private static final String PREFER_DUAL = "PreferDualStack";
  private static final String REQUIRE_DUAL = "RequireDualStack";

  private final Service service;
  private final List<FieldError> errors = new ArrayList<>();

  private ServiceFamilies(Service service) {
    this.service = service;
  }

  /**
   * @param old the present service, or null for a new one
   */
  static Service complete(Service service, @Nullable Service old) {
    if (!ServiceDefaults.needsAddress(service.spec()) || prefersAsBefore(service, old)) {
      return service;
    }
    return service.withSpec(new ServiceFamilies(service).complete(old));
  }

  /** A service that prefers two families is not given or taken one behind its owner's back. */
  private static boolean prefersAsBefore(Service service, @Nullable Service old) {
    ServiceSpec spec = service.spec();
    return old != null
        && old.spec().type().equals(spec.type())
        && PREFER_DUAL.equals(spec.ipFamilyPolicy())
        && PREFER_DUAL.equals(old.spec().ipFamilyPolicy())
        && old.spec().clusterIP().equals(spec.clusterIP())
        && old.spec().clusterIPs().equals(spec.clusterIPs())
        && old.spec().ipFamilies().equals(spec.ipFamilies());
  }

  private ServiceSpec complete(@Nullable Service old) {
    ServiceSpec spec = service.spec();
    boolean anyEndpoints = spec.clusterIP().equals(ServiceGrants.NONE) && spec.selector().isEmpty();
    if (spec.ipFamilyPolicy() == null) {
      String had = old == null ? null : old.spec().ipFamilyPolicy();
      spec = spec.withIpFamilyPolicy(had != null ? had : anyEndpoints ? REQUIRE_DUAL : SINGLE);
    }
    errors.addAll(ServiceAddressValidation.of(service.withSpec(spec), old));
    refuse();
    boolean single = SINGLE.equals(spec.ipFamilyPolicy());
    if (old != null) {
      spec = reduced(spec, old.spec(), single);
    }
    if (single) {
      tooMany(spec.clusterIPs(), "cluster IPs");
      tooMany(spec.ipFamilies(), "IP families");
    }
    List<String> families = inferred(spec);
    refuse();
    if (anyEndpoints) {
      return spec.withIpFamilies(ofAnyEndpoints(families, single));
    }
    check(spec, families);
    refuse();
    return spec.withIpFamilies(families.isEmpty() ? List.of(IPV4) : families);
  }

  private ServiceSpec reduced(ServiceSpec given, ServiceSpec before, boolean single) {
    ServiceSpec spec = given;
    boolean sameAddresses =
        spec.clusterIP().equals(before.clusterIP())
            && spec.clusterIPs().equals(before.clusterIPs());
    if (single) {
      if (sameAddresses && spec.clusterIPs().size() > 1) {
        spec = spec.withClusterIPs(spec.clusterIPs().subList(0, 1));
      }
      if (spec.ipFamilies().equals(before.ipFamilies()) && spec.ipFamilies().size() > 1) {
        spec = spec.withIpFamilies(spec.ipFamilies().subList(0, 1));
      }
      return spec;
    }
    less(spec.clusterIPs(), before.clusterIPs(), spec, "cluster IP");
    less(spec.ipFamilies(), before.ipFamilies(), spec, "IP family");
    return spec;
  }

  private void less(List<String> now, List<String> before, ServiceSpec spec, String what) {
    if (!now.isEmpty() && now.size() < before.size()) {
      errors.add(
          FieldError.invalid(
              POLICY,
              spec.ipFamilyPolicy(),
              "must be 'SingleStack' to release the secondary " + what));
    }
  }

  private void tooMany(List<String> values, String what) {
    if (values.size() == 2) {
      errors.add(
          FieldError.invalid(
              POLICY,
              SINGLE,
              "must be 'RequireDualStack' or 'PreferDualStack' when multiple "
                  + what
                  + " are specified"));
    }
  }

  /** The families with those of addresses that have none yet. */
  private List<String> inferred(ServiceSpec spec) {
    List<String> families = new ArrayList<>(spec.ipFamilies());
    for (int i = families.size(); i < spec.clusterIPs().size(); i++) {
      IpAddress address = IpAddress.parse(spec.clusterIPs().get(i));
      if (address == null) {
        break; // None
      }
      if (address.isV6()) {
        errors.add(
            FieldError.invalid(
                SPEC.child("clusterIPs").index(i),
                spec.clusterIPs(),
                "IPv6 is not configured on this cluster"));
      } else {
        families.add(IPV4);
      }
    }
    return families;
  }

  /** Endpoints made by hand may be of any family. */
  private static List<String> ofAnyEndpoints(List<String> given, boolean single) {
    List<String> families = new ArrayList<>(given.isEmpty() ? List.of(IPV4) : given);
    if (families.size() < 2 && !single) {
      families.add(families.getFirst().equals(IPV4) ? IPV6 : IPV4);
    }
    return families;
  }

  private void check(ServiceSpec spec, List<String> families) {
    if (REQUIRE_DUAL.equals(spec.ipFamilyPolicy())) {
      errors.add(
          FieldError.invalid(
              POLICY,
              spec.ipFamilyPolicy(),
              "this cluster is not configured for dual-stack services"));
    }
    for (int i = 0; i < families.size(); i++) {
      if (!families.get(i).equals(IPV4)) {
        errors.add(
            FieldError.invalid(
                SPEC.child("ipFamilies").index(i),
                families.get(i),
                "not configured on this cluster"));
      }
    }
  }

  private void refuse() throws ApiFailure {
    if (!errors.isEmpty()) {
      throw Invalid.failure(CoreV1.SERVICES.type().gvk(), service.name(), errors);
    }
  }
}
