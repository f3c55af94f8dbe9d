package io.tiphys.cel.value;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * {@code + - * / %} and the unary minus: numbers overflow into errors (cel-go's
 * common/types/overflow.go).
 */
public final class Arithmetic {
  static final ErrorValue INT_OVERFLOW = ErrorValue.of("integer overflow");
  static final ErrorValue UINT_OVERFLOW = ErrorValue.of("unsigned integer overflow");
  private static final ErrorValue TIMESTAMP_OVERFLOW = ErrorValue.of("timestamp overflow");
  private static final long SECOND = 1_000_000_000;

  private Arithmetic() {}

  public static Value add(Value left, Value right) {
    return switch (left) {
      case IntValue(long a) when right instanceof IntValue(long b) -> {
        long sum = a + b;
        yield ((a ^ sum) & (b ^ sum)) < 0 ? INT_OVERFLOW : new IntValue(sum);
      }
      case UintValue(long a) when right instanceof UintValue(long b) ->
          Long.compareUnsigned(a + b, a) < 0 ? UINT_OVERFLOW : new UintValue(a + b);
      case DoubleValue(double a) when right instanceof DoubleValue(double b) ->
          new DoubleValue(a + b);
      case StringValue(String a) when right instanceof StringValue(String b) ->
          new StringValue(a + b);
      case BytesValue(byte[] a) when right instanceof BytesValue(byte[] b) -> {
        ByteArrayOutputStream out = new ByteArrayOutputStream(a.length + b.length);
        out.writeBytes(a);
        out.writeBytes(b);
        yield new BytesValue(out.toByteArray());
      }
      case ListValue a when right instanceof ListValue b -> a.plus(b);
      case DurationValue(long a) when right instanceof DurationValue(long b) -> {
        long sum = a + b;
        yield ((a ^ sum) & (b ^ sum)) < 0 ? INT_OVERFLOW : new DurationValue(sum);
      }
      case DurationValue(long a) when right instanceof TimestampValue b -> shift(b, a);
      case TimestampValue a when right instanceof DurationValue(long b) -> shift(a, b);
      default -> ErrorValue.noSuchOverload(right);
    };
  }

  private static Value shift(TimestampValue time, long nanos) {
    OffsetDateTime moved = time.time().plusSeconds(nanos / SECOND).plusNanos(nanos % SECOND);
    long seconds = moved.toEpochSecond();
    return seconds < TimestampValue.FIRST || seconds > TimestampValue.LAST
        ? TIMESTAMP_OVERFLOW
        : new TimestampValue(moved);
  }

  public static Value subtract(Value left, Value right) {
    return switch (left) {
      case IntValue(long a) when right instanceof IntValue(long b) -> {
        long rest = a - b;
        yield ((a ^ b) & (a ^ rest)) < 0 ? INT_OVERFLOW : new IntValue(rest);
      }
      case UintValue(long a) when right instanceof UintValue(long b) ->
          Long.compareUnsigned(b, a) > 0 ? UINT_OVERFLOW : new UintValue(a - b);
      case DoubleValue(double a) when right instanceof DoubleValue(double b) ->
          new DoubleValue(a - b);
      case DurationValue(long a) when right instanceof DurationValue(long b) -> {
        long rest = a - b;
        yield ((a ^ b) & (a ^ rest)) < 0 ? INT_OVERFLOW : new DurationValue(rest);
      }
      case TimestampValue a when right instanceof DurationValue(long b) ->
          b == Long.MIN_VALUE ? INT_OVERFLOW : shift(a, -b);
      case TimestampValue a when right instanceof TimestampValue b -> between(a, b);
      default -> ErrorValue.noSuchOverload(right);
    };
  }

  private static Value between(TimestampValue left, TimestampValue right) {
    Instant a = left.time().toInstant();
    Instant b = right.time().toInstant();
    try {
      long seconds = Math.multiplyExact(a.getEpochSecond() - b.getEpochSecond(), SECOND);
      return new DurationValue(Math.addExact(seconds, a.getNano() - (long) b.getNano()));
    } catch (ArithmeticException _) {
      return INT_OVERFLOW;
    }
  }

  public static Value multiply(Value left, Value right) {
    return switch (left) {
      case IntValue(long a) when right instanceof IntValue(long b) -> {
        long high = Math.multiplyHigh(a, b);
        long low = a * b;
        yield (high == 0 && low >= 0) || (high == -1 && low < 0) ? new IntValue(low) : INT_OVERFLOW;
      }
      case UintValue(long a) when right instanceof UintValue(long b) ->
          Math.unsignedMultiplyHigh(a, b) != 0 ? UINT_OVERFLOW : new UintValue(a * b);
      case DoubleValue(double a) when right instanceof DoubleValue(double b) ->
          new DoubleValue(a * b);
      default -> ErrorValue.noSuchOverload(right);
    };
  }

  public static Value divide(Value left, Value right) {
    return switch (left) {
      case IntValue(long a) when right instanceof IntValue(long b) ->
          b == 0
              ? ErrorValue.of("division by zero")
              : a == Long.MIN_VALUE && b == -1 ? INT_OVERFLOW : new IntValue(a / b);
      case UintValue(long a) when right instanceof UintValue(long b) ->
          b == 0 ? ErrorValue.of("division by zero") : new UintValue(Long.divideUnsigned(a, b));
      case DoubleValue(double a) when right instanceof DoubleValue(double b) ->
          new DoubleValue(a / b);
      default -> ErrorValue.noSuchOverload(right);
    };
  }

  public static Value modulo(Value left, Value right) {
    return switch (left) {
      case IntValue(long a) when right instanceof IntValue(long b) ->
          b == 0
              ? ErrorValue.of("modulus by zero")
              : a == Long.MIN_VALUE && b == -1 ? INT_OVERFLOW : new IntValue(a % b);
      case UintValue(long a) when right instanceof UintValue(long b) ->
          b == 0 ? ErrorValue.of("modulus by zero") : new UintValue(Long.remainderUnsigned(a, b));
      default -> ErrorValue.noSuchOverload(right);
    };
  }

  public static Value negate(Value value) {
    return switch (value) {
      case IntValue(long a) -> a == Long.MIN_VALUE ? INT_OVERFLOW : new IntValue(-a);
      case DoubleValue(double a) -> new DoubleValue(-a);
      case DurationValue(long a) -> a == Long.MIN_VALUE ? INT_OVERFLOW : new DurationValue(-a);
      default -> ErrorValue.noSuchOverload(value);
    };
  }
}
