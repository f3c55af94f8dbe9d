package io.tiphys.cel.library;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** A semantic version as github.com/blang/semver reads it. */
record Semver(long major, long minor, long patch, List<String> prerelease)
    implements Comparable<Semver> {
  private static final BigInteger MOST = BigInteger.TWO.pow(64);
  private static final int LONGEST_NUMBER = 20;

  /** What is no version, in upstream's words. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message, null, false, false);
    }
  }

  static Semver parse(String text) throws Malformed {
    if (text.isEmpty()) {
      throw new Malformed("Version string empty");
    }
    String[] parts = text.split("\\.", 3);
    if (parts.length != 3) {
      throw new Malformed("No Major.Minor.Patch elements found");
    }
    long major = number("Major", parts[0]);
    long minor = number("Minor", parts[1]);
    String rest = parts[2];
    int plus = rest.indexOf('+');
    List<String> build = plus < 0 ? List.of() : List.of(rest.substring(plus + 1).split("\\.", -1));
    rest = plus < 0 ? rest : rest.substring(0, plus);
    int minus = rest.indexOf('-');
    List<String> prerelease =
        minus < 0 ? List.of() : List.of(rest.substring(minus + 1).split("\\.", -1));
    long patch = number("Patch", minus < 0 ? rest : rest.substring(0, minus));
    for (String each : prerelease) {
      check(each, "Prerelease is empty", "Invalid character(s) found in prerelease ");
      if (isNumeric(each) && each.length() > 1 && each.startsWith("0")) {
        throw new Malformed(
            "Numeric PreRelease version must not contain leading zeroes \"" + each + "\"");
      }
      if (isNumeric(each)) {
        unsigned(each);
      }
    }
    for (String each : build) {
      check(each, "Build meta data is empty", "Invalid character(s) found in build meta data ");
    }
    return new Semver(major, minor, patch, prerelease);
  }

  private static void check(String part, String empty, String invalid) throws Malformed {
    if (part.isEmpty()) {
      throw new Malformed(empty);
    }
    boolean valid =
        part.chars()
            .allMatch(
                c ->
                    (c >= '0' && c <= '9')
                        || (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || c == '-');
    if (!valid) {
      throw new Malformed(invalid + "\"" + part + "\"");
    }
  }

  private static boolean isNumeric(String part) {
    return !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static long number(String name, String part) throws Malformed {
    if (!part.isEmpty() && !isNumeric(part)) {
      throw new Malformed(
          "Invalid character(s) found in "
              + name.toLowerCase(java.util.Locale.ROOT)
              + " number \""
              + part
              + "\"");
    }
    if (part.length() > 1 && part.startsWith("0")) {
      throw new Malformed(name + " number must not contain leading zeroes \"" + part + "\"");
    }
    if (part.isEmpty()) {
      throw new Malformed("strconv.ParseUint: parsing \"\": invalid syntax");
    }
    return unsigned(part);
  }

  private static long unsigned(String digits) throws Malformed {
    BigInteger number = digits.length() > LONGEST_NUMBER ? MOST : new BigInteger(digits);
    if (number.compareTo(MOST) >= 0) {
      throw new Malformed("strconv.ParseUint: parsing \"" + digits + "\": value out of range");
    }
    return number.longValue();
  }

  /** Reads also what is only nearly a version: {@code v1.2}, {@code 01.2.3}. */
  static Semver normalized(String text) throws Malformed {
    String rest = text.startsWith("v") ? text.substring(1) : text;
    List<String> parts = new ArrayList<>(List.of(rest.split("\\.", 3)));
    for (int i = 0; i < parts.size(); i++) {
      String part = parts.get(i);
      if (part.length() > 1) {
        String stripped = part.replaceFirst("^0+", "");
        boolean digit = !stripped.isEmpty() && Character.isDigit(stripped.charAt(0));
        parts.set(i, digit ? stripped : "0" + stripped);
      }
    }
    if (parts.size() < 3) {
      if (parts.getLast().contains("+") || parts.getLast().contains("-")) {
        throw new Malformed("short version cannot contain PreRelease/Build meta data");
      }
      while (parts.size() < 3) {
        parts.add("0");
      }
    }
    return parse(String.join(".", parts));
  }

  @Override
  public int compareTo(Semver other) {
    int order = Long.compareUnsigned(major, other.major);
    order = order != 0 ? order : Long.compareUnsigned(minor, other.minor);
    order = order != 0 ? order : Long.compareUnsigned(patch, other.patch);
    return Integer.signum(order != 0 ? order : prereleases(other));
  }

  private int prereleases(Semver other) {
    if (prerelease.isEmpty() || other.prerelease.isEmpty()) {
      return Boolean.compare(prerelease.isEmpty(), other.prerelease.isEmpty());
    }
    for (int i = 0; i < prerelease.size() && i < other.prerelease.size(); i++) {
      int order = part(prerelease.get(i), other.prerelease.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(prerelease.size(), other.prerelease.size());
  }

  private static int part(String left, String right) {
    boolean leftNumeric = isNumeric(left);
    if (leftNumeric != isNumeric(right)) {
      return leftNumeric ? -1 : 1;
    }
    return leftNumeric
        ? new BigInteger(left).compareTo(new BigInteger(right))
        : left.compareTo(right);
  }
}
