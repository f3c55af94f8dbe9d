package io.tiphys.cel;

import io.tiphys.cel.cost.CallCosts;
import io.tiphys.cel.cost.CostTracker;
import io.tiphys.cel.eval.Plan;
import io.tiphys.cel.eval.Variables;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.Value;
import java.util.function.BooleanSupplier;

/** An expression that can be carried out, by many threads at once. */
public final class Program {
  private final Plan plan;
  private final CallCosts costs;

  Program(Plan plan, CallCosts costs) {
    this.plan = plan;
    this.costs = costs;
  }

  /**
   * What came of it.
   *
   * @param value perhaps an error
   * @param cost what it did cost, also if it failed
   * @param limited whether it was ended because it cost more than it may
   */
  public record Evaluation(Value value, long cost, boolean limited) {}

  /**
   * @param limit of the cost, unsigned
   * @param interrupted asked now and then; it ends when that says so
   */
  public Evaluation evaluate(Variables variables, long limit, BooleanSupplier interrupted) {
    CostTracker cost = new CostTracker(costs, limit);
    try {
      return new Evaluation(plan.run(variables, cost, interrupted), cost.cost(), false);
    } catch (CostTracker.LimitExceeded e) {
      return new Evaluation(ErrorValue.of(String.valueOf(e.getMessage())), cost.cost(), true);
    }
  }

  /** Whoever interrupts the thread ends it. */
  public Evaluation evaluate(Variables variables, long limit) {
    return evaluate(variables, limit, Thread.currentThread()::isInterrupted);
  }
}
