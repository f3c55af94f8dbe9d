package io.tiphys.cel.eval;

import io.tiphys.cel.value.Value;
import java.util.List;

/** A part of an expression that can be carried out. Immutable once planned. */
interface Step {
  /** The number under which its value is found when costs are counted. */
  int id();

  Value eval(Frame frame);

  static int[] ids(List<Step> steps) {
    return steps.stream().mapToInt(Step::id).toArray();
  }
}
