package io.tiphys.cel.cost;

import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.type.CelType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of an expression, for whoever knows how large it may be.
 *
 * @param path from a variable through fields, {@code @items}, {@code @keys} and {@code @values};
 *     empty where it is no part of a variable
 * @param expr null for elements that stand nowhere in the expression
 * @param computed its size as the expression itself tells it; null if it does not
 */
public record CostNode(
    List<String> path, CelType type, @Nullable Expr expr, @Nullable Range computed) {
  public CostNode {
    path = List.copyOf(path);
  }
}
