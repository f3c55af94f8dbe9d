package io.tiphys.cel.eval;

import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.Value;
import org.jspecify.annotations.Nullable;

/** Parts of values by key or index (cel-go's interpreter/attributes.go). */
final class Members {
  private Members() {}

  static Value get(Value of, Value key) {
    Value found = find(of, key);
    if (found != null) {
      return found;
    }
    return of instanceof ListValue ? ErrorValue.outOfBounds(key) : ErrorValue.noSuchKey(key);
  }

  /** The part; null if there is none. */
  static @Nullable Value find(Value of, Value key) {
    ErrorValue unfit = unfit(key);
    if (unfit != null) {
      return unfit;
    }
    return switch (of) {
      case MapValue map -> map.find(key);
      case ListValue list -> element(list, key);
      default -> null;
    };
  }

  private static @Nullable ErrorValue unfit(Value key) {
    return switch (key.type().kind()) {
      case STRING, INT, UINT, BOOL, DOUBLE -> null;
      default ->
          ErrorValue.of("invalid qualifier type: " + key.type().name() + " " + Texts.plain(key));
    };
  }

  private static @Nullable Value element(ListValue list, Value key) {
    ErrorValue error = Lists.indexError(key);
    if (error != null) {
      return error;
    }
    long index = Lists.index(key);
    return index >= 0 && index < list.size() ? list.get((int) index) : null;
  }
}
