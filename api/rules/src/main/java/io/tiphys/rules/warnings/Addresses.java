package io.tiphys.rules.warnings;

import io.tiphys.meta.GoText;
import io.tiphys.rules.FieldPath;
import java.util.Arrays;

/**
 * Addresses that are good but not in the one form; checked against GetWarningsForIP and
 * GetWarningsForCIDR in apimachinery/pkg/util/validation/ip.go.
 */
final class Addresses {
  private Addresses() {}

  static void ip(String value, FieldPath at, Remarks out) {
    IpLiteral address = IpLiteral.parse(value);
    if (address == null) {
      return;
    }
    String quoted = GoText.quote(value);
    if (address.odd()) {
      out.add(
          at,
          "non-standard IP address " + quoted + " is invalid: use " + GoText.quote(address.text()));
    } else if (!address.text().equals(value)) {
      out.add(
          at,
          "IPv6 address "
              + quoted
              + " should be in RFC 5952 canonical format ("
              + GoText.quote(address.text())
              + ")");
    }
  }

  static void cidr(String value, FieldPath at, Remarks out) {
    int slash = value.indexOf('/');
    IpLiteral address = slash < 0 ? null : IpLiteral.parse(value.substring(0, slash));
    String digits = value.substring(slash + 1);
    if (address == null || !digits.matches("\\d{1,4}")) {
      return;
    }
    boolean mapped = address.mapped();
    // A mapped address counts its prefix in the long form, its text is the short one's.
    int prefix = Integer.parseInt(digits) - (mapped ? 96 : 0);
    int bits = address.bytes().length * Byte.SIZE;
    if (prefix < 0 || prefix > bits) {
      return;
    }
    IpLiteral network = address.masked(prefix);
    String quoted = GoText.quote(value);
    String net = GoText.quote(network.text() + "/" + prefix);
    boolean ambiguous = !Arrays.equals(network.bytes(), address.bytes());
    if (ambiguous) {
      String single = GoText.quote(address.text() + "/" + bits);
      out.add(
          at,
          "CIDR value %s is ambiguous in this context (should be %s or %s?)"
              .formatted(quoted, net, single));
    }
    boolean odd = address.odd() || (digits.length() > 1 && digits.startsWith("0"));
    if (odd) {
      out.add(at, "non-standard CIDR value " + quoted + " is invalid: use " + net);
    }
    String canonical = address.text() + "/" + prefix;
    if (!ambiguous && !odd && !canonical.equals(value)) {
      out.add(
          at,
          "IPv6 CIDR value "
              + quoted
              + " should be in RFC 5952 canonical format ("
              + GoText.quote(canonical)
              + ")");
    }
  }
}
