package io.tiphys.cel.syntax;

/**
 * A place in the text of an expression.
 *
 * @param line from 1
 * @param column from 0, in code points
 */
public record Location(int line, int column) {
  /** Of problems that are the whole expression's. */
  public static final Location NONE = new Location(-1, -1);

  boolean isBefore(Location other) {
    return line < other.line || (line == other.line && column < other.column);
  }
}
