package io.tiphys.cel.schema;

import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.NullValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A list of type map: elements have names, their order says nothing, adding replaces by name. */
record KeyedListValue(ListValue list, List<String> keys) implements ListValue {
  @Override
  public int size() {
    return list.size();
  }

  @Override
  public Value get(int index) {
    return list.get(index);
  }

  private List<Value> name(Value element) {
    List<Value> name = new ArrayList<>();
    for (String key : keys) {
      String escaped = FieldNames.escape(key).orElse(key);
      Value part = element instanceof MapValue map ? map.find(new StringValue(escaped)) : null;
      name.add(part == null ? NullValue.NULL : part);
    }
    return name;
  }

  @Override
  public boolean same(Value other) {
    if (!(other instanceof ListValue that) || size() != that.size()) {
      return false;
    }
    Map<List<Value>, Value> mine = new HashMap<>();
    Lists.elements(this).forEach(element -> mine.put(name(element), element));
    for (Value element : Lists.elements(that)) {
      Value own = mine.get(name(element));
      if (own == null || !own.same(element)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Value plus(ListValue other) {
    Map<List<Value>, Value> all = new LinkedHashMap<>();
    Lists.elements(this).forEach(element -> all.put(name(element), element));
    Lists.elements(other).forEach(element -> all.put(name(element), element));
    return new KeyedListValue(Lists.of(List.copyOf(all.values())), keys);
  }
}
