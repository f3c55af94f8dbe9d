package io.tiphys.cel.library;

import static io.tiphys.cel.type.CelType.BOOL;
import static io.tiphys.cel.type.CelType.BYTES;
import static io.tiphys.cel.type.CelType.DOUBLE;
import static io.tiphys.cel.type.CelType.DURATION;
import static io.tiphys.cel.type.CelType.INT;
import static io.tiphys.cel.type.CelType.STRING;
import static io.tiphys.cel.type.CelType.TIMESTAMP;
import static io.tiphys.cel.type.CelType.UINT;

import io.tiphys.cel.syntax.Operators;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.type.Kind;
import io.tiphys.cel.value.Arithmetic;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.Order;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** The functions behind operators (cel-go's common/stdlib/standard.go). */
final class StandardOperators {
  private static final CelType A = CelType.parameter("A");
  private static final CelType B = CelType.parameter("B");
  private static final CelType LIST = CelType.list(A);
  private static final CelType MAP = CelType.map(A, B);

  private static final Set<Kind> ADDED =
      EnumSet.of(
          Kind.BYTES,
          Kind.DOUBLE,
          Kind.DURATION,
          Kind.INT,
          Kind.LIST,
          Kind.STRING,
          Kind.TIMESTAMP,
          Kind.UINT);
  private static final Set<Kind> DIVIDED = EnumSet.of(Kind.DOUBLE, Kind.INT, Kind.UINT);
  private static final Set<Kind> SUBTRACTED =
      EnumSet.of(Kind.DOUBLE, Kind.DURATION, Kind.INT, Kind.TIMESTAMP, Kind.UINT);
  private static final Set<Kind> NEGATED =
      EnumSet.of(Kind.BOOL, Kind.DOUBLE, Kind.DURATION, Kind.INT);
  private static final Set<Kind> ORDERED =
      EnumSet.of(
          Kind.BOOL,
          Kind.BYTES,
          Kind.DOUBLE,
          Kind.DURATION,
          Kind.INT,
          Kind.STRING,
          Kind.TIMESTAMP,
          Kind.UINT);

  private StandardOperators() {}

  static List<Function> functions() {
    List<Function> all = new ArrayList<>();
    logic(all);
    arithmetic(all);
    all.add(order(Operators.LESS, "less", sign -> sign < 0));
    all.add(order(Operators.LESS_EQUALS, "less_equals", sign -> sign <= 0));
    all.add(order(Operators.GREATER, "greater", sign -> sign > 0));
    all.add(order(Operators.GREATER_EQUALS, "greater_equals", sign -> sign >= 0));
    collections(all);
    return all;
  }

  private static void logic(List<Function> all) {
    all.add(
        Function.of(
            Operators.CONDITIONAL, Overload.free("conditional", List.of(BOOL, A, A), A, null)));
    all.add(
        Function.of(Operators.AND, Overload.free("logical_and", List.of(BOOL, BOOL), BOOL, null)));
    all.add(
        Function.of(Operators.OR, Overload.free("logical_or", List.of(BOOL, BOOL), BOOL, null)));
    all.add(
        whole(
            Operators.NOT,
            Implementation.of(StandardOperators::not),
            EnumSet.allOf(Kind.class),
            Overload.free("logical_not", List.of(BOOL), BOOL, null)));
    all.add(
        Function.of(
            Operators.NOT_STRICTLY_FALSE,
            new Overload(
                "not_strictly_false",
                false,
                List.of(BOOL),
                BOOL,
                Implementation.of(value -> value instanceof BoolValue ? value : BoolValue.TRUE),
                true)));
    all.add(Function.of(Operators.EQUALS, Overload.free("equals", List.of(A, A), BOOL, null)));
    all.add(
        Function.of(Operators.NOT_EQUALS, Overload.free("not_equals", List.of(A, A), BOOL, null)));
  }

  private static Value not(Value value) {
    return value instanceof BoolValue flag
        ? BoolValue.of(!flag.value())
        : ErrorValue.noSuchOverload(value);
  }

  private static void arithmetic(List<Function> all) {
    all.add(
        whole(
            Operators.ADD,
            Implementation.of(Arithmetic::add),
            ADDED,
            same("add_bytes", BYTES),
            same("add_double", DOUBLE),
            same("add_duration_duration", DURATION),
            form("add_duration_timestamp", DURATION, TIMESTAMP, TIMESTAMP),
            form("add_timestamp_duration", TIMESTAMP, DURATION, TIMESTAMP),
            same("add_int64", INT),
            same("add_list", LIST),
            same("add_string", STRING),
            same("add_uint64", UINT)));
    all.add(
        whole(
            Operators.SUBTRACT,
            Implementation.of(Arithmetic::subtract),
            SUBTRACTED,
            same("subtract_double", DOUBLE),
            same("subtract_duration_duration", DURATION),
            same("subtract_int64", INT),
            form("subtract_timestamp_duration", TIMESTAMP, DURATION, TIMESTAMP),
            form("subtract_timestamp_timestamp", TIMESTAMP, TIMESTAMP, DURATION),
            same("subtract_uint64", UINT)));
    all.add(
        whole(
            Operators.MULTIPLY,
            Implementation.of(Arithmetic::multiply),
            DIVIDED,
            same("multiply_double", DOUBLE),
            same("multiply_int64", INT),
            same("multiply_uint64", UINT)));
    all.add(
        whole(
            Operators.DIVIDE,
            Implementation.of(Arithmetic::divide),
            DIVIDED,
            same("divide_double", DOUBLE),
            same("divide_int64", INT),
            same("divide_uint64", UINT)));
    all.add(
        whole(
            Operators.MODULO,
            Implementation.of(Arithmetic::modulo),
            EnumSet.of(Kind.INT, Kind.UINT),
            same("modulo_int64", INT),
            same("modulo_uint64", UINT)));
    all.add(
        whole(
            Operators.NEGATE,
            Implementation.of(Arithmetic::negate),
            NEGATED,
            Overload.free("negate_double", List.of(DOUBLE), DOUBLE, null),
            Overload.free("negate_int64", List.of(INT), INT, null)));
  }

  private static Function order(String name, String prefix, IntPredicate wanted) {
    return whole(
        name,
        Implementation.of((left, right) -> Order.test(left, right, wanted)),
        ORDERED,
        form(prefix + "_bool", BOOL, BOOL, BOOL),
        form(prefix + "_int64", INT, INT, BOOL),
        form(prefix + "_int64_double", INT, DOUBLE, BOOL),
        form(prefix + "_int64_uint64", INT, UINT, BOOL),
        form(prefix + "_uint64", UINT, UINT, BOOL),
        form(prefix + "_uint64_double", UINT, DOUBLE, BOOL),
        form(prefix + "_uint64_int64", UINT, INT, BOOL),
        form(prefix + "_double", DOUBLE, DOUBLE, BOOL),
        form(prefix + "_double_int64", DOUBLE, INT, BOOL),
        form(prefix + "_double_uint64", DOUBLE, UINT, BOOL),
        form(prefix + "_string", STRING, STRING, BOOL),
        form(prefix + "_bytes", BYTES, BYTES, BOOL),
        form(prefix + "_timestamp", TIMESTAMP, TIMESTAMP, BOOL),
        form(prefix + "_duration", DURATION, DURATION, BOOL));
  }

  private static void collections(List<Function> all) {
    all.add(
        Function.of(
            Operators.INDEX, form("index_list", LIST, INT, A), form("index_map", MAP, A, B)));
    all.add(
        whole(
            Operators.IN,
            Implementation.of(StandardOperators::in),
            EnumSet.allOf(Kind.class),
            form("in_list", A, LIST, BOOL),
            form("in_map", A, MAP, BOOL)));
  }

  private static Value in(Value element, Value collection) {
    return switch (collection) {
      case ListValue list -> BoolValue.of(list.contains(element));
      case MapValue map -> {
        Value found = map.find(element);
        yield found != null && found.isError() ? found : BoolValue.of(found != null);
      }
      default -> ErrorValue.noSuchOverload(collection);
    };
  }

  private static Overload same(String id, CelType type) {
    return form(id, type, type, type);
  }

  private static Overload form(String id, CelType first, CelType second, CelType result) {
    return Overload.free(id, List.of(first, second), result, null);
  }

  private static Function whole(
      String name, Implementation does, Set<Kind> kinds, Overload... overloads) {
    return Function.whole(
        name, does, value -> kinds.contains(value.type().kind()), List.of(overloads));
  }
}
