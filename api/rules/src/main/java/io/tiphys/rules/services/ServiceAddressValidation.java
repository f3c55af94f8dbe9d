package io.tiphys.rules.services;

import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.meta.IpAddress;
import io.tiphys.rules.Addresses;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of a service and their families; checked against
 * ValidateServiceClusterIPsRelatedFields, validateUpgradeDowngradeClusterIPs and
 * validateUpgradeDowngradeIPFamilies.
 */
public final class ServiceAddressValidation {
  private static final FieldPath CLUSTER_IPS = FieldPath.of("spec", "clusterIPs");
  private static final FieldPath FAMILIES = FieldPath.of("spec", "ipFamilies");
  private static final FieldPath POLICY = FieldPath.of("spec", "ipFamilyPolicy");
  private static final List<String> KNOWN_FAMILIES = List.of("IPv4", "IPv6");
  private static final List<String> POLICIES =
      List.of("PreferDualStack", "RequireDualStack", "SingleStack");
  private static final String NONE = "None";
  private static final String SINGLE = "SingleStack";
  private static final String UNCHANGEABLE = "may not change once set";

  private ServiceAddressValidation() {}

  /**
   * @param old the present service, whose addresses may stay whatever they look like
   */
  public static List<FieldError> of(Service service, @Nullable Service old) {
    Checks checks = new Checks();
    ServiceSpec spec = service.spec();
    if (spec.type().equals("ExternalName")) {
      return List.of();
    }
    inStep(spec, checks);
    families(spec, checks);
    checks.supported(POLICY, spec.ipFamilyPolicy(), POLICIES);
    if (valid(spec, old == null ? List.of() : old.spec().clusterIPs(), checks)) {
      if (spec.clusterIPs().size() == 2 && !Addresses.onePerFamily(spec.clusterIPs())) {
        checks.invalid(
            CLUSTER_IPS, spec.clusterIPs(), "may specify no more than one IP for each IP family");
      }
      ofTheirFamilies(spec, checks);
    }
    return checks.errors();
  }

  /** The single address is the first of the list. */
  private static void inStep(ServiceSpec spec, Checks checks) {
    List<String> all = spec.clusterIPs();
    if (spec.clusterIP().isEmpty()) {
      if (!all.isEmpty()) {
        checks.invalid(CLUSTER_IPS, all, "must be empty when `clusterIP` is not specified");
      }
    } else if (all.isEmpty()) {
      checks.required(CLUSTER_IPS);
    } else if (!all.getFirst().equals(spec.clusterIP())) {
      checks.invalid(CLUSTER_IPS, all, "first value must match `clusterIP`");
    }
  }

  private static void families(ServiceSpec spec, Checks checks) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < spec.ipFamilies().size(); i++) {
      String family = spec.ipFamilies().get(i);
      checks.supported(FAMILIES.index(i), family, KNOWN_FAMILIES);
      if (!seen.add(family)) {
        checks.add(FieldError.duplicate(FAMILIES.index(i), family));
      }
    }
  }

  /** Whether what is wrong, if anything, leaves more to be said. */
  private static boolean valid(ServiceSpec spec, List<String> kept, Checks checks) {
    List<String> all = spec.clusterIPs();
    int before = checks.errors().size();
    for (int i = 0; i < all.size(); i++) {
      if (i == 0 && all.getFirst().equals(NONE)) {
        if (all.size() > 1) {
          checks.invalid(CLUSTER_IPS, all, "'None' must be the first and only value");
        }
      } else {
        Addresses.ip(checks, CLUSTER_IPS.index(i), all.get(i), kept);
      }
    }
    boolean valid = checks.errors().size() == before;
    if (all.size() > 2) {
      checks.invalid(CLUSTER_IPS, all, "may only hold up to 2 values");
    }
    return valid;
  }

  private static void ofTheirFamilies(ServiceSpec spec, Checks checks) {
    if (isHeadless(spec)) {
      return;
    }
    int count = Math.min(spec.clusterIPs().size(), spec.ipFamilies().size());
    for (int i = 0; i < count; i++) {
      String text = spec.clusterIPs().get(i);
      IpAddress address = IpAddress.parse(text);
      boolean v6 = address != null && address.isV6();
      String wanted = spec.ipFamilies().get(i);
      if (KNOWN_FAMILIES.contains(wanted) && wanted.equals("IPv6") != v6) {
        checks.invalid(
            CLUSTER_IPS.index(i),
            text,
            "expected an %s value as indicated by `ipFamilies[%d]`".formatted(wanted, i));
      }
    }
  }

  private static boolean isHeadless(ServiceSpec spec) {
    return spec.clusterIPs().size() == 1 && spec.clusterIPs().getFirst().equals(NONE);
  }

  /** What an update may not change. */
  static void update(ServiceSpec now, ServiceSpec old, Checks checks) {
    if (now.type().equals("ExternalName") || old.type().equals("ExternalName")) {
      return;
    }
    if (!(isHeadless(now) && isHeadless(old))) {
      addresses(now, old, checks);
    }
    if (!isHeadless(now) && !isHeadless(old)) {
      familiesOf(now, old, checks);
    }
  }

  private static void addresses(ServiceSpec now, ServiceSpec old, Checks checks) {
    List<String> had = old.clusterIPs();
    List<String> has = now.clusterIPs();
    if (had.size() == has.size()) {
      for (int i = 0; i < had.size(); i++) {
        if (!had.get(i).equals(has.get(i))) {
          checks.invalid(CLUSTER_IPS.index(i), has, UNCHANGEABLE);
        }
      }
      return;
    }
    if (had.size() > has.size() && has.isEmpty()) {
      checks.invalid(CLUSTER_IPS.index(0), has, "primary clusterIP can not be unset");
    }
    if (!had.isEmpty() && !has.isEmpty() && !had.getFirst().equals(has.getFirst())) {
      checks.invalid(CLUSTER_IPS.index(0), has, UNCHANGEABLE);
    }
    if (had.size() > has.size() && has.size() == 1 && !SINGLE.equals(now.ipFamilyPolicy())) {
      checks.invalid(
          POLICY,
          now.ipFamilyPolicy(),
          "must be set to 'SingleStack' when releasing the secondary clusterIP");
    }
  }

  private static void familiesOf(ServiceSpec now, ServiceSpec old, Checks checks) {
    List<String> had = old.ipFamilies();
    List<String> has = now.ipFamilies();
    if (had.size() == has.size()) {
      for (int i = 0; i < had.size(); i++) {
        if (!had.get(i).equals(has.get(i))) {
          checks.invalid(FAMILIES.index(0), has, UNCHANGEABLE);
        }
      }
      return;
    }
    if (had.size() > has.size() && now.clusterIPs().isEmpty()) {
      checks.invalid(FAMILIES.index(0), has, "primary ipFamily can not be unset");
    }
    if (!had.isEmpty() && !has.isEmpty() && !had.getFirst().equals(has.getFirst())) {
      checks.invalid(FAMILIES.index(0), now.clusterIPs(), UNCHANGEABLE);
    }
    if (had.size() > has.size() && has.size() == 1 && !SINGLE.equals(now.ipFamilyPolicy())) {
      checks.invalid(
          POLICY,
          now.ipFamilyPolicy(),
          "must be set to 'SingleStack' when releasing the secondary ipFamily");
    }
  }
}
