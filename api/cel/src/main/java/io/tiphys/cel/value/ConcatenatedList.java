package io.tiphys.cel.value;

/** A list behind another one. */
record ConcatenatedList(ListValue first, ListValue second, int size) implements ListValue {
  ConcatenatedList(ListValue first, ListValue second) {
    this(first, second, first.size() + second.size());
  }

  @Override
  public Value get(int index) {
    return index < first.size() ? first.get(index) : second.get(index - first.size());
  }

  @Override
  public boolean contains(Value element) {
    return first.contains(element) || second.contains(element);
  }
}
