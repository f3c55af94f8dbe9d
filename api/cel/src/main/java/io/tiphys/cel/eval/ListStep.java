package io.tiphys.cel.eval;

import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A list written out.
 *
 * @param optional the indices of elements that may be absent
 */
record ListStep(int id, List<Step> elements, int[] ids, Set<Integer> optional) implements Step {
  @Override
  public Value eval(Frame frame) {
    return frame.cost().list(id, ids, make(frame));
  }

  Value make(Frame frame) {
    List<Value> made = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Value value = elements.get(i).eval(frame);
      if (value.isError()) {
        return value;
      }
      if (!optional.contains(i)) {
        made.add(value);
      } else if (!(value instanceof OptionalValue(Value inner))) {
        return ErrorValue.of(
            "cannot initialize optional list element from non-optional value "
                + Texts.plain(value));
      } else if (inner != null) {
        made.add(inner);
      }
    }
    return Lists.of(made);
  }
}
