package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.Arithmetic;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.DoubleValue;
import io.tiphys.cel.value.DurationValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.Order;
import io.tiphys.cel.value.UintValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sums, extremes and places in lists (apiserver/pkg/cel/library/lists.go). */
final class KubernetesLists {
  private static final CelType A = CelType.parameter("A");
  private static final Map<String, Value> SUMMABLE = new LinkedHashMap<>();

  static final List<CelType> COMPARABLE =
      List.of(
          CelType.INT,
          CelType.UINT,
          CelType.DOUBLE,
          CelType.BOOL,
          CelType.DURATION,
          CelType.TIMESTAMP,
          CelType.STRING,
          CelType.BYTES);

  static {
    SUMMABLE.put("int", IntValue.ZERO);
    SUMMABLE.put("uint", new UintValue(0));
    SUMMABLE.put("double", new DoubleValue(0));
    SUMMABLE.put("duration", new DurationValue(0));
  }

  private KubernetesLists() {}

  static Library library() {
    List<Overload> sorted = new ArrayList<>();
    List<Overload> most = new ArrayList<>();
    List<Overload> least = new ArrayList<>();
    for (CelType type : COMPARABLE) {
      String name = type.show();
      CelType list = CelType.list(type);
      sorted.add(
          Overload.accessor(
              "list_" + name + "_is_sorted_bool", list, CelType.BOOL, KubernetesLists::isSorted));
      most.add(
          Overload.accessor(
              "list_" + name + "_max_" + name, list, type, value -> extreme(value, "max", -1)));
      least.add(
          Overload.accessor(
              "list_" + name + "_min_" + name, list, type, value -> extreme(value, "min", 1)));
    }
    List<Overload> sums = new ArrayList<>();
    SUMMABLE.forEach(
        (name, zero) ->
            sums.add(
                Overload.accessor(
                    "list_" + name + "_sum_" + name,
                    CelType.list(zero.type()),
                    zero.type(),
                    value -> sum(value, zero))));
    return Library.of(
        function("isSorted", sorted),
        function("sum", sums),
        function("max", most),
        function("min", least),
        Function.of(
            "indexOf",
            Overload.method(
                "list_a_index_of_int",
                CelType.list(A),
                A,
                CelType.INT,
                (list, item) -> place(list, item, false))),
        Function.of(
            "lastIndexOf",
            Overload.method(
                "list_a_last_index_of_int",
                CelType.list(A),
                A,
                CelType.INT,
                (list, item) -> place(list, item, true))));
  }

  private static Function function(String name, List<Overload> overloads) {
    return Function.of(name, overloads.toArray(Overload[]::new));
  }

  private static List<Value> elements(Value value) {
    return value instanceof ListValue list ? Lists.elements(list) : List.of();
  }

  private static Value isSorted(Value value) {
    Value previous = null;
    for (Value next : elements(value)) {
      if (previous != null && isOrder(Order.compare(previous, next), 1)) {
        return BoolValue.FALSE;
      }
      previous = next;
    }
    return BoolValue.TRUE;
  }

  private static boolean isOrder(Value order, int sign) {
    return order instanceof IntValue(long found) && found == sign;
  }

  private static Value sum(Value value, Value zero) {
    Value sum = zero;
    for (Value next : elements(value)) {
      sum = Arithmetic.add(sum, next);
      if (sum.isError()) {
        return sum;
      }
    }
    return sum;
  }

  private static Value extreme(Value value, String name, int worse) {
    Value found = null;
    for (Value next : elements(value)) {
      if (found == null || isOrder(Order.compare(found, next), worse)) {
        found = next;
      }
    }
    return found == null ? ErrorValue.of(name + " called on empty list") : found;
  }

  private static Value place(Value value, Value item, boolean last) {
    List<Value> elements = elements(value);
    for (int i = 0; i < elements.size(); i++) {
      int at = last ? elements.size() - 1 - i : i;
      if (elements.get(at).same(item)) {
        return IntValue.of(at);
      }
    }
    return IntValue.of(-1);
  }
}
