package io.tiphys.cel.library;

import io.tiphys.cel.cost.CallEstimate;
import io.tiphys.cel.cost.CostNode;
import io.tiphys.cel.cost.Costs;
import io.tiphys.cel.cost.Range;
import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What calls on lists and sets may cost (cel-go's ext/lists.go, sets.go). */
final class ListEstimates {
  private ListEstimates() {}

  static @Nullable CallEstimate of(
      String overload,
      @Nullable CostNode target,
      List<CostNode> in,
      Function<CostNode, Range> size) {
    return switch (overload) {
      case "list_sets_contains_list", "list_sets_intersects_list" ->
          in.size() == 2 ? sets(1, size.apply(in.get(0)), size.apply(in.get(1))) : null;
      case "list_sets_equivalent_list" ->
          in.size() == 2 ? sets(2, size.apply(in.get(0)), size.apply(in.get(1))) : null;
      case "list_slice" -> {
        if (target == null || in.size() != 2) {
          yield null;
        }
        long start = number(in.get(0), 0);
        long end = number(in.get(1), size.apply(target).max());
        yield made(1, Range.of(end - start));
      }
      case "lists_range" ->
          target != null || in.size() != 1
              ? null
              : made(1, Range.of(number(in.get(0), Costs.MOST)));
      case "list_reverse" -> target == null || !in.isEmpty() ? null : made(1, size.apply(target));
      case "list_flatten", "list_flatten_int" -> {
        if (target == null || in.size() > 1) {
          yield null;
        }
        long depth = in.isEmpty() ? 1 : number(in.getFirst(), Costs.MOST);
        yield made(Costs.toDouble(depth), size.apply(target));
      }
      case "list_distinct" ->
          target == null || !in.isEmpty() ? null : compared(2, size.apply(target));
      default -> sorts(overload, target, in, size);
    };
  }

  private static @Nullable CallEstimate sorts(
      String overload,
      @Nullable CostNode target,
      List<CostNode> in,
      Function<CostNode, Range> size) {
    boolean texts = overload.startsWith("list_string_") || overload.startsWith("list_bytes_");
    double factor = texts ? 2 + Costs.STRING_TRAVERSAL : 2;
    if (target == null) {
      return null;
    }
    if (overload.startsWith("list_") && overload.endsWith("_sort") && in.isEmpty()) {
      return compared(factor, size.apply(target));
    }
    return overload.endsWith("_sortByAssociatedKeys") && in.size() == 1
        ? compared(factor, size.apply(in.getFirst()))
        : null;
  }

  private static CallEstimate sets(double factor, Range left, Range right) {
    return CallEstimate.of(left.multiply(right).multiply(factor).add(Range.of(1)));
  }

  private static CallEstimate compared(double factor, Range size) {
    return made(factor, size.multiply(size));
  }

  private static CallEstimate made(double factor, Range size) {
    Range cost = size.multiply(factor).add(Range.of(1)).add(Range.of(Costs.LIST));
    return new CallEstimate(cost, size);
  }

  private static long number(CostNode node, long otherwise) {
    return node.expr() instanceof Expr.Literal(int _, Constant.Int(long number))
        ? Math.max(0, number)
        : otherwise;
  }
}
