package io.tiphys.cel.value;

import com.google.re2j.Pattern;

/** Regular expressions that users give, in Go's syntax. */
public final class Patterns {
  private Patterns() {}

  /**
   * @throws com.google.re2j.PatternSyntaxException in Go's words, if it is no pattern of Go's
   */
  public static Pattern compile(String text) {
    Repeats.check(text);
    return Pattern.compile(text);
  }
}
