package io.tiphys.cel.eval;

import io.tiphys.cel.cost.CostTracker;
import io.tiphys.cel.value.Value;
import java.util.function.BooleanSupplier;

/** The steps of an expression. Immutable: many threads may run it. */
public final class Plan {
  private final Step root;

  Plan(Step root) {
    this.root = root;
  }

  /**
   * Carries the steps out.
   *
   * @param cost counts them, and may end them with {@link CostTracker.LimitExceeded}
   * @param interrupted asked now and then in loops
   */
  public Value run(Variables variables, CostTracker cost, BooleanSupplier interrupted) {
    return root.eval(new Frame(variables, cost, interrupted));
  }
}
