package io.tiphys.cel;

import io.tiphys.cel.check.Checked;
import io.tiphys.cel.cost.CallCosts;
import io.tiphys.cel.cost.CostEstimation;
import io.tiphys.cel.cost.Estimator;
import io.tiphys.cel.cost.Range;
import io.tiphys.cel.eval.ObjectMaker;
import io.tiphys.cel.eval.Planner;
import io.tiphys.cel.library.Function;
import io.tiphys.cel.library.KubernetesCallCosts;
import io.tiphys.cel.syntax.Issues;
import io.tiphys.cel.type.CelType;
import java.util.Map;

/** What became of the text of an expression. */
public sealed interface Compilation {
  /** It is none, or names what is not there, or mixes types. */
  record Refused(Issues issues) implements Compilation {
    /** What is wrong, with the lines and marks below, as cel-go shows it. */
    public String message() {
      return issues.display();
    }
  }

  /** It may be used. */
  final class Compiled implements Compilation {
    private final Checked checked;
    private final Map<String, Function> functions;
    private final ObjectMaker maker;

    Compiled(Checked checked, Map<String, Function> functions, ObjectMaker maker) {
      this.checked = checked;
      this.functions = functions;
      this.maker = maker;
    }

    public Checked ast() {
      return checked;
    }

    public CelType resultType() {
      return checked.resultType();
    }

    /** What it costs at least and at most. */
    public Range cost(Estimator estimator) {
      return CostEstimation.of(checked, estimator);
    }

    /** Whether it names a variable outside of loops that hide it. */
    public boolean mentions(String variable) {
      return Mentions.of(checked, variable);
    }

    /**
     * As something that can be carried out, whose cost is counted as Kubernetes counts.
     *
     * @throws Planner.Unplannable if it can not, whatever its variables are
     */
    public Program program() throws Planner.Unplannable {
      return program(new KubernetesCallCosts(), true);
    }

    /**
     * @param folding whether what depends on no variable is worked out now, and then costs nothing
     */
    Program program(CallCosts costs, boolean folding) throws Planner.Unplannable {
      return new Program(Planner.plan(checked, functions, maker, folding), costs);
    }
  }
}
