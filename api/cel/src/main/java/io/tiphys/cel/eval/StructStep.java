package io.tiphys.cel.eval;

import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An object of a named type. */
record StructStep(int id, String type, List<Field> fields, int[] ids, ObjectMaker maker)
    implements Step {
  record Field(String name, Step value, boolean optional) {}

  @Override
  public Value eval(Frame frame) {
    return frame.cost().struct(id, ids, make(frame));
  }

  private Value make(Frame frame) {
    Map<String, Value> made = new LinkedHashMap<>();
    for (Field field : fields) {
      Value value = field.value.eval(frame);
      if (value.isError()) {
        return value;
      }
      if (!field.optional) {
        made.put(field.name, value);
      } else if (!(value instanceof OptionalValue(Value inner))) {
        return MapStep.notOptional(field.name, value);
      } else if (inner != null) {
        made.put(field.name, inner);
      } else {
        made.remove(field.name);
      }
    }
    return maker.make(type, made);
  }
}
