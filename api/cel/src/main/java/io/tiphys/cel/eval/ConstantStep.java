package io.tiphys.cel.eval;

import io.tiphys.cel.value.Value;

/** A value that was known before. */
record ConstantStep(int id, Value value) implements Step {
  @Override
  public Value eval(Frame frame) {
    return frame.cost().free(id, value);
  }
}
