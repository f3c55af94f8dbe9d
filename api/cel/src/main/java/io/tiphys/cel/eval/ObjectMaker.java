package io.tiphys.cel.eval;

import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.Value;
import java.util.Map;

/** Makes objects of the types that an environment declares. */
@FunctionalInterface
public interface ObjectMaker {
  /** For environments in which nothing makes objects. */
  ObjectMaker NONE = (type, fields) -> ErrorValue.of("unknown type '" + type + "'");

  Value make(String type, Map<String, Value> fields);
}
