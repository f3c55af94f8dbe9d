package io.tiphys.server.admission.podsecurity;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The version of the standards: that of a minor release, or the newest.
 *
 * @param minor of 1.x; without meaning for the newest
 */
record PolicyVersion(boolean latest, long minor) implements Comparable<PolicyVersion> {
  static final PolicyVersion LATEST = new PolicyVersion(true, 0);

  /** More digits than a number of Go has are refused anyway. */
  private static final Pattern MINOR = Pattern.compile("v1\\.([0-9]|[1-9][0-9]{1,18})");

  static PolicyVersion ofMinor(long minor) {
    return new PolicyVersion(false, minor);
  }

  /** The version of that name, or null. */
  static @Nullable PolicyVersion parse(String text) {
    if (text.equals("latest")) {
      return LATEST;
    }
    Matcher matcher = MINOR.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    try {
      return ofMinor(Long.parseLong(matcher.group(1)));
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  @Override
  public int compareTo(PolicyVersion other) {
    return latest || other.latest
        ? Boolean.compare(latest, other.latest)
        : Long.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return latest ? "latest" : "v1." + minor;
  }
}
