package io.tiphys.cel.eval;

import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.Value;
import java.util.Set;

/** {@code in} of a list that was known before: upstream charges nothing for it. */
record MembershipStep(int id, Step element, Set<Value> members) implements Step {
  @Override
  public Value eval(Frame frame) {
    Value value = element.eval(frame);
    Value result = value.isError() ? value : BoolValue.of(members.contains(value));
    return frame.cost().free(id, result);
  }
}
