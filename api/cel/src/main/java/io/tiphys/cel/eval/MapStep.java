package io.tiphys.cel.eval;

import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.Maps;
import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A map written out. */
record MapStep(int id, List<Entry> entries, int[] ids) implements Step {
  record Entry(Step key, Step value, boolean optional) {}

  @Override
  public Value eval(Frame frame) {
    return frame.cost().map(id, ids, make(frame));
  }

  Value make(Frame frame) {
    Map<Value, Value> made = new LinkedHashMap<>();
    for (Entry entry : entries) {
      Value key = entry.key.eval(frame);
      if (key.isError()) {
        return key;
      }
      Value value = entry.value.eval(frame);
      if (value.isError()) {
        return value;
      }
      if (!entry.optional) {
        made.put(key, value);
      } else if (!(value instanceof OptionalValue(Value inner))) {
        return notOptional(Texts.plain(key), value);
      } else if (inner != null) {
        made.put(key, inner);
      } else {
        made.remove(key);
      }
    }
    return Maps.of(made);
  }

  static Value notOptional(String key, Value value) {
    return ErrorValue.of(
        "cannot initialize optional entry '%s' from non-optional value %s"
            .formatted(key, Texts.plain(value)));
  }
}
