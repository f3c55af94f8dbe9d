package io.tiphys.cel.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps of given entries, and what maps have in common. */
public final class Maps {
  public static final MapValue EMPTY = new Plain(Map.of());

  private Maps() {}

  private record Plain(Map<Value, Value> entries) implements MapValue {
    @Override
    public int size() {
      return entries.size();
    }

    @Override
    public @Nullable Value find(Value key) {
      return Maps.find(entries, key);
    }

    @Override
    public List<Value> keys() {
      return new ArrayList<>(entries.keySet());
    }
  }

  public static MapValue of(Map<Value, Value> entries) {
    return entries.isEmpty() ? EMPTY : new Plain(new LinkedHashMap<>(entries));
  }

  /** A key is found under every number that equals it. */
  static @Nullable Value find(Map<Value, Value> entries, Value key) {
    Value found = entries.get(key);
    if (found != null
        || !(key instanceof IntValue || key instanceof UintValue || key instanceof DoubleValue)) {
      return found;
    }
    for (Value other : Numbers.others(key)) {
      Value value = entries.get(other);
      if (value != null) {
        return value;
      }
    }
    return null;
  }

  static boolean same(MapValue left, MapValue right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (Value key : left.keys()) {
      Value mine = left.find(key);
      Value other = right.find(key);
      if (mine == null || other == null || !mine.same(other)) {
        return false;
      }
    }
    return true;
  }
}
