package io.tiphys.cel.cost;

import io.tiphys.cel.check.Checked;
import io.tiphys.cel.cost.KnownSizes.Entries;
import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.syntax.ExprFactory;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Estimates what an expression costs at least and at most, without carrying it out, exactly as
 * cel-go does (checker/cost.go): which rules Kubernetes takes depends on it. Calls are {@link
 * CallEstimation}'s.
 */
public final class CostEstimation {
  private final Checked checked;
  private final KnownSizes sizes;
  private final CallEstimation calls;

  private CostEstimation(Checked checked, Estimator estimator) {
    this.checked = checked;
    sizes = new KnownSizes(checked, estimator);
    calls = new CallEstimation(sizes, estimator);
  }

  /** What the expression costs; has() is free, as it once was and therefore is in Kubernetes. */
  public static Range of(Checked checked, Estimator estimator) {
    return new CostEstimation(checked, estimator).cost(checked.root());
  }

  private Range cost(Expr expr) {
    return switch (expr) {
      case Expr.Unspecified _, Expr.Literal _ -> Range.ZERO;
      case Expr.Ident ident -> ident(ident);
      case Expr.Select select -> select(select);
      case Expr.Call call -> call(call);
      case Expr.ListOf list -> list(list);
      case Expr.MapOf map -> map(map);
      case Expr.Struct struct -> {
        Range sum = Range.ZERO;
        for (Expr.Field field : struct.fields()) {
          sum = sum.add(cost(field.value()));
        }
        yield sum.add(Range.of(Costs.STRUCT));
      }
      case Expr.Comprehension loop -> isBinding(loop) ? binding(loop) : loop(loop);
    };
  }

  private Range ident(Expr.Ident ident) {
    sizes.setPath(ident, sizes.pathOfName(ident.name()));
    return Range.of(Costs.SELECT_AND_IDENT);
  }

  private Range select(Expr.Select select) {
    Range sum = cost(select.operand());
    if (select.test()) {
      return sum;
    }
    Kind kind = checked.type(select.operand()).kind();
    if (kind == Kind.MAP || kind == Kind.STRUCT || kind == Kind.TYPE_PARAMETER) {
      sum = sum.add(Range.of(Costs.SELECT_AND_IDENT));
    }
    sizes.setPath(select, KnownSizes.below(sizes.path(select.operand()), select.field()));
    return sum;
  }

  private Range call(Expr.Call call) {
    if (call.function().equals("dyn")) {
      Expr argument = call.arguments().getFirst();
      Range cost = cost(argument);
      sizes.copy(call, argument);
      return Range.of(1).add(cost);
    }
    List<CostNode> nodes = new ArrayList<>();
    List<Range> costs = new ArrayList<>();
    for (Expr argument : call.arguments()) {
      costs.add(cost(argument));
      nodes.add(sizes.node(argument));
    }
    List<String> overloads = checked.overloads(call);
    if (overloads.isEmpty()) {
      return Range.ZERO;
    }
    Range sum = Range.ZERO;
    CostNode target = null;
    if (call.target() != null) {
      sum = cost(call.target());
      target = sizes.node(call.target());
    }
    Range most = Range.NONE;
    Range size = null;
    for (String overload : overloads) {
      CallEstimate estimate = calls.estimate(call, overload, target, nodes, costs);
      most = most.union(estimate.cost());
      Range found = estimate.size();
      size = found == null ? size : size == null ? found : size.union(found);
      size = indexed(call, overload, size);
    }
    sizes.setSize(call, size);
    return sum.add(most);
  }

  /** The size of an element, where that is what a form gives. */
  private @Nullable Range indexed(Expr.Call call, String overload, @Nullable Range size) {
    Range found = size;
    boolean list = overload.equals("index_list");
    if ((list || overload.equals("index_map")) && !call.arguments().isEmpty()) {
      Expr of = call.arguments().getFirst();
      Entries entries = sizes.entries(of);
      found = entries == null ? null : entries.value();
      sizes.setPath(call, KnownSizes.below(sizes.path(of), list ? "@items" : "@values"));
    }
    return found == null ? sizes.size(call) : found;
  }

  private Range list(Expr.ListOf list) {
    Range sum = Range.ZERO;
    Range items = list.elements().isEmpty() ? Range.ZERO : Range.NONE;
    for (Expr element : list.elements()) {
      sum = sum.add(cost(element));
      items = items.union(sizes.sizeOrUnknown(element));
    }
    sizes.setEntries(list, new Entries(Kind.LIST, Range.of(1), items));
    return sum.add(Range.of(Costs.LIST));
  }

  private Range map(Expr.MapOf map) {
    Range sum = Range.ZERO;
    Range keys = map.entries().isEmpty() ? Range.ZERO : Range.NONE;
    Range values = keys;
    for (Expr.Entry entry : map.entries()) {
      sum = sum.add(cost(entry.key())).add(cost(entry.value()));
      keys = keys.union(sizes.sizeOrUnknown(entry.key()));
      values = values.union(sizes.sizeOrUnknown(entry.value()));
    }
    sizes.setEntries(map, new Entries(Kind.MAP, keys, values));
    return sum.add(Range.of(Costs.MAP));
  }

  /** What {@code cel.bind} and {@code optMap} make: a loop over nothing that names a value. */
  private static boolean isBinding(Expr.Comprehension loop) {
    return loop.range() instanceof Expr.ListOf list
        && list.elements().isEmpty()
        && loop.condition() instanceof Expr.Literal(int _, Constant value)
        && value.equals(Constant.FALSE)
        && !loop.accumulator().equals("__result__");
  }

  private Range binding(Expr.Comprehension loop) {
    Range sum = cost(loop.range()).add(cost(loop.initial()));
    sizes.pushValue(loop.accumulator(), loop.initial());
    sum = sum.add(cost(loop.result()));
    sizes.pop(loop.accumulator());
    sizes.copy(loop, loop.result());
    return sum;
  }

  private Range loop(Expr.Comprehension loop) {
    Range sum = cost(loop.range()).add(cost(loop.initial()));
    sizes.pushValue(loop.accumulator(), loop.initial());
    if (loop.hasTwoVariables()) {
      sizes.pushKey(loop.variable(), loop.range());
      sizes.pushElement(loop.second(), loop.range());
    } else {
      sizes.pushSingle(loop.variable(), loop.range());
    }
    Range condition = cost(loop.condition());
    Range step = cost(loop.step());
    sizes.pop(loop.variable());
    if (loop.hasTwoVariables()) {
      sizes.pop(loop.second());
    }
    sum = sum.add(cost(loop.result()));
    sizes.pop(loop.accumulator());
    Range rounds = sizes.sizeOrUnknown(loop.range());
    sum = sum.add(rounds.multiply(step.add(condition)));
    switch (loop.initial()) {
      case Expr.Literal literal -> sizes.setSize(loop, sizes.size(literal));
      case Expr.ListOf _, Expr.MapOf _ -> {
        sizes.setSize(loop, rounds);
        sizes.setEntries(loop, sizes.entries(loop.step()));
      }
      default -> {}
    }
    return sum;
  }

  /** Whether a name is of what loops gather in, which is no variable. */
  static boolean isAccumulator(String name) {
    return name.equals(ExprFactory.ACCUMULATOR) || name.equals("__result__");
  }

  /** Whether all values of a type have the same size. */
  static boolean isScalar(CelType type) {
    return switch (type.kind()) {
      case BOOL, DOUBLE, DURATION, INT, TIMESTAMP, UINT -> true;
      case OPAQUE ->
          type.isOptional() && !type.parameters().isEmpty() && isScalar(type.unwrapped());
      default -> false;
    };
  }
}
