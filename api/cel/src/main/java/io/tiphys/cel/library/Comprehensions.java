package io.tiphys.cel.library;

import io.tiphys.cel.syntax.PairMacros;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.GrowingMap;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.Maps;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Loops with two variables (cel-go's ext/comprehensions.go). */
final class Comprehensions {
  private static final CelType K = CelType.parameter("K");
  private static final CelType V = CelType.parameter("V");
  private static final CelType MAP = CelType.map(K, V);

  private Comprehensions() {}

  static Library library() {
    Function insert =
        Function.of(
            PairMacros.INSERT,
            Overload.free(
                "@mapInsert_map_key_value",
                List.of(MAP, K, V),
                MAP,
                in -> insert(in[0], in[1], in[2])),
            Overload.free("@mapInsert_map_map", List.of(MAP, MAP), MAP, Comprehensions::insertAll));
    return new Library(List.of(insert), PairMacros.ALL);
  }

  private static Value insert(Value target, Value key, Value value) {
    if (!(target instanceof MapValue map)) {
      return ErrorValue.noSuchOverload(target);
    }
    if (map.find(key) != null) {
      return ErrorValue.of("insert failed: key " + Texts.plain(key) + " already exists");
    }
    if (map instanceof GrowingMap growing) {
      growing.put(key, value);
      return growing;
    }
    Map<Value, Value> copy = new LinkedHashMap<>();
    for (Value each : map.keys()) {
      Value old = map.find(each);
      if (old != null) {
        copy.put(each, old);
      }
    }
    copy.put(key, value);
    return Maps.of(copy);
  }

  private static Value insertAll(Value[] in) {
    Value target = in[0];
    if (!(in[1] instanceof MapValue update)) {
      return ErrorValue.noSuchOverload(in[1]);
    }
    for (Value key : update.keys()) {
      Value value = update.find(key);
      target = value == null ? target : insert(target, key, value);
      if (target.isError()) {
        return target;
      }
    }
    return target;
  }
}
