package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.Conversions;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.OpaqueValue;
import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import io.tiphys.meta.Names;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Formats that texts may be tested against (apiserver/pkg/cel/library/format.go). */
public final class NamedFormats {
  public static final CelType TYPE = CelType.struct("kubernetes.NamedFormat");

  private static final String UUID =
      "(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$";

  /** Upstream's pattern of times, of which only the length counts here. */
  private static final int DATE_TIME_LENGTH =
      "^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$".length();

  private static final Pattern UUIDS = Pattern.compile(UUID);
  private static final Pattern DATES = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final Pattern LABELS_1035 = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final Map<String, FormatValue> ALL = new LinkedHashMap<>();

  static {
    add("dns1123Label", "DNS1123Label", 30, Names::dns1123Label);
    add("dns1123Subdomain", "DNS1123Subdomain", 60, Names::dns1123Subdomain);
    add("dns1035Label", "DNS1035Label", 30, NamedFormats::dns1035Label);
    add("qualifiedName", "QualifiedName", 60, Names::qualifiedName);
    add("dns1123LabelPrefix", "DNS1123LabelPrefix", 30, prefix(Names::dns1123Label));
    add("dns1123SubdomainPrefix", "DNS1123SubdomainPrefix", 60, prefix(Names::dns1123Subdomain));
    add("dns1035LabelPrefix", "DNS1035LabelPrefix", 30, prefix(NamedFormats::dns1035Label));
    add("labelValue", "LabelValue", 40, Names::labelValue);
    add("uri", "URI", 1103, NamedFormats::uri);
    add("uuid", "uuid", UUID.length(), test(UUIDS.asPredicate(), "does not match the UUID format"));
    add("byte", "byte", 84, test(NamedFormats::isBase64, "invalid base64"));
    add("date", "date", DATE_TIME_LENGTH, test(NamedFormats::isDate, "invalid date"));
    add("datetime", "datetime", DATE_TIME_LENGTH, test(NamedFormats::isTime, "invalid datetime"));
  }

  private NamedFormats() {}

  /**
   * A format as a value.
   *
   * @param patternSize what a test costs grows with it
   */
  public record FormatValue(String name, int patternSize, Function<String, List<String>> problems)
      implements OpaqueValue {
    @Override
    public CelType type() {
      return TYPE;
    }

    @Override
    public boolean same(Value other) {
      return other instanceof FormatValue that && name.equals(that.name);
    }
  }

  private static void add(
      String key, String name, int size, Function<String, List<String>> problems) {
    ALL.put(key, new FormatValue(name, size, problems));
  }

  private static Function<String, List<String>> prefix(Function<String, List<String>> check) {
    return text -> Names.asPrefix(text, check);
  }

  private static Function<String, List<String>> test(Predicate<String> fits, String problem) {
    return text -> fits.test(text) ? List.of() : List.of(problem);
  }

  static Library library() {
    List<io.tiphys.cel.library.Function> all = new ArrayList<>();
    all.add(
        io.tiphys.cel.library.Function.of(
            "validate",
            Overload.method(
                "format-validate",
                TYPE,
                CelType.STRING,
                CelType.optional(CelType.list(CelType.STRING)),
                NamedFormats::validate)));
    all.add(
        io.tiphys.cel.library.Function.of(
            "format.named",
            Overload.unary(
                "format-named", CelType.STRING, CelType.optional(TYPE), NamedFormats::named)));
    ALL.forEach(
        (key, format) ->
            all.add(
                io.tiphys.cel.library.Function.of(
                    "format." + key,
                    Overload.free("format." + key, List.of(), TYPE, in -> format))));
    return new Library(all, List.of());
  }

  private static Value named(Value name) {
    FormatValue format = name instanceof StringValue(String text) ? ALL.get(text) : null;
    return format == null ? OptionalValue.NONE : OptionalValue.of(format);
  }

  private static Value validate(Value value, Value text) {
    if (!(value instanceof FormatValue format) || !(text instanceof StringValue(String given))) {
      return ErrorValue.noSuchOverload(value);
    }
    List<String> problems = format.problems.apply(given);
    return problems.isEmpty()
        ? OptionalValue.NONE
        : OptionalValue.of(Lists.of(problems.stream().map(StringValue::new).toList()));
  }

  private static List<String> dns1035Label(String text) {
    List<String> problems = new ArrayList<>();
    if (text.length() > Names.DNS_LABEL_MAX_LENGTH) {
      problems.add("must be no more than " + Names.DNS_LABEL_MAX_LENGTH + " characters");
    }
    if (!LABELS_1035.matcher(text).matches()) {
      problems.add(
          Names.problem(
              "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start"
                  + " with an alphabetic character, and end with an alphanumeric character",
              LABELS_1035.pattern(),
              "my-name",
              "abc-123"));
    }
    return problems;
  }

  private static List<String> uri(String text) {
    try {
      GoUrl.parse(text);
      return List.of();
    } catch (GoUrl.Malformed e) {
      return List.of(String.valueOf(e.getMessage()));
    }
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
      return DATES.matcher(text).matches() && LocalDate.parse(text) != null;
    } catch (DateTimeException _) {
      return false;
    }
  }

  private static boolean isTime(String text) {
    return Conversions.parseTime(text.toUpperCase(Locale.ROOT)).isPresent();
  }
}
