package io.tiphys.cel.library;

import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.DoubleValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.OpaqueValue;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import io.tiphys.meta.Quantity;
import java.math.BigDecimal;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Quantities such as {@code 50Mi} (apiserver/pkg/cel/library/quantity.go). */
public final class Quantities {
  public static final CelType TYPE = CelType.struct("kubernetes.Quantity");

  private Quantities() {}

  /** A quantity as a value. */
  public record QuantityValue(Quantity quantity) implements OpaqueValue {
    @Override
    public CelType type() {
      return TYPE;
    }

    @Override
    public boolean same(Value other) {
      return other instanceof QuantityValue(Quantity that) && quantity.compareTo(that) == 0;
    }
  }

  static Library library() {
    return Library.of(
        function(
            "quantity",
            Overload.unary("string_to_quantity", CelType.STRING, TYPE, Quantities::parse)),
        function(
            "isQuantity",
            Overload.unary(
                "is_quantity_string",
                CelType.STRING,
                CelType.BOOL,
                text -> BoolValue.of(!parse(text).isError()))),
        // Upstream declares it as a free function, though its documentation has it behind a dot.
        function(
            "sign",
            Overload.unary(
                "quantity_sign", TYPE, CelType.INT, of(one -> IntValue.of(one.signum())))),
        function(
            "isGreaterThan",
            test("quantity_is_greater_than", (one, two) -> one.compareTo(two) > 0)),
        function("isLessThan", test("quantity_is_less_than", (one, two) -> one.compareTo(two) < 0)),
        function(
            "compareTo",
            Overload.method(
                "quantity_compare_to",
                TYPE,
                TYPE,
                CelType.INT,
                of((one, two) -> IntValue.of(Integer.signum(one.compareTo(two)))))),
        function(
            "asApproximateFloat",
            Overload.accessor(
                "quantity_get_float",
                TYPE,
                CelType.DOUBLE,
                of(one -> new DoubleValue(one.doubleValue())))),
        function(
            "asInteger",
            Overload.accessor("quantity_get_int", TYPE, CelType.INT, of(Quantities::whole))),
        function(
            "isInteger",
            Overload.accessor(
                "quantity_is_integer",
                TYPE,
                CelType.BOOL,
                of(one -> BoolValue.of(!whole(one).isError())))),
        function(
            "add",
            Overload.method("quantity_add", TYPE, TYPE, TYPE, made(Quantity::add)),
            Overload.method("quantity_add_int", TYPE, CelType.INT, TYPE, madeOfInt(Quantity::add))),
        function(
            "sub",
            Overload.method("quantity_sub", TYPE, TYPE, TYPE, made(Quantity::subtract)),
            Overload.method(
                "quantity_sub_int", TYPE, CelType.INT, TYPE, madeOfInt(Quantity::subtract))));
  }

  private static io.tiphys.cel.library.Function function(String name, Overload... overloads) {
    return io.tiphys.cel.library.Function.of(name, overloads);
  }

  private static Value parse(Value value) {
    try {
      String text = value instanceof StringValue(String given) ? given : "";
      if (!text.equals(text.strip())) {
        throw new IllegalArgumentException(
            "quantities must match the regular expression"
                + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
      }
      return new QuantityValue(Quantity.parse(text));
    } catch (IllegalArgumentException e) {
      return ErrorValue.of(String.valueOf(e.getMessage()));
    }
  }

  private static Value whole(Quantity quantity) {
    BigDecimal amount = quantity.amount();
    try {
      return IntValue.of(amount.longValueExact());
    } catch (ArithmeticException _) {
      return ErrorValue.of("cannot convert value to integer");
    }
  }

  private static Implementation.Unary of(Function<Quantity, Value> does) {
    return value ->
        value instanceof QuantityValue(Quantity one)
            ? does.apply(one)
            : ErrorValue.noSuchOverload(value);
  }

  private static Implementation.Binary of(BiFunction<Quantity, Quantity, Value> does) {
    return (value, other) ->
        value instanceof QuantityValue(Quantity one) && other instanceof QuantityValue(Quantity two)
            ? does.apply(one, two)
            : ErrorValue.noSuchOverload(value);
  }

  private static Overload test(String id, BiFunction<Quantity, Quantity, Boolean> test) {
    return Overload.method(
        id, TYPE, TYPE, CelType.BOOL, of((one, two) -> BoolValue.of(test.apply(one, two))));
  }

  private static Implementation.Binary made(BiFunction<Quantity, Quantity, Quantity> does) {
    return of((one, two) -> new QuantityValue(does.apply(one, two)));
  }

  private static Implementation.Binary madeOfInt(BiFunction<Quantity, Quantity, Quantity> does) {
    return (value, number) ->
        value instanceof QuantityValue(Quantity one) && number instanceof IntValue(long whole)
            ? new QuantityValue(
                does.apply(
                    one, Quantity.of(BigDecimal.valueOf(whole), Quantity.Format.DECIMAL_EXPONENT)))
            : ErrorValue.noSuchOverload(value);
  }
}
