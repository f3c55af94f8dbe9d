package io.tiphys.rules.workloads;

import java.time.ZoneId;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names of time zones; checked against validateTimeZone in pkg/apis/batch/validation and Go's
 * time.LoadLocation.
 */
final class TimeZones {
  private static final Pattern PART = Pattern.compile("[A-Za-z._0-9+][A-Za-z.\\-_0-9+]{0,13}");

  private TimeZones() {}

  /** Whether the parts of a name are such as the database has. */
  static boolean isWellFormed(String zone) {
    return List.of(zone.split("/", -1)).stream()
        .allMatch(part -> PART.matcher(part).matches() && !part.equals(".") && !part.equals(".."));
  }

  /** What Go says of a zone that it does not find, or empty. */
  static String problem(String zone) {
    if (zone.isEmpty() || zone.equals("UTC") || zone.equals("Local")) {
      return "";
    }
    if (zone.contains("..") || zone.startsWith("/") || zone.startsWith("\\")) {
      return "time: invalid location name";
    }
    // Java has zones of System V that the database has long lost.
    boolean known = !zone.startsWith("SystemV/") && ZoneId.getAvailableZoneIds().contains(zone);
    return known ? "" : "unknown time zone " + zone;
  }
}
