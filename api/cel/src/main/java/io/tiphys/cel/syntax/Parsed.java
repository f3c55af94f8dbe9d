package io.tiphys.cel.syntax;

import io.tiphys.cel.syntax.Expr.Call;
import java.util.Map;

/**
 * An expression's tree and what is wrong with its text. Immutable.
 *
 * @param macros by the number of the node they became, the calls as they were written
 */
public record Parsed(
    Source source, Expr root, int[] offsets, Map<Integer, Call> macros, Issues issues) {
  /** Where a node stands. */
  public Location location(int id) {
    return id > 0 && id < offsets.length && offsets[id] >= 0
        ? source.location(offsets[id])
        : Location.NONE;
  }

  /** Larger than the number of every node. */
  public int size() {
    return offsets.length;
  }
}
