package io.tiphys.cel.eval;

import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.Value;

/**
 * {@code a.or(b)} and {@code a.orValue(b)}: the other is only looked at when there is nothing.
 *
 * @param held whether the value itself is wanted
 */
record OptionalStep(int id, Step first, Step other, boolean held) implements Step {
  @Override
  public Value eval(Frame frame) {
    return frame.cost().free(id, choose(frame));
  }

  private Value choose(Frame frame) {
    Value value = first.eval(frame);
    if (!(value instanceof OptionalValue(Value inner))) {
      return value;
    }
    if (inner == null) {
      return other.eval(frame);
    }
    return held ? inner : value;
  }
}
