package io.tiphys.cel.syntax;

/** One thing that is wrong with an expression. The words are cel-go's (common/error.go). */
public record Issue(Location location, String message) {
  /** Longer lines are not shown. */
  private static final int LONGEST_SNIPPET = 16384;

  /** The message with where it is, the line and a mark below. */
  String display(Source source) {
    StringBuilder shown = new StringBuilder("ERROR: <input>:");
    shown.append(location.line()).append(':').append(location.column() + 1);
    shown.append(": ").append(message);
    source
        .snippet(location.line())
        .filter(line -> line.length() <= LONGEST_SNIPPET)
        .ifPresent(line -> mark(shown, line.replace('\t', ' ')));
    return shown.toString();
  }

  /** Wide characters get wide dots, as upstream takes all beyond ASCII for wide. */
  private void mark(StringBuilder shown, String line) {
    int[] points = line.codePoints().toArray();
    shown.append("\n | ").append(line).append("\n | ");
    for (int i = 0; i < Math.min(location.column(), points.length); i++) {
      shown.append(points[i] < 0x80 ? '.' : '\uff0e');
    }
    boolean wide =
        location.column() >= 0
            && location.column() < points.length
            && points[location.column()] >= 0x80;
    shown.append(wide ? '\uff3e' : '^');
  }
}
