package io.tiphys.cel.cost;

/**
 * A size or a cost: at least and at most. Both unsigned; sums and products do not wrap but stay at
 * the largest number, which stands for what is not known (cel-go's checker/cost.go).
 */
public record Range(long min, long max) {
  public static final Range ZERO = new Range(0, 0);
  public static final Range UNKNOWN = new Range(0, Costs.MOST);

  /** Less than nothing, for unions to begin with. */
  static final Range NONE = new Range(Costs.MOST, 0);

  public static Range of(long exact) {
    return new Range(exact, exact);
  }

  public Range add(Range other) {
    return new Range(Costs.add(min, other.min), Costs.add(max, other.max));
  }

  public Range multiply(Range other) {
    return new Range(Costs.multiply(min, other.min), Costs.multiply(max, other.max));
  }

  /** Rounded up. */
  public Range multiply(double factor) {
    return new Range(Costs.multiply(min, factor), Costs.multiply(max, factor));
  }

  public Range union(Range other) {
    return new Range(Costs.least(min, other.min), Costs.most(max, other.max));
  }
}
