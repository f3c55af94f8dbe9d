package io.tiphys.rules.customresources;

import io.tiphys.meta.IpAddress;
import io.tiphys.meta.Names;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The formats of strings and numbers that schemas may name. Checked against
 * apiextensions-apiserver/pkg/apiserver/validation/formats.go and kube-openapi's strfmt.
 */
final class Formats {
  private static final Map<String, Predicate<String>> STRINGS =
      Map.ofEntries(
          Map.entry("bsonobjectid", matching("^[0-9a-fA-F]{24}$")),
          Map.entry("uri", matching("^(/|[a-zA-Z][a-zA-Z0-9+.-]*:)[^\\x00-\\x20\\x7f]*$")),
          Map.entry("email", matching("^[^@\\s<>]+@[^@\\s<>]+$|^.*<[^@\\s<>]+@[^@\\s<>]+>$")),
          Map.entry("hostname", Formats::isHostname),
          Map.entry("ipv4", text -> text.indexOf(':') < 0 && IpAddress.parse(text) != null),
          Map.entry("ipv6", text -> text.indexOf(':') >= 0 && IpAddress.parse(text) != null),
          Map.entry("cidr", Formats::isCidr),
          Map.entry(
              "mac",
              matching(
                  "^([0-9a-fA-F]{2}[:-]){5}([0-9a-fA-F]{2})$"
                      + "|^([0-9a-fA-F]{2}[:-]){7}([0-9a-fA-F]{2})$"
                      + "|^([0-9a-fA-F]{4}\\.){2}[0-9a-fA-F]{4}$")),
          Map.entry("uuid", uuid("[0-9a-f]{4}", "[0-9a-f]{4}")),
          Map.entry("uuid3", uuid("3[0-9a-f]{3}", "[0-9a-f]{4}")),
          Map.entry("uuid4", uuid("4[0-9a-f]{3}", "[89ab][0-9a-f]{3}")),
          Map.entry("uuid5", uuid("5[0-9a-f]{3}", "[89ab][0-9a-f]{3}")),
          Map.entry("isbn", text -> isIsbn10(text) || isIsbn13(text)),
          Map.entry("isbn10", Formats::isIsbn10),
          Map.entry("isbn13", Formats::isIsbn13),
          Map.entry(
              "creditcard",
              text ->
                  matching(
                          "^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}"
                              + "|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}"
                              + "|(?:2131|1800|35\\d{3})\\d{11})$")
                      .test(text.replaceAll("[^0-9]", ""))),
          Map.entry("ssn", matching("^\\d{3}[- ]?\\d{2}[- ]?\\d{4}$")),
          Map.entry("hexcolor", matching("^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$")),
          Map.entry(
              "rgbcolor",
              matching(
                  "^rgb\\(\\s*(\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])\\s*,"
                      + "\\s*(\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])\\s*,"
                      + "\\s*(\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])\\s*\\)$")),
          Map.entry("byte", Formats::isBase64),
          Map.entry("password", _ -> true),
          Map.entry("date", Formats::isDate),
          Map.entry("duration", Formats::isDuration),
          Map.entry(
              "datetime",
              matching(
                  "^\\d{4}-\\d{2}-\\d{2}[tT]([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?"
                      + "([zZ]|[+-]\\d{2}:\\d{2})$")),
          Map.entry("k8sshortname", text -> Names.dns1123Label(text).isEmpty()),
          Map.entry("k8slongname", text -> Names.dns1123Subdomain(text).isEmpty()));

  private static final Set<String> INTEGERS = Set.of("int32", "int64");
  private static final Set<String> NUMBERS = Set.of("float", "double");

  private static final Predicate<String> DURATION_PART =
      matching("(\\d+)\\s*(ns|nano|us|µs|micro|ms|milli|s|sec|m|min|h|hr|hour|d|day|w|wk|week)s?");

  private static final Predicate<String> GO_DURATION =
      matching(
          "^[-+]?(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)"
              + "((\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))*$|^[-+]?0$");

  private Formats() {}

  /** The format as far as it is known for values of {@code type}; empty otherwise. */
  static String known(String type, String format) {
    boolean known =
        switch (type) {
          case "", "string" -> STRINGS.containsKey(normal(format));
          case "integer" -> INTEGERS.contains(format);
          case "number" -> NUMBERS.contains(format);
          default -> false;
        };
    return known ? format : "";
  }

  /** Whether a string has a known format. */
  static boolean fits(String format, String value) {
    return STRINGS.getOrDefault(normal(format), _ -> true).test(value);
  }

  private static String normal(String format) {
    return format.replace("-", "");
  }

  private static Predicate<String> matching(String pattern) {
    GoPattern compiled = GoPattern.compile(pattern);
    return compiled::finds;
  }

  private static Predicate<String> uuid(String third, String fourth) {
    return matching("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?" + third + "-?" + fourth + "-?[0-9a-f]{12}$");
  }

  private static boolean isHostname(String text) {
    if (text.length() > 255 || !HOSTNAME.test(text)) {
      return false;
    }
    for (String label : text.split("\\.", -1)) {
      if (label.length() > 63) {
        return false;
      }
    }
    return true;
  }

  private static final Predicate<String> HOSTNAME =
      matching(
          "^([a-zA-Z0-9\\p{S}\\p{L}]((-?[a-zA-Z0-9\\p{S}\\p{L}]{0,62})?)"
              + "|([a-zA-Z0-9\\p{S}\\p{L}](([a-zA-Z0-9-\\p{S}\\p{L}]{0,61}[a-zA-Z0-9\\p{S}\\p{L}])?)"
              + "(\\.)){1,}([a-zA-Z\\p{L}]){2,63})$");

  private static boolean isCidr(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || IpAddress.parse(text.substring(0, slash)) == null) {
      return false;
    }
    String bits = text.substring(slash + 1);
    int most = text.indexOf(':') < 0 ? 32 : 128;
    return bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= most;
  }

  private static boolean isIsbn10(String text) {
    String digits = text.replaceAll("[\\s-]+", "");
    if (!digits.matches("\\d{9}[\\dX]")) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < 10; i++) {
      sum += (i + 1) * (digits.charAt(i) == 'X' ? 10 : digits.charAt(i) - '0');
    }
    return sum % 11 == 0;
  }

  private static boolean isIsbn13(String text) {
    String digits = text.replaceAll("[\\s-]+", "");
    if (!digits.matches("\\d{13}")) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < 13; i++) {
      sum += (i % 2 == 0 ? 1 : 3) * (digits.charAt(i) - '0');
    }
    return sum % 10 == 0;
  }

  private static boolean isBase64(String text) {
    try {
      Base64.getDecoder().decode(text);
      return text.length() % 4 == 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  private static boolean isDate(String text) {
    try {
      LocalDate.parse(text);
      return text.length() == "2006-01-02".length();
    } catch (DateTimeException _) {
      return false;
    }
  }

  private static boolean isDuration(String text) {
    return GO_DURATION.test(text) || DURATION_PART.test(text);
  }
}
