package io.tiphys.cel.value;

import io.tiphys.cel.type.CelType;

/** Values in order. What differs between its forms is where the elements are. */
public non-sealed interface ListValue extends Value {
  int size();

  /** An element; the index is within the list. */
  Value get(int index);

  default boolean contains(Value element) {
    for (int i = 0; i < size(); i++) {
      if (element.same(get(i))) {
        return true;
      }
    }
    return false;
  }

  /** This and another one behind. */
  default Value plus(ListValue other) {
    if (size() == 0) {
      return other;
    }
    return other.size() == 0 ? this : new ConcatenatedList(this, other);
  }

  /** The element at an index as an expression gives it, or an error. */
  default Value at(Value index) {
    long place = Lists.index(index);
    ErrorValue error = place < 0 ? Lists.indexError(index) : null;
    if (error != null) {
      return error;
    }
    if (place < 0 || place >= size()) {
      return ErrorValue.of("index '" + place + "' out of range in list size '" + size() + "'");
    }
    return get((int) place);
  }

  @Override
  default CelType type() {
    return CelType.LIST;
  }

  @Override
  default boolean same(Value other) {
    return other instanceof ListValue that && Lists.same(this, that);
  }
}
