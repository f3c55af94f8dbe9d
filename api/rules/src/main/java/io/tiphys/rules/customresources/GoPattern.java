package io.tiphys.rules.customresources;

import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression as Go understands it, which users give: without backward references and
 * looking around, and never slower than so many steps. A text that needs more is one that does not
 * match.
 */
final class GoPattern {
  /**
   * Steps for each character of text and pattern: what Go's engine needs at most, tenfold, and
   * milliseconds. A pattern that goes back and forth for ever ends here.
   */
  private static final int STEPS_PER_CHARACTER = 10;

  /** Short texts need some more. */
  private static final int LEAST_STEPS = 100_000;

  private static final Map<String, String> CLASSES =
      Map.ofEntries(
          Map.entry("alnum", "\\p{Alnum}"),
          Map.entry("alpha", "\\p{Alpha}"),
          Map.entry("ascii", "\\p{ASCII}"),
          Map.entry("blank", "\\p{Blank}"),
          Map.entry("cntrl", "\\p{Cntrl}"),
          Map.entry("digit", "\\p{Digit}"),
          Map.entry("graph", "\\p{Graph}"),
          Map.entry("lower", "\\p{Lower}"),
          Map.entry("print", "\\p{Print}"),
          Map.entry("punct", "\\p{Punct}"),
          Map.entry("space", "\\p{Space}"),
          Map.entry("upper", "\\p{Upper}"),
          Map.entry("word", "\\w"),
          Map.entry("xdigit", "\\p{XDigit}"));

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
    String translated = new Translation(text).whole();
    try {
      return new GoPattern(text, Pattern.compile(translated));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("error parsing regexp: " + e.getDescription(), e);
    }
  }

  /** Whether a part of {@code value} matches. */
  boolean finds(String value) {
    long steps =
        LEAST_STEPS + (long) STEPS_PER_CHARACTER * text.length() * Math.max(value.length(), 1);
    try {
      return pattern.matcher(new CountedText(value, new long[] {steps}, 0, value.length())).find();
    } catch (TooManySteps | StackOverflowError _) {
      return false;
    }
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

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1;

    TooManySteps() {
      super("a pattern needs too many steps", null, false, false);
    }
  }

  /** A text that can be looked at so often. */
  private record CountedText(String value, long[] left, int from, int to) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (left[0]-- == 0) {
        throw new TooManySteps();
      }
      return value.charAt(from + index);
    }

    @Override
    public int length() {
      return to - from;
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new CountedText(value, left, from + start, from + end);
    }

    @Override
    public String toString() {
      return value.substring(from, to);
    }
  }

  /** From Go's syntax to that of this platform. */
  private static final class Translation {
    private final String text;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private boolean inClass;

    Translation(String text) {
      this.text = text;
    }

    String whole() {
      while (at < text.length()) {
        char next = text.charAt(at);
        if (next == '\\') {
          escape();
        } else if (inClass) {
          insideClass(next);
        } else {
          outsideClass(next);
        }
      }
      return out.toString();
    }

    private void escape() {
      if (at + 1 == text.length()) {
        throw new IllegalArgumentException(
            "error parsing regexp: trailing backslash at end of expression: ``");
      }
      char escaped = text.charAt(at + 1);
      if ((escaped >= '1' && escaped <= '9') || escaped == 'k') {
        throw unsupported("invalid escape sequence", "\\" + escaped);
      }
      out.append('\\').append(escaped);
      at += 2;
    }

    private void insideClass(char next) {
      int end = text.startsWith("[:", at) ? text.indexOf(":]", at) : -1;
      if (end >= 0 && CLASSES.containsKey(text.substring(at + 2, end))) {
        out.append(CLASSES.get(text.substring(at + 2, end)));
        at = end + 2;
        return;
      }
      switch (next) {
        case ']' -> {
          inClass = false;
          out.append(next);
        }
        case '[' -> out.append("\\[");
        case '&' -> out.append("\\&");
        default -> out.append(next);
      }
      at++;
    }

    private void outsideClass(char next) {
      switch (next) {
        case '[' -> {
          inClass = true;
          out.append(next);
          at++;
          if (at < text.length() && text.charAt(at) == '^') {
            out.append('^');
            at++;
          }
          if (at < text.length() && text.charAt(at) == ']') {
            out.append("\\]");
            at++;
          }
          return;
        }
        case '$' -> out.append(text.contains("(?m") ? "$" : "\\z");
        case '(' -> {
          for (String around : new String[] {"(?=", "(?!", "(?<=", "(?<!", "(?>"}) {
            if (text.startsWith(around, at)) {
              throw unsupported("invalid or unsupported Perl syntax", around);
            }
          }
          if (text.startsWith("(?P<", at)) {
            out.append("(?<");
            at += "(?P<".length();
            return;
          }
          out.append(next);
        }
        default -> out.append(next);
      }
      at++;
    }

    private static IllegalArgumentException unsupported(String problem, String what) {
      return new IllegalArgumentException("error parsing regexp: " + problem + ": `" + what + "`");
    }
  }
}
