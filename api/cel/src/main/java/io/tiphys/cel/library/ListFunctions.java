package io.tiphys.cel.library;

import io.tiphys.cel.syntax.SortMacro;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.Order;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Slices, sorting and the like (cel-go's ext/lists.go, version 3). */
final class ListFunctions {
  private static final CelType T = CelType.parameter("T");
  private static final CelType LIST = CelType.list(T);

  /** An expression's cost is counted after the call, so a call may not make more than this. */
  private static final int LONGEST_RANGE = 1_000_000;

  private ListFunctions() {}

  static Library library() {
    List<Overload> sorts = new ArrayList<>();
    List<Overload> keyed = new ArrayList<>();
    for (CelType type : KubernetesLists.COMPARABLE) {
      CelType list = CelType.list(type);
      sorts.add(Overload.member("list_" + type.name() + "_sort", List.of(list), list, null));
      keyed.add(
          Overload.member(
              "list_" + type.name() + "_sortByAssociatedKeys", List.of(LIST, list), LIST, null));
    }
    CelType anything = CelType.list(CelType.DYN);
    List<Function> all =
        List.of(
            Function.of(
                "slice",
                Overload.member(
                    "list_slice",
                    List.of(LIST, CelType.INT, CelType.INT),
                    LIST,
                    ListFunctions::slice)),
            // Not guarded by types, as upstream: a list that is not nested is as it was.
            Function.whole(
                "flatten",
                in ->
                    in.length == 1 || in[1] instanceof IntValue
                        ? flatten(in[0], in.length == 2 ? number(in[1]) : 1)
                        : ErrorValue.noSuchOverload(in[1]),
                ListValue.class::isInstance,
                List.of(
                    Overload.member("list_flatten", List.of(CelType.list(LIST)), LIST, null),
                    Overload.member(
                        "list_flatten_int", List.of(anything, CelType.INT), anything, null))),
            Function.whole("sort", in -> sort(in[0], in[0]), ListValue.class::isInstance, sorts),
            Function.whole(
                SortMacro.SORT, in -> sort(in[0], in[1]), ListValue.class::isInstance, keyed),
            Function.of(
                "lists.range",
                Overload.unary(
                    "lists_range", CelType.INT, CelType.list(CelType.INT), ListFunctions::range)),
            Function.of(
                "reverse", Overload.accessor("list_reverse", LIST, LIST, ListFunctions::reverse)),
            Function.of(
                "distinct",
                Overload.accessor("list_distinct", LIST, LIST, ListFunctions::distinct)));
    return new Library(all, List.of(SortMacro.MACRO));
  }

  private static List<Value> elements(Value value) {
    return value instanceof ListValue list ? Lists.elements(list) : List.of();
  }

  private static long number(Value value) {
    return value instanceof IntValue(long number) ? number : 0;
  }

  private static Value slice(Value[] in) {
    List<Value> elements = elements(in[0]);
    long start = number(in[1]);
    long end = number(in[2]);
    String call = "cannot slice(" + start + ", " + end + "), ";
    if (start < 0 || end < 0) {
      return ErrorValue.of(call + "negative indexes not supported");
    }
    if (start > end) {
      return ErrorValue.of(call + "start index must be less than or equal to end index");
    }
    if (elements.size() < end) {
      return ErrorValue.of(call + "list is length " + elements.size());
    }
    return Lists.of(elements.subList((int) start, (int) end));
  }

  private static Value flatten(Value list, long depth) {
    if (depth < 0) {
      return ErrorValue.of("level must be non-negative");
    }
    List<Value> flat = new ArrayList<>();
    flatten(elements(list), depth, flat);
    return Lists.of(flat);
  }

  private static void flatten(List<Value> elements, long depth, List<Value> flat) {
    for (Value each : elements) {
      if (depth > 0 && each instanceof ListValue nested) {
        flatten(Lists.elements(nested), depth - 1, flat);
      } else {
        flat.add(each);
      }
    }
  }

  private record Keyed(Value key, Value value) {}

  private static Value sort(Value list, Value keys) {
    List<Value> values = elements(list);
    List<Value> by = elements(keys);
    if (values.size() != by.size()) {
      return ErrorValue.of(
          ("@sortByAssociatedKeys() expected a list of the same size as the associated keys list,"
                  + " but got %d and %d elements respectively")
              .formatted(values.size(), by.size()));
    }
    List<Keyed> pairs = new ArrayList<>();
    for (int i = 0; i < by.size(); i++) {
      if (!by.get(i).type().equals(by.getFirst().type())) {
        return ErrorValue.of("list elements must have the same type");
      }
      if (Order.compare(by.get(i), by.get(i)) instanceof ErrorValue) {
        return ErrorValue.of("list elements must be comparable");
      }
      pairs.add(new Keyed(by.get(i), values.get(i)));
    }
    pairs.sort((left, right) -> (int) number(Order.compare(left.key, right.key)));
    return Lists.of(pairs.stream().map(Keyed::value).toList());
  }

  private static Value range(Value count) {
    long end = number(count);
    if (end > LONGEST_RANGE) {
      return ErrorValue.of("range too large: " + end);
    }
    List<Value> numbers = new ArrayList<>();
    for (long i = 0; i < end; i++) {
      numbers.add(IntValue.of(i));
    }
    return Lists.of(numbers);
  }

  private static Value reverse(Value list) {
    List<Value> elements = new ArrayList<>(elements(list));
    Collections.reverse(elements);
    return Lists.of(elements);
  }

  private static Value distinct(Value list) {
    List<Value> unique = new ArrayList<>();
    for (Value each : elements(list)) {
      if (unique.stream().noneMatch(each::same)) {
        unique.add(each);
      }
    }
    return Lists.of(unique);
  }
}
