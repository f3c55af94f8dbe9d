package io.tiphys.cel.eval;

import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.Value;
import java.util.List;

/**
 * {@code &&} and {@code ||}: a term that decides does so whatever went wrong in others.
 *
 * @param deciding false for {@code &&}, true for {@code ||}
 */
record LogicStep(int id, List<Step> terms, int[] ids, BoolValue deciding) implements Step {
  LogicStep(int id, List<Step> terms, boolean deciding) {
    this(id, List.copyOf(terms), Step.ids(terms), BoolValue.of(deciding));
  }

  @Override
  public Value eval(Frame frame) {
    return frame.cost().logical(id, ids, decide(frame));
  }

  private Value decide(Frame frame) {
    Value error = null;
    for (Step term : terms) {
      Value value = term.eval(frame);
      if (value == deciding) {
        return deciding;
      }
      if (!(value instanceof BoolValue) && error == null) {
        error = ErrorValue.noSuchOverload(value);
      }
    }
    return error == null ? BoolValue.of(deciding == BoolValue.FALSE) : error;
  }
}
