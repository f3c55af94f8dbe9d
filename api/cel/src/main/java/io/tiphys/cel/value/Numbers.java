package io.tiphys.cel.value;

import java.util.ArrayList;
import java.util.List;

/** Numbers of the three types beside one another (cel-go's common/types/compare.go). */
public final class Numbers {
  static final double TWO_TO_63 = 0x1p63;
  static final double TWO_TO_64 = 0x1p64;

  private Numbers() {}

  static boolean same(Value left, Value right) {
    boolean numbers = isNumber(left) && isNumber(right);
    return numbers && !isNan(left) && !isNan(right) && compare(left, right) == 0;
  }

  static boolean isNumber(Value value) {
    return value instanceof IntValue || value instanceof UintValue || value instanceof DoubleValue;
  }

  static boolean isNan(Value value) {
    return value instanceof DoubleValue(double number) && Double.isNaN(number);
  }

  /** Two numbers, neither of them NaN. */
  static int compare(Value left, Value right) {
    return switch (left) {
      case IntValue(long value) ->
          switch (right) {
            case IntValue(long other) -> Long.compare(value, other);
            case UintValue(long other) -> intUint(value, other);
            case DoubleValue(double other) -> -doubleInt(other, value);
            default -> throw new IllegalArgumentException("no number: " + right);
          };
      case UintValue(long value) ->
          switch (right) {
            case IntValue(long other) -> -intUint(other, value);
            case UintValue(long other) -> Long.compareUnsigned(value, other);
            case DoubleValue(double other) -> -doubleUint(other, value);
            default -> throw new IllegalArgumentException("no number: " + right);
          };
      case DoubleValue(double value) ->
          switch (right) {
            case IntValue(long other) -> doubleInt(value, other);
            case UintValue(long other) -> doubleUint(value, other);
            case DoubleValue(double other) -> doubles(value, other);
            default -> throw new IllegalArgumentException("no number: " + right);
          };
      default -> throw new IllegalArgumentException("no number: " + left);
    };
  }

  private static int intUint(long value, long other) {
    return value < 0 || other < 0 ? -1 : Long.compare(value, other);
  }

  private static int doubleInt(double value, long other) {
    return value < -TWO_TO_63 ? -1 : value > TWO_TO_63 ? 1 : doubles(value, (double) other);
  }

  private static int doubleUint(double value, long other) {
    return value < 0 ? -1 : value > TWO_TO_64 ? 1 : doubles(value, unsigned(other));
  }

  /** Unlike {@code Double.compare}, -0 equals 0. */
  private static int doubles(double value, double other) {
    return value < other ? -1 : value > other ? 1 : 0;
  }

  /** An unsigned number as the nearest one with a fraction. */
  public static double unsigned(long value) {
    if (value >= 0) {
      return value;
    }
    return ((double) ((value >>> 1) | (value & 1))) * 2;
  }

  /** The same number in the other types, where they can hold it. */
  public static List<Value> others(Value number) {
    List<Value> others = new ArrayList<>();
    for (Value candidate : new Value[] {toInt(number), toUint(number), toDouble(number)}) {
      if (!candidate.isError()
          && !candidate.type().equals(number.type())
          && same(candidate, number)) {
        others.add(candidate);
      }
    }
    return others;
  }

  static Value toInt(Value number) {
    return switch (number) {
      case UintValue(long value) -> value < 0 ? Arithmetic.INT_OVERFLOW : new IntValue(value);
      case DoubleValue(double value) ->
          Double.isNaN(value) || value <= -TWO_TO_63 || value >= TWO_TO_63
              ? Arithmetic.INT_OVERFLOW
              : new IntValue((long) value);
      default -> number;
    };
  }

  static Value toUint(Value number) {
    return switch (number) {
      case IntValue(long value) -> value < 0 ? Arithmetic.UINT_OVERFLOW : new UintValue(value);
      case DoubleValue(double value) ->
          Double.isNaN(value) || value < 0 || value >= TWO_TO_64
              ? Arithmetic.UINT_OVERFLOW
              : new UintValue(
                  value >= TWO_TO_63 ? (long) (value - TWO_TO_63) + Long.MIN_VALUE : (long) value);
      default -> number;
    };
  }

  static Value toDouble(Value number) {
    return switch (number) {
      case IntValue(long value) -> new DoubleValue((double) value);
      case UintValue(long value) -> new DoubleValue(unsigned(value));
      default -> number;
    };
  }
}
