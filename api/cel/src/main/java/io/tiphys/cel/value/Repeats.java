package io.tiphys.cel.value;

import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Refuses repeats in repeats that multiply to more than a thousand: each is written out when a
 * pattern is compiled. Go does so (repeatIsValid in regexp/syntax/parse.go), its Java form does
 * not.
 */
final class Repeats {
  /** Go's own limit of what a repeat, with those inside it, may come to. */
  private static final long MOST = 1000;

  private final String pattern;
  private int at;

  /** How often the last thing read is written out, and the most in each group that is open. */
  private long last = 1;

  private final Deque<Long> groups = new ArrayDeque<>();

  private Repeats(String pattern) {
    this.pattern = pattern;
    groups.push(1L);
  }

  /**
   * @throws PatternSyntaxException in Go's words
   */
  static void check(String pattern) {
    Repeats repeats = new Repeats(pattern);
    while (repeats.at < pattern.length()) {
      repeats.step();
    }
  }

  private void step() {
    switch (pattern.charAt(at)) {
      case '\\' -> {
        at += pattern.startsWith("\\Q", at) ? quoted() : 2;
        last = 1;
      }
      case '[' -> {
        at = classEnd();
        last = 1;
      }
      case '(' -> {
        groups.push(1L);
        at++;
      }
      case ')' -> {
        last = groups.size() > 1 ? groups.pop() : 1;
        remember();
        at++;
      }
      case '{' -> repeat();
      case '*', '+', '?' -> at++;
      default -> {
        last = 1;
        at++;
      }
    }
  }

  /** Length of a text between {@code \Q} and {@code \E}. */
  private int quoted() {
    int end = pattern.indexOf("\\E", at);
    return (end < 0 ? pattern.length() : end + 2) - at;
  }

  private int classEnd() {
    int next = at + 1;
    if (pattern.startsWith("^", next)) {
      next++;
    }
    if (pattern.startsWith("]", next)) {
      next++;
    }
    while (next < pattern.length() && pattern.charAt(next) != ']') {
      int named = pattern.startsWith("[:", next) ? pattern.indexOf(":]", next) : -1;
      next = named >= 0 ? named + 2 : next + (pattern.charAt(next) == '\\' ? 2 : 1);
    }
    return next + 1;
  }

  private void repeat() {
    int end = pattern.indexOf('}', at);
    String[] counts = end < 0 ? new String[0] : pattern.substring(at + 1, end).split(",", -1);
    long count = count(counts);
    if (count < 0) {
      last = 1;
      at++; // a brace that is no repeat stands for itself
      return;
    }
    if (count * last > MOST) {
      throw new PatternSyntaxException("invalid repeat count", pattern.substring(at, end + 1));
    }
    last = Math.max(count, 1) * last;
    remember();
    at = end + 1;
  }

  /** The larger of the counts, or -1 if they are none. */
  private static long count(String[] counts) {
    long most = -1;
    for (int i = 0; i < counts.length; i++) {
      boolean open = i == 1 && counts[i].isEmpty();
      if (i > 1 || (!open && !isNumber(counts[i]))) {
        return -1;
      }
      most =
          open
              ? most
              : Math.max(most, counts[i].length() > 4 ? MOST + 1 : Long.parseLong(counts[i]));
    }
    return most;
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private void remember() {
    groups.push(Math.max(groups.pop(), last));
  }
}
