package io.tiphys.cel.schema;

import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Value;
import io.tiphys.codec.Json;
import java.util.List;

/** An array of a tree. */
record TreeListValue(List<Json> elements, ValueSchema items) implements ListValue {
  @Override
  public int size() {
    return elements.size();
  }

  @Override
  public Value get(int index) {
    return TreeValues.of(elements.get(index), items);
  }
}
