package io.tiphys.meta;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The grammars of names in the API. Every method returns what is wrong with its argument, in
 * upstream's words; an empty list means that it is valid.
 *
 * <p>Checked against apimachinery/pkg/util/validation/validation.go and
 * apimachinery/pkg/api/validate/content. The patterns in the messages are upstream's; the checks
 * are loops, because names are checked on every write.
 */
public final class Names {
  public static final int LABEL_VALUE_MAX_LENGTH = 63;
  public static final int DNS_LABEL_MAX_LENGTH = 63;
  public static final int DNS_SUBDOMAIN_MAX_LENGTH = 253;

  private static final String DNS_1123_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String DNS_1123_SUBDOMAIN = DNS_1123_LABEL + "(\\." + DNS_1123_LABEL + ")*";
  private static final String SEARCHED_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
  private static final String SEARCHED = SEARCHED_LABEL + "(\\." + SEARCHED_LABEL + ")*";
  private static final String LABEL_KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
  private static final String LABEL_KEY_PROBLEM =
      problem(
          "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
              + " alphanumeric character",
          LABEL_KEY,
          "MyName",
          "my.name",
          "123-abc");

  private Names() {}

  /** A label of DNS by RFC 1123, such as the name of a namespace. */
  public static List<String> dns1123Label(String value) {
    List<String> problems = tooLong(value, DNS_LABEL_MAX_LENGTH, "characters");
    if (isDnsLabel(value, 0, value.length())) {
      return problems;
    }
    return isDnsSubdomain(value)
        ? and(problems, "must not contain dots")
        : and(
            problems,
            problem(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or"
                    + " '-', and must start and end with an alphanumeric character",
                DNS_1123_LABEL,
                "my-name",
                "123-abc"));
  }

  /** Labels of DNS with points between them, such as the name of most objects. */
  public static List<String> dns1123Subdomain(String value) {
    List<String> problems = tooLong(value, DNS_SUBDOMAIN_MAX_LENGTH, "characters");
    return isDnsSubdomain(value)
        ? problems
        : and(
            problems,
            problem(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                    + " '-' or '.', and must start and end with an alphanumeric character",
                DNS_1123_SUBDOMAIN,
                "example.com"));
  }

  /** Every name below a subdomain: {@code *.example.com}. */
  public static List<String> wildcardDns1123Subdomain(String value) {
    List<String> problems = tooLong(value, DNS_SUBDOMAIN_MAX_LENGTH, "characters");
    return value.startsWith("*.") && isDnsSubdomain(value.substring(2))
        ? problems
        : and(
            problems,
            problem(
                "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS"
                    + " subdomain, which must consist of lower case alphanumeric characters, '-'"
                    + " or '.' and end with an alphanumeric character",
                "\\*\\." + DNS_1123_SUBDOMAIN,
                "*.example.com"));
  }

  /** A label of DNS that begins with a letter, by RFC 1035. */
  public static List<String> dns1035Label(String value) {
    List<String> problems = tooLong(value, DNS_LABEL_MAX_LENGTH, "characters");
    boolean lettered =
        !value.isEmpty() && value.charAt(0) >= 'a' && isDnsLabel(value, 0, value.length());
    return lettered
        ? problems
        : and(
            problems,
            problem(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start"
                    + " with an alphabetic character, and end with an alphanumeric character",
                "[a-z]([-a-z0-9]*[a-z0-9])?",
                "my-name",
                "abc-123"));
  }

  /** As {@link #dns1123Subdomain}, with underscores: names that are searched. */
  public static List<String> dns1123SubdomainWithUnderscore(String value) {
    List<String> problems = tooLong(value, DNS_SUBDOMAIN_MAX_LENGTH, "characters");
    return isSearched(value)
        ? problems
        : and(
            problems,
            problem(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                    + " '_', '-' or '.', and must start and end with an alphanumeric character",
                SEARCHED,
                "example.com"));
  }

  /** The key of a label or annotation: a name, optionally behind a domain and a slash. */
  public static List<String> qualifiedName(String value) {
    int slash = value.indexOf('/');
    if (slash != value.lastIndexOf('/')) {
      return List.of(
          "a valid label key "
              + LABEL_KEY_PROBLEM
              + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    }
    List<String> problems = List.of();
    if (slash == 0) {
      problems = and(problems, "prefix part must be non-empty");
    } else if (slash > 0) {
      for (String problem : dns1123Subdomain(value.substring(0, slash))) {
        // Label keys count in bytes where other names say characters.
        problems = and(problems, "prefix part " + problem.replaceFirst(" characters$", " bytes"));
      }
    }
    String name = value.substring(slash + 1);
    if (name.isEmpty()) {
      problems = and(problems, "name part must be non-empty");
    } else {
      for (String problem : tooLong(name, LABEL_VALUE_MAX_LENGTH, "bytes")) {
        problems = and(problems, "name part " + problem);
      }
    }
    return isLabelName(name) ? problems : and(problems, "name part " + LABEL_KEY_PROBLEM);
  }

  /** The value of a label. */
  public static List<String> labelValue(String value) {
    List<String> problems = tooLong(value, LABEL_VALUE_MAX_LENGTH, "bytes");
    return value.isEmpty() || isLabelName(value)
        ? problems
        : and(
            problems,
            problem(
                "a valid label must be an empty string or consist of alphanumeric characters, '-',"
                    + " '_' or '.', and must start and end with an alphanumeric character",
                "(" + LABEL_KEY + ")?",
                "MyValue",
                "my_value",
                "12345"));
  }

  /** A name that may stand as a segment of a path. */
  public static List<String> pathSegmentName(String name) {
    return name.equals(".") || name.equals("..")
        ? List.of("may not be '" + name + "'")
        : pathSegmentPrefix(name);
  }

  /** The beginning of such a name. */
  public static List<String> pathSegmentPrefix(String name) {
    List<String> problems = List.of();
    if (name.indexOf('/') >= 0) {
      problems = and(problems, "may not contain '/'");
    }
    return name.indexOf('%') >= 0 ? and(problems, "may not contain '%'") : problems;
  }

  /** The name of a port. */
  public static List<String> portName(String port) {
    List<String> problems = tooLong(port, 15, "characters");
    boolean letter = false;
    boolean clean = !port.isEmpty();
    for (int i = 0; i < port.length(); i++) {
      char c = port.charAt(i);
      letter |= c >= 'a' && c <= 'z';
      clean &= isLowerAlphanumeric(c) || c == '-';
    }
    if (!clean) {
      problems =
          and(problems, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
    }
    if (!letter) {
      problems = and(problems, "must contain at least one letter (a-z)");
    }
    if (port.contains("--")) {
      problems = and(problems, "must not contain consecutive hyphens");
    }
    return port.startsWith("-") || port.endsWith("-")
        ? and(problems, "must not begin or end with a hyphen")
        : problems;
  }

  /** The number of a port. */
  public static List<String> portNumber(long port) {
    return inRange(port, 1, 65_535);
  }

  /** A number of a user or group. */
  public static List<String> userOrGroupId(long id) {
    return inRange(id, 0, Integer.MAX_VALUE);
  }

  /** Any bounded number. */
  public static List<String> inRange(long value, long least, long most) {
    return value >= least && value <= most
        ? List.of()
        : List.of("must be between " + least + " and " + most + ", inclusive");
  }

  /** The name of an environment variable by the old, strict rule. */
  public static List<String> envVarName(String value) {
    boolean valid =
        isConfigKey(value)
            && !value.isEmpty()
            && !(value.charAt(0) >= '0' && value.charAt(0) <= '9');
    List<String> problems =
        valid
            ? List.of()
            : List.of(
                problem(
                    "a valid environment variable name must consist of alphabetic characters,"
                        + " digits, '_', '-', or '.', and must not start with a digit",
                    "[-._a-zA-Z][-._a-zA-Z0-9]*",
                    "my.env-name",
                    "MY_ENV.NAME",
                    "MyEnvName1"));
    return withoutDots(problems, value);
  }

  /** The name of an environment variable as containers may have it today. */
  public static List<String> relaxedEnvVarName(String value) {
    if (value.isEmpty()) {
      return List.of("environment variable name must be non-empty");
    }
    boolean printable = value.chars().allMatch(c -> c >= ' ' && c < 127 && c != '=');
    return printable
        ? List.of()
        : List.of(
            "a valid environment variable name must consist only of printable ASCII characters"
                + " other than '='");
  }

  /** A key of a ConfigMap or Secret. */
  public static List<String> configMapKey(String value) {
    List<String> problems = tooLong(value, DNS_SUBDOMAIN_MAX_LENGTH, "characters");
    if (!isConfigKey(value)) {
      problems =
          and(
              problems,
              problem(
                  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                  "[-._a-zA-Z0-9]+",
                  "key.name",
                  "KEY_NAME",
                  "key-name"));
    }
    return withoutDots(problems, value);
  }

  /** The name of an HTTP header. */
  public static List<String> httpHeaderName(String value) {
    boolean valid = !value.isEmpty();
    for (int i = 0; i < value.length(); i++) {
      valid &= isAlphanumeric(value.charAt(i)) || value.charAt(i) == '-';
    }
    return valid
        ? List.of()
        : List.of(
            problem(
                "a valid HTTP header must consist of alphanumeric characters or '-'",
                "[-A-Za-z0-9]+",
                "X-Header-Name"));
  }

  /** A percentage such as {@code 25%}. */
  public static List<String> percent(String value) {
    int digits = value.length() - 1;
    boolean valid = digits > 0 && value.charAt(digits) == '%';
    for (int i = 0; i < digits; i++) {
      valid &= value.charAt(i) >= '0' && value.charAt(i) <= '9';
    }
    return valid
        ? List.of()
        : List.of(
            problem(
                "a valid percent string must be a numeric string followed by an ending '%'",
                "[0-9]+%", "1%", "93%"));
  }

  /**
   * Checks the beginning of a generated name as if something valid followed it: upstream replaces a
   * trailing dash before it asks {@code check}.
   */
  public static List<String> asPrefix(String prefix, Function<String, List<String>> check) {
    boolean dash = prefix.length() > 1 && prefix.endsWith("-");
    return check.apply(dash ? prefix.substring(0, prefix.length() - 2) + "a" : prefix);
  }

  /** The words for a value that does not fit a pattern. */
  public static String problem(String message, String pattern, String... examples) {
    StringBuilder text = new StringBuilder(message).append(" (");
    for (int i = 0; i < examples.length; i++) {
      text.append(i == 0 ? "e.g. '" : " or '").append(examples[i]).append("', ");
    }
    return text.append("regex used for validation is '").append(pattern).append("')").toString();
  }

  private static List<String> tooLong(String value, int most, String unit) {
    return value.length() > most ? List.of("must be no more than " + most + " " + unit) : List.of();
  }

  private static List<String> withoutDots(List<String> problems, String value) {
    if (value.equals(".") || value.equals("..")) {
      return and(problems, "must not be '" + value + "'");
    }
    return value.startsWith("..") ? and(problems, "must not start with '..'") : problems;
  }

  private static List<String> and(List<String> problems, String problem) {
    List<String> more = new ArrayList<>(problems);
    more.add(problem);
    return List.copyOf(more);
  }

  private static boolean isDnsSubdomain(String value) {
    int start = 0;
    for (int end = value.indexOf('.'); end >= 0; end = value.indexOf('.', start)) {
      if (!isDnsLabel(value, start, end)) {
        return false;
      }
      start = end + 1;
    }
    return isDnsLabel(value, start, value.length());
  }

  private static boolean isDnsLabel(String value, int start, int end) {
    if (start >= end
        || !isLowerAlphanumeric(value.charAt(start))
        || !isLowerAlphanumeric(value.charAt(end - 1))) {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (!isLowerAlphanumeric(value.charAt(i)) && value.charAt(i) != '-') {
        return false;
      }
    }
    return true;
  }

  /** Whether these are labels of DNS, each perhaps behind an underscore. */
  static boolean isSearched(CharSequence value) {
    int start = 0;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || value.charAt(i) == '.') {
        if (!isSearchedLabel(value, start, i)) {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  private static boolean isSearchedLabel(CharSequence value, int start, int end) {
    int first = start < end && value.charAt(start) == '_' ? start + 1 : start;
    if (first >= end
        || !isLowerAlphanumeric(value.charAt(first))
        || !isLowerAlphanumeric(value.charAt(end - 1))) {
      return false;
    }
    for (int i = first; i < end; i++) {
      char c = value.charAt(i);
      if (!isLowerAlphanumeric(c) && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  private static boolean isLabelName(String value) {
    return isConfigKey(value)
        && isAlphanumeric(value.charAt(0))
        && isAlphanumeric(value.charAt(value.length() - 1));
  }

  private static boolean isConfigKey(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (!isAlphanumeric(c) && c != '-' && c != '_' && c != '.') {
        return false;
      }
    }
    return !value.isEmpty();
  }

  private static boolean isLowerAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  private static boolean isAlphanumeric(char c) {
    return isLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z');
  }
}
