package io.tiphys.cel.value;

import java.util.ArrayList;
import java.util.List;

/**
 * What a loop gathers its elements in: adding to it changes it, so that a loop over many elements
 * takes no time that grows with their square. Nobody sees it before the loop has ended.
 */
public final class GrowingList implements ListValue {
  private final List<Value> elements = new ArrayList<>();

  @Override
  public int size() {
    return elements.size();
  }

  @Override
  public Value get(int index) {
    return elements.get(index);
  }

  @Override
  public Value plus(ListValue other) {
    for (int i = 0, size = other.size(); i < size; i++) {
      elements.add(other.get(i));
    }
    return this;
  }

  /** As it is now, for good. */
  public ListValue finished() {
    return Lists.of(elements);
  }
}
