package io.tiphys.cel.cost;

import io.tiphys.cel.cost.KnownSizes.Entries;
import io.tiphys.cel.syntax.Expr;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Estimates calls of the standard library (cel-go's checker/cost.go, functionCost). */
final class CallEstimation {
  private final KnownSizes sizes;
  private final Estimator estimator;

  CallEstimation(KnownSizes sizes, Estimator estimator) {
    this.sizes = sizes;
    this.estimator = estimator;
  }

  CallEstimate estimate(
      Expr.Call call,
      String overload,
      @Nullable CostNode target,
      List<CostNode> arguments,
      List<Range> costs) {
    Range sum = Range.ZERO;
    for (Range cost : costs) {
      sum = sum.add(cost);
    }
    CallEstimate told = estimator.call(call.function(), overload, target, arguments);
    if (told != null) {
      return new CallEstimate(told.cost().add(sum), told.size());
    }
    CallEstimate known = standard(call, overload, target, arguments, costs, sum);
    return known == null ? CallEstimate.of(Range.of(1).add(sum)) : known;
  }

  /** Null for calls whose cost grows with nothing. */
  private @Nullable CallEstimate standard(
      Expr.Call call,
      String overload,
      @Nullable CostNode target,
      List<CostNode> arguments,
      List<Range> costs,
      Range sum) {
    return switch (overload) {
      case "string_format" -> target == null ? null : CallEstimate.of(traversal(target).add(sum));
      case "string_to_bytes" -> {
        Range size = single(arguments);
        yield size == null
            ? null
            : new CallEstimate(traversal(size).add(sum), new Range(size.min(), size.max() * 4));
      }
      case "bytes_to_string" -> {
        Range size = single(arguments);
        yield size == null
            ? null
            : new CallEstimate(
                traversal(size).add(sum),
                new Range(Long.divideUnsigned(size.min(), 4), size.max()));
      }
      case "strings_quote" -> {
        Range size = single(arguments);
        yield size == null
            ? null
            : new CallEstimate(
                traversal(size).add(sum), new Range(size.min() + 2, size.max() * 2 + 2));
      }
      case "starts_with_string", "ends_with_string" -> {
        Range size = single(arguments);
        yield size == null ? null : CallEstimate.of(traversal(size).add(sum));
      }
      case "in_list" ->
          arguments.size() != 2
              ? null
              : CallEstimate.of(KnownSizes.sizeOrUnknown(arguments.get(1)).multiply(1.0).add(sum));
      case "matches_string" -> {
        Range pattern = single(arguments);
        yield target == null || pattern == null
            ? null
            : CallEstimate.of(regex(KnownSizes.sizeOrUnknown(target), pattern).add(sum));
      }
      case "contains_string" -> {
        Range part = single(arguments);
        yield target == null || part == null
            ? null
            : CallEstimate.of(traversal(target).multiply(traversal(part)).add(sum));
      }
      case "logical_or", "logical_and" ->
          CallEstimate.of(new Range(costs.get(0).min(), costs.get(0).add(costs.get(1)).max()));
      case "conditional" -> conditional(call, arguments, costs);
      case "add_string", "add_bytes", "add_list" ->
          arguments.size() != 2 ? null : sum(call, overload, arguments, sum);
      case "less_string",
          "greater_string",
          "less_equals_string",
          "greater_equals_string",
          "less_bytes",
          "greater_bytes",
          "less_equals_bytes",
          "greater_equals_bytes",
          "equals",
          "not_equals" ->
          CallEstimate.of(compared(arguments).add(sum));
      default -> null;
    };
  }

  /** A pattern over a text: of each is counted what it grows with. */
  static Range regex(Range text, Range pattern) {
    return text.add(Range.of(1))
        .multiply(Costs.STRING_TRAVERSAL)
        .multiply(pattern.multiply(Costs.REGEX_LENGTH));
  }

  private static @Nullable Range single(List<CostNode> arguments) {
    return arguments.size() == 1 ? KnownSizes.sizeOrUnknown(arguments.getFirst()) : null;
  }

  private static Range traversal(Range size) {
    return size.multiply(Costs.STRING_TRAVERSAL);
  }

  private static Range traversal(CostNode node) {
    return traversal(KnownSizes.sizeOrUnknown(node));
  }

  private CallEstimate conditional(Expr.Call call, List<CostNode> arguments, List<Range> costs) {
    Range size =
        KnownSizes.sizeOrUnknown(arguments.get(1))
            .union(KnownSizes.sizeOrUnknown(arguments.get(2)));
    sizes.setEntries(call, union(arguments.get(1), arguments.get(2)));
    return new CallEstimate(costs.get(0).add(costs.get(1).union(costs.get(2))), size);
  }

  private @Nullable Entries union(CostNode left, CostNode right) {
    Entries some = sizes.entries(Objects.requireNonNull(left.expr()));
    Entries other = sizes.entries(Objects.requireNonNull(right.expr()));
    return some == null || other == null
        ? null
        : new Entries(
            some.container(), some.key().union(other.key()), some.value().union(other.value()));
  }

  private CallEstimate sum(Expr.Call call, String overload, List<CostNode> arguments, Range costs) {
    Range size =
        KnownSizes.sizeOrUnknown(arguments.get(0)).add(KnownSizes.sizeOrUnknown(arguments.get(1)));
    sizes.setEntries(call, union(arguments.get(0), arguments.get(1)));
    Range cost = overload.equals("add_list") ? Range.of(1) : traversal(size);
    return new CallEstimate(cost.add(costs), size);
  }

  private static Range compared(List<CostNode> arguments) {
    Range left = KnownSizes.sizeOrUnknown(arguments.get(0));
    Range right = KnownSizes.sizeOrUnknown(arguments.get(1));
    long smallest = Costs.least(left.max(), right.max());
    return traversal(new Range(smallest == 0 ? 0 : 1, smallest));
  }
}
