package io.tiphys.cel.value;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Lists of given elements, and what lists have in common. */
public final class Lists {
  public static final ListValue EMPTY = new Plain(List.of());

  private Lists() {}

  private record Plain(List<Value> elements) implements ListValue {
    Plain {
      elements = List.copyOf(elements);
    }

    @Override
    public int size() {
      return elements.size();
    }

    @Override
    public Value get(int index) {
      return elements.get(index);
    }
  }

  public static ListValue of(List<? extends Value> elements) {
    return elements.isEmpty() ? EMPTY : new Plain(new ArrayList<>(elements));
  }

  /** All elements, as a Java list. */
  public static List<Value> elements(ListValue list) {
    List<Value> elements = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      elements.add(list.get(i));
    }
    return elements;
  }

  static boolean same(ListValue left, ListValue right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!left.get(i).same(right.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** An index that a value is; -1 if it is none, which {@link #indexError} then tells. */
  public static long index(Value value) {
    return switch (value) {
      case IntValue(long index) -> index;
      case UintValue(long index) when index >= 0 -> index;
      case DoubleValue(double index) when index == (long) index -> (long) index;
      default -> -1;
    };
  }

  /** Why a value is no index; null if it is one, though perhaps out of range. */
  public static @Nullable ErrorValue indexError(Value value) {
    return switch (value) {
      case IntValue _ -> null;
      case UintValue(long index) ->
          index >= 0
              ? null
              : ErrorValue.of("unsupported index value " + Texts.plain(value) + " in list");
      case DoubleValue(double index) ->
          index == (long) index
              ? null
              : ErrorValue.of("unsupported index value " + Texts.plain(value) + " in list");
      default -> ErrorValue.of("unsupported index type '" + value.type().toString() + "' in list");
    };
  }
}
