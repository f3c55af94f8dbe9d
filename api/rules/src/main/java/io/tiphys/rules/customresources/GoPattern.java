package io.tiphys.rules.customresources;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tiphys.cel.value.Patterns;

/**
 * A regular expression that users give, read and matched by RE2: in Go's syntax, with its refusals
 * in Go's words, and in time that grows with the text's length alone.
 */
final class GoPattern {
  private final String text;
  private final Pattern pattern;

  private GoPattern(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /**
   * @throws IllegalArgumentException in Go's words, if it is no pattern of Go's
   */
  static GoPattern compile(String text) {
    try {
      return new GoPattern(text, Patterns.compile(text));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Whether a part of {@code value} matches. */
  boolean finds(String value) {
    return pattern.matcher(value).find();
  }

  /** As it was given. */
  @Override
  public String toString() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GoPattern that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
