package io.tiphys.cel.library;

import io.tiphys.cel.syntax.Constant;
import io.tiphys.cel.syntax.Expr;
import io.tiphys.cel.syntax.ExprFactory;
import io.tiphys.cel.syntax.Macro;
import io.tiphys.cel.syntax.Macro.Refused;
import io.tiphys.cel.syntax.Operators;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.BytesValue;
import io.tiphys.cel.value.DoubleValue;
import io.tiphys.cel.value.DurationValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.ListValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.MapValue;
import io.tiphys.cel.value.NullValue;
import io.tiphys.cel.value.OptionalValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Texts;
import io.tiphys.cel.value.UintValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values that may be absent (cel-go's cel/library.go, the newest version). */
final class Optionals {
  private static final CelType K = CelType.parameter("K");
  private static final CelType V = CelType.parameter("V");
  private static final CelType OPTIONAL = CelType.optional(V);
  private static final CelType LIST = CelType.list(V);
  private static final CelType MAP = CelType.map(K, V);

  private Optionals() {}

  static Library library() {
    List<Function> all = new ArrayList<>();
    all.add(
        Function.of("optional.of", Overload.unary("optional_of", V, OPTIONAL, OptionalValue::of)));
    all.add(
        Function.of(
            "optional.ofNonZeroValue",
            Overload.unary(
                "optional_ofNonZeroValue",
                V,
                OPTIONAL,
                value -> isZero(value) ? OptionalValue.NONE : OptionalValue.of(value))));
    all.add(
        Function.of(
            "optional.none",
            Overload.free("optional_none", List.of(), OPTIONAL, in -> OptionalValue.NONE)));
    all.add(
        Function.of(
            "value",
            Overload.accessor(
                "optional_value",
                OPTIONAL,
                V,
                value -> value instanceof OptionalValue held ? held.get() : value)));
    all.add(
        Function.of(
            "hasValue",
            Overload.accessor(
                "optional_hasValue",
                OPTIONAL,
                CelType.BOOL,
                value ->
                    BoolValue.of(value instanceof OptionalValue(Value held) && held != null))));
    all.add(
        Function.of(
            "or",
            Overload.member("optional_or_optional", List.of(OPTIONAL, OPTIONAL), OPTIONAL, null)));
    all.add(
        Function.of(
            "orValue", Overload.member("optional_orValue_value", List.of(OPTIONAL, V), V, null)));
    selections(all);
    lists(all);
    return new Library(
        all,
        List.of(
            new Macro("optMap", 2, true, (make, target, in) -> map(make, target, in, true)),
            new Macro("optFlatMap", 2, true, (make, target, in) -> map(make, target, in, false))));
  }

  private static void selections(List<Function> all) {
    CelType ofList = CelType.optional(LIST);
    CelType ofMap = CelType.optional(MAP);
    all.add(
        Function.of(
            Operators.OPTIONAL_SELECT, form("select_optional_field", CelType.DYN, CelType.STRING)));
    all.add(
        Function.of(
            Operators.OPTIONAL_INDEX,
            form("list_optindex_optional_int", LIST, CelType.INT),
            form("optional_list_optindex_optional_int", ofList, CelType.INT),
            form("map_optindex_optional_value", MAP, K),
            form("optional_map_optindex_optional_value", ofMap, K)));
    all.add(
        Function.of(
            Operators.INDEX,
            form("optional_list_index_int", ofList, CelType.INT),
            form("optional_map_index_value", ofMap, K)));
  }

  private static Overload form(String id, CelType first, CelType second) {
    return Overload.free(id, List.of(first, second), OPTIONAL, null);
  }

  private static void lists(List<Function> all) {
    all.add(
        Function.of(
            "last", Overload.accessor("list_last", LIST, OPTIONAL, list -> end(list, true))));
    all.add(
        Function.of(
            "first", Overload.accessor("list_first", LIST, OPTIONAL, list -> end(list, false))));
    CelType optionals = CelType.list(OPTIONAL);
    all.add(
        Function.of(
            "optional.unwrap",
            Overload.unary("optional_unwrap", optionals, LIST, Optionals::unwrap)));
    all.add(
        Function.of(
            "unwrapOpt",
            Overload.accessor("optional_unwrapOpt", optionals, LIST, Optionals::unwrap)));
  }

  private static Value end(Value value, boolean last) {
    if (!(value instanceof ListValue list) || list.size() == 0) {
      return OptionalValue.NONE;
    }
    return OptionalValue.of(list.get(last ? list.size() - 1 : 0));
  }

  private static Value unwrap(Value value) {
    List<Value> held = new ArrayList<>();
    for (Value each : value instanceof ListValue list ? Lists.elements(list) : List.<Value>of()) {
      if (!(each instanceof OptionalValue(Value inner))) {
        return ErrorValue.of("value " + Texts.plain(each) + " is not optional");
      }
      if (inner != null) {
        held.add(inner);
      }
    }
    return Lists.of(held);
  }

  private static boolean isZero(Value value) {
    return switch (value) {
      case NullValue _ -> true;
      case BoolValue flag -> !flag.value();
      case IntValue(long number) -> number == 0;
      case UintValue(long number) -> number == 0;
      case DoubleValue(double number) -> number == 0;
      case StringValue(String text) -> text.isEmpty();
      case BytesValue(byte[] bytes) -> bytes.length == 0;
      case DurationValue(long nanos) -> nanos == 0;
      case ListValue list -> list.size() == 0;
      case MapValue map -> map.size() == 0;
      default -> false;
    };
  }

  private static Expr map(ExprFactory.At make, @Nullable Expr target, List<Expr> in, boolean wrap)
      throws Refused {
    String macro = wrap ? "optMap" : "optFlatMap";
    if (!(in.getFirst() instanceof Expr.Ident(int _, String name))) {
      throw new Refused(in.getFirst(), macro + "() variable name must be a simple identifier");
    }
    Expr of = Objects.requireNonNull(target);
    Expr condition = make.member(of, "hasValue");
    Expr bound =
        make.loop(
            make.list(),
            "#unused",
            "",
            name,
            make.member(make.copy(of), "value"),
            make.literal(Constant.FALSE),
            make.ident(name),
            in.getLast());
    Expr found = wrap ? make.call("optional.of", bound) : bound;
    return make.call(Operators.CONDITIONAL, condition, found, make.call("optional.none"));
  }
}
