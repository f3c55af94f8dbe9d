package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.Value;
import java.util.function.BiPredicate;

/** Lists taken for sets (cel-go's ext/sets.go). */
final class SetFunctions {
  private static final CelType LIST = CelType.list(CelType.parameter("T"));

  private SetFunctions() {}

  static Library library() {
    return Library.of(
        function("contains", SetFunctions::contains),
        function("equivalent", (some, other) -> contains(some, other) && contains(other, some)),
        function("intersects", SetFunctions::intersects));
  }

  private static Function function(String name, BiPredicate<ListValue, ListValue> test) {
    return Function.of(
        "sets." + name,
        Overload.binary(
            "list_sets_" + name + "_list",
            LIST,
            LIST,
            CelType.BOOL,
            (some, other) -> test(some, other, test)));
  }

  private static Value test(Value some, Value other, BiPredicate<ListValue, ListValue> test) {
    return BoolValue.of(
        some instanceof ListValue left
            && other instanceof ListValue right
            && test.test(left, right));
  }

  private static boolean contains(ListValue list, ListValue part) {
    return Lists.elements(part).stream().allMatch(list::contains);
  }

  private static boolean intersects(ListValue some, ListValue other) {
    return Lists.elements(some).stream().anyMatch(other::contains);
  }
}
