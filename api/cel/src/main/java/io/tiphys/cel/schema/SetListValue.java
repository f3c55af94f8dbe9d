package io.tiphys.cel.schema;

import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.Value;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** A list of type set: its order says nothing, and adding to it makes a union. */
record SetListValue(ListValue list) implements ListValue {
  @Override
  public int size() {
    return list.size();
  }

  @Override
  public Value get(int index) {
    return list.get(index);
  }

  @Override
  public boolean same(Value other) {
    return other instanceof ListValue that
        && size() == that.size()
        && new HashSet<>(Lists.elements(this)).containsAll(Lists.elements(that));
  }

  @Override
  public Value plus(ListValue other) {
    Set<Value> union = new LinkedHashSet<>(Lists.elements(this));
    union.addAll(Lists.elements(other));
    return new SetListValue(Lists.of(union.stream().toList()));
  }
}
