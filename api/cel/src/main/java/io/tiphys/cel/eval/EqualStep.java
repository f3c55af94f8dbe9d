package io.tiphys.cel.eval;

import io.tiphys.cel.syntax.Operators;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.Value;

/** {@code ==} and {@code !=}. */
record EqualStep(int id, Step left, Step right, int[] ids, boolean wanted) implements Step {
  EqualStep(int id, Step left, Step right, boolean wanted) {
    this(id, left, right, new int[] {left.id(), right.id()}, wanted);
  }

  @Override
  public Value eval(Frame frame) {
    Value first = left.eval(frame);
    Value second = right.eval(frame);
    Value result =
        first.isError()
            ? first
            : second.isError() ? second : BoolValue.of(first.same(second) == wanted);
    String function = wanted ? Operators.EQUALS : Operators.NOT_EQUALS;
    return frame.cost().call(id, function, wanted ? "equals" : "not_equals", ids, result);
  }
}
