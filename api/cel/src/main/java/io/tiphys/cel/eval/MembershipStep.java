package io.tiphys.cel.eval;

import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.DoubleValue;
import io.tiphys.cel.value.Value;
import java.util.Set;

/** {@code in} of a list that was known before: upstream charges nothing for it. */
record MembershipStep(int id, Step element, Set<Value> members) implements Step {
  private static final DoubleValue ZERO = new DoubleValue(0.0);

  @Override
  public Value eval(Frame frame) {
    Value value = element.eval(frame);
    Value result = value.isError() ? value : BoolValue.of(members.contains(canonical(value)));
    return frame.cost().free(id, result);
  }

  /** The zeros are equal, but not in Java's sets. */
  static Value canonical(Value value) {
    return value instanceof DoubleValue(double number) && number == 0 ? ZERO : value;
  }
}
