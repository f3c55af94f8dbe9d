package io.tiphys.cel.check;

import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.syntax.Issues;
import io.tiphys.cel.syntax.Parsed;
import io.tiphys.cel.type.CelType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An expression whose names and types are known.
 *
 * @param root the tree, with whole names
 * @param types by the number of the node
 * @param references by the number of the node
 * @param issues none, unless it may not be used
 */
public record Checked(
    Parsed parsed, Expr root, CelType[] types, Map<Integer, Reference> references, Issues issues) {

  public CelType type(Expr expr) {
    return types[expr.id()];
  }

  public CelType resultType() {
    return type(root);
  }

  public @Nullable Reference reference(Expr expr) {
    return references.get(expr.id());
  }

  /** The forms of a function that a call may mean. */
  public List<String> overloads(Expr call) {
    return references.get(call.id()) instanceof Reference.Overloads(List<String> ids)
        ? ids
        : List.of();
  }
}
