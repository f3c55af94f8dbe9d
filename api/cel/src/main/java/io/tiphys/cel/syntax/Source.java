package io.tiphys.cel.syntax;

import java.util.Optional;

/** The text of an expression. Offsets and columns count code points, as Go's runes do. */
public final class Source {
  private final String text;
  private final int[] points;
  private final int[] lineStarts;

  public Source(String text) {
    this.text = text;
    points = text.codePoints().toArray();
    int lines = 1;
    for (int point : points) {
      lines += point == '\n' ? 1 : 0;
    }
    lineStarts = new int[lines];
    int line = 1;
    for (int i = 0; i < points.length; i++) {
      if (points[i] == '\n') {
        lineStarts[line++] = i + 1;
      }
    }
  }

  public String text() {
    return text;
  }

  int length() {
    return points.length;
  }

  /** The code point at an offset; -1 at and behind the end. */
  int at(int offset) {
    return offset < points.length ? points[offset] : -1;
  }

  String slice(int from, int to) {
    int end = Math.min(to, points.length);
    return from >= end ? "" : new String(points, from, end - from);
  }

  Location location(int offset) {
    int line = 0;
    int high = lineStarts.length - 1;
    while (line < high) {
      int middle = (line + high + 1) >>> 1;
      if (lineStarts[middle] <= offset) {
        line = middle;
      } else {
        high = middle - 1;
      }
    }
    return new Location(line + 1, offset - lineStarts[line]);
  }

  /** A line without its end; empty where there is no such line. */
  Optional<String> snippet(int line) {
    if (line < 1 || line > lineStarts.length || points.length == 0) {
      return Optional.empty();
    }
    int end = line < lineStarts.length ? lineStarts[line] - 1 : points.length;
    return Optional.of(slice(lineStarts[line - 1], end));
  }
}
