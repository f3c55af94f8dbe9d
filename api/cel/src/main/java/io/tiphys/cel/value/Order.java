package io.tiphys.cel.value;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** {@code < <= > >=}. */
public final class Order {
  private static final ErrorValue NAN = ErrorValue.of("NaN values cannot be ordered");

  private Order() {}

  /** Whether the order of two values is as a test wants it; an error where they have none. */
  public static Value test(Value left, Value right, IntPredicate wanted) {
    Value order = compare(left, right);
    return order instanceof IntValue(long sign) ? BoolValue.of(wanted.test((int) sign)) : order;
  }

  /** -1, 0 or 1, or an error. */
  public static Value compare(Value left, Value right) {
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return Numbers.isNan(left) || Numbers.isNan(right)
          ? NAN
          : IntValue.of(Numbers.compare(left, right));
    }
    return switch (left) {
      case DoubleValue _ when Numbers.isNan(left) -> NAN;
      case StringValue(String a) when right instanceof StringValue(String b) ->
          IntValue.of(texts(a, b));
      case BytesValue(byte[] a) when right instanceof BytesValue(byte[] b) ->
          IntValue.of(Integer.signum(Arrays.compareUnsigned(a, b)));
      case BoolValue a when right instanceof BoolValue b ->
          IntValue.of(Integer.signum(a.compareTo(b)));
      case DurationValue(long a) when right instanceof DurationValue(long b) ->
          IntValue.of(Long.compare(a, b));
      case TimestampValue(var a) when right instanceof TimestampValue(var b) ->
          IntValue.of(Integer.signum(a.toInstant().compareTo(b.toInstant())));
      default -> ErrorValue.noSuchOverload(right);
    };
  }

  /** By the bytes of UTF-8, as Go compares, which is not the order of Java's chars. */
  private static int texts(String left, String right) {
    int signum = Integer.signum(left.compareTo(right));
    boolean plain =
        left.chars().allMatch(c -> c < 0xD800) && right.chars().allMatch(c -> c < 0xD800);
    return plain
        ? signum
        : Integer.signum(
            Arrays.compareUnsigned(
                left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8)));
  }
}
