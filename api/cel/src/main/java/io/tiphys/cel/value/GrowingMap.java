package io.tiphys.cel.value;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a loop gathers its entries in; see {@link GrowingList}. */
public final class GrowingMap implements MapValue {
  private final Map<Value, Value> entries = new LinkedHashMap<>();

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

  public void put(Value key, Value value) {
    entries.put(key, value);
  }

  /** As it is now, for good. */
  public MapValue finished() {
    return Maps.of(entries);
  }
}
