package io.tiphys.rules;

import io.tiphys.meta.IpAddress;
import java.util.List;

/**
 * IP addresses and networks in fields that are older than upstream's strict validation: what an
 * object has had may stay. Checked against IsValidIPForLegacyField, IsValidCIDRForLegacyField and
 * ValidateEndpointIP in pkg/apis/core/validation.
 */
public final class Addresses {
  private Addresses() {}

  /**
   * @param kept what the field had before
   */
  public static void ip(Checks checks, FieldPath path, String value, List<String> kept) {
    if (!kept.contains(value)) {
      checks.each(path, value, IpAddress.problems(value));
    }
  }

  /**
   * @param kept what the field had before
   */
  public static void network(Checks checks, FieldPath path, String value, List<String> kept) {
    if (!kept.contains(value)) {
      checks.each(path, value, IpAddress.networkProblems(value));
    }
  }

  /** An address that traffic can be sent to from anywhere in the cluster. */
  public static void endpoint(Checks checks, FieldPath path, String value) {
    IpAddress address = IpAddress.parse(value);
    if (address == null) {
      checks.invalid(path, value, "must be a valid IP address");
      return;
    }
    if (address.isUnspecified()) {
      checks.invalid(path, value, "may not be unspecified (" + value + ")");
    }
    if (address.isLoopback()) {
      checks.invalid(path, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
    }
    if (address.isLinkLocalUnicast()) {
      checks.invalid(path, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
    }
    if (address.isLinkLocalMulticast()) {
      checks.invalid(
          path, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
    }
  }

  /** Whether at most one address of each family is there; true of what cannot be read, too. */
  public static boolean onePerFamily(List<String> addresses) {
    List<IpAddress> read =
        addresses.stream().map(IpAddress::parse).filter(address -> address != null).toList();
    long v6 = read.stream().filter(IpAddress::isV6).count();
    return addresses.size() < 2 || (addresses.size() == 2 && (read.size() < 2 || v6 == 1));
  }
}
