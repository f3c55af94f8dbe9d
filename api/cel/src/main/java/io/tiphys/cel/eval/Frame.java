package io.tiphys.cel.eval;

import io.tiphys.cel.cost.CostTracker;
import io.tiphys.cel.value.Value;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the steps of one evaluation share: its variables and its cost. Of one thread. */
final class Frame {
  /** How many rounds of loops go by between two looks whether to stop, as in Kubernetes. */
  private static final int ROUNDS_BETWEEN_LOOKS = 100;

  private final Variables variables;
  private final CostTracker cost;
  private final Interruption interruption;

  Frame(Variables variables, CostTracker cost, BooleanSupplier interrupted) {
    this(variables, cost, new Interruption(interrupted));
  }

  private Frame(Variables variables, CostTracker cost, Interruption interruption) {
    this.variables = variables;
    this.cost = cost;
    this.interruption = interruption;
  }

  /** The same evaluation with other variables. */
  Frame(Frame outer, Variables variables) {
    this(variables, outer.cost, outer.interruption);
  }

  private static final class Interruption {
    private final BooleanSupplier interrupted;
    private int rounds;

    Interruption(BooleanSupplier interrupted) {
      this.interrupted = interrupted;
    }

    boolean isDue() {
      rounds++;
      return rounds % ROUNDS_BETWEEN_LOOKS == 0 && interrupted.getAsBoolean();
    }
  }

  @Nullable Value find(String name) {
    return variables.find(name);
  }

  CostTracker cost() {
    return cost;
  }

  /** Asked once a round of every loop. */
  boolean isInterrupted() {
    return interruption.isDue();
  }
}
