package io.tiphys.rules.workloads;

import io.tiphys.meta.GoText;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whether a schedule is one, in the words of the parser that upstream uses: robfig/cron v3,
 * ParseStandard.
 */
final class CronSchedule {
  private static final Set<String> DESCRIPTORS =
      Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");

  private static final String EVERY = "@every ";
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+");

  private static final List<Bounds> FIELDS =
      List.of(
          new Bounds(0, 59, List.of()),
          new Bounds(0, 23, List.of()),
          new Bounds(1, 31, List.of()),
          new Bounds(
              1,
              12,
              List.of(
                  "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                  "dec")),
          new Bounds(0, 6, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat")));

  /** What a field may be; names stand for the numbers from {@code least} on. */
  private record Bounds(int least, int most, List<String> names) {}

  private static final class Bad extends RuntimeException {
    private static final long serialVersionUID = 1;

    Bad(String message) {
      super(message);
    }
  }

  private CronSchedule() {}

  /** What is wrong with it, or empty. */
  static String problem(String schedule) {
    String rest = schedule;
    if (rest.startsWith("TZ=") || rest.startsWith("CRON_TZ=")) {
      int space = rest.indexOf(' ');
      if (space < 0) {
        return "invalid schedule format: runtime error: slice bounds out of range [:-1]";
      }
      String zone = rest.substring(rest.indexOf('=') + 1, space);
      if (!TimeZones.problem(zone).isEmpty()) {
        return "provided bad location %s: %s".formatted(zone, TimeZones.problem(zone));
      }
      rest = rest.substring(space).strip();
    }
    if (rest.startsWith("@")) {
      return descriptor(rest);
    }
    List<String> fields =
        rest.isBlank() ? List.of() : Arrays.asList(rest.strip().split("\\s+", -1));
    if (fields.size() != FIELDS.size()) {
      return "expected exactly 5 fields, found %d: [%s]"
          .formatted(fields.size(), String.join(" ", fields));
    }
    try {
      for (int i = 0; i < FIELDS.size(); i++) {
        for (String range : fields.get(i).split(",")) {
          if (!range.isEmpty()) {
            range(range, FIELDS.get(i));
          }
        }
      }
      return "";
    } catch (Bad e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String descriptor(String text) {
    if (text.startsWith(EVERY)) {
      String problem = GoDuration.problem(text.substring(EVERY.length()));
      return problem.isEmpty() ? "" : "failed to parse duration " + text + ": " + problem;
    }
    return DESCRIPTORS.contains(text) ? "" : "unrecognized descriptor: " + text;
  }

  private static void range(String text, Bounds bounds) {
    String[] rangeAndStep = text.split("/", -1);
    String[] ends = rangeAndStep[0].split("-", -1);
    long start = bounds.least;
    long end = bounds.most;
    boolean any = ends[0].equals("*") || ends[0].equals("?");
    if (!any) {
      start = number(ends[0], bounds);
      end =
          switch (ends.length) {
            case 1 -> start;
            case 2 -> number(ends[1], bounds);
            default -> throw new Bad("too many hyphens: " + text);
          };
    }
    long step =
        switch (rangeAndStep.length) {
          case 1 -> 1;
          case 2 -> number(rangeAndStep[1]);
          default -> throw new Bad("too many slashes: " + text);
        };
    if (rangeAndStep.length == 2 && ends.length == 1) {
      end = bounds.most;
    }
    if (start < bounds.least) {
      throw new Bad(
          "beginning of range (%d) below minimum (%d): %s".formatted(start, bounds.least, text));
    }
    if (end > bounds.most) {
      throw new Bad("end of range (%d) above maximum (%d): %s".formatted(end, bounds.most, text));
    }
    if (start > end) {
      throw new Bad(
          "beginning of range (%d) beyond end of range (%d): %s".formatted(start, end, text));
    }
    if (step == 0) {
      throw new Bad("step of range should be a positive number: " + text);
    }
  }

  private static long number(String text, Bounds bounds) {
    int named = bounds.names.indexOf(text.toLowerCase(Locale.ROOT));
    return named >= 0 ? bounds.least + named : number(text);
  }

  private static long number(String text) {
    String failed = "failed to parse int from %s: strconv.Atoi: parsing %s: ";
    if (!NUMBER.matcher(text).matches()) {
      throw new Bad(failed.formatted(text, GoText.quote(text)) + "invalid syntax");
    }
    try {
      long number = Long.parseLong(text);
      if (number < 0) {
        throw new Bad("negative number (%d) not allowed: %s".formatted(number, text));
      }
      return number;
    } catch (NumberFormatException e) {
      throw new Bad(failed.formatted(text, GoText.quote(text)) + "value out of range");
    }
  }
}
