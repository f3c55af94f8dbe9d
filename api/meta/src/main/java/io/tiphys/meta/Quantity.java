package io.tiphys.meta;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * An exact amount of a resource, such as {@code 500m} of a processor or {@code 1Gi} of memory.
 *
 * <p>Equality and order are by value: {@code 1000m} equals {@code 1}. The text, however, is kept: a
 * quantity parsed from {@code 1.500} still prints {@code 1.500}, as upstream's does, until it is
 * computed with. Everything else prints in the canonical form: no fraction, the largest suffix that
 * loses nothing.
 *
 * <p>Checked against apimachinery/pkg/api/resource/quantity.go. It departs in two corners: an
 * amount too large for the suffix E prints all its digits where upstream drops the suffix, and
 * {@link #value()} saturates where upstream's overflows.
 */
public final class Quantity implements Comparable<Quantity> {

  /** The three families of suffixes. */
  public enum Format {
    /** {@code 12e6}. */
    DECIMAL_EXPONENT,
    /** {@code 12Mi}, 12 · 2^20. */
    BINARY_SI,
    /** {@code 12M}, 12 · 10^6. */
    DECIMAL_SI
  }

  public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, Format.DECIMAL_SI, "0");

  /** Nano: parsing rounds away from zero to this many places. */
  private static final int MAX_FRACTION_DIGITS = 9;

  private static final BigDecimal MAX_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final BigInteger KIBI_INTEGER = BigInteger.valueOf(1024);
  private static final String DECIMAL_SUFFIXES = "num kMGTPE";
  private static final String BINARY_SUFFIXES = " KMGTPE";
  private static final int LARGEST_DECIMAL_EXPONENT = 18;
  private static final int LARGEST_BINARY_POWER = 6;

  private final BigDecimal amount;
  private final Format format;
  private @Nullable String text;

  private Quantity(BigDecimal amount, Format format, @Nullable String text) {
    this.amount = amount;
    this.format = format;
    this.text = text;
  }

  /**
   * Reads a quantity; white space around it is passed over, as upstream's JSON decoder does.
   *
   * @throws IllegalArgumentException in upstream's words
   */
  public static Quantity parse(String text) {
    return QuantityParser.parse(text.strip());
  }

  /** A whole number, printed with decimal suffixes. */
  public static Quantity of(long value) {
    return new Quantity(BigDecimal.valueOf(value), Format.DECIMAL_SI, null);
  }

  /** A whole number, printed with binary suffixes. */
  public static Quantity ofBinary(long value) {
    return new Quantity(BigDecimal.valueOf(value), Format.BINARY_SI, null);
  }

  /** Thousandths, printed with decimal suffixes. */
  public static Quantity ofMilli(long milli) {
    return new Quantity(BigDecimal.valueOf(milli, 3), Format.DECIMAL_SI, null);
  }

  /** Any amount in any format; more than nine places are rounded away from zero. */
  public static Quantity of(BigDecimal amount, Format format) {
    return new Quantity(roundedToNano(amount), format, null);
  }

  static Quantity parsed(BigDecimal amount, Format format, @Nullable String text) {
    BigDecimal rounded = roundedToNano(amount);
    Format shown = format;
    if (format == Format.BINARY_SI) {
      if (rounded.abs().compareTo(MAX_BINARY) > 0) {
        rounded = rounded.signum() < 0 ? MAX_BINARY.negate() : MAX_BINARY;
      }
      if (rounded.signum() != 0 && rounded.abs().compareTo(BigDecimal.ONE) < 0) {
        shown = Format.DECIMAL_SI;
      }
    }
    return new Quantity(rounded, shown, text);
  }

  private static BigDecimal roundedToNano(BigDecimal amount) {
    return amount.scale() > MAX_FRACTION_DIGITS
        ? amount.setScale(MAX_FRACTION_DIGITS, RoundingMode.UP)
        : amount;
  }

  public Format format() {
    return format;
  }

  /** The exact amount. */
  public BigDecimal amount() {
    return amount;
  }

  public boolean isZero() {
    return amount.signum() == 0;
  }

  public int signum() {
    return amount.signum();
  }

  /** The sum; a zero takes the format of what is added to it. */
  public Quantity add(Quantity other) {
    return new Quantity(amount.add(other.amount), formatWith(other), null);
  }

  /** The difference; a zero takes the format of what is subtracted from it. */
  public Quantity subtract(Quantity other) {
    return new Quantity(amount.subtract(other.amount), formatWith(other), null);
  }

  public Quantity multiply(long factor) {
    return new Quantity(amount.multiply(BigDecimal.valueOf(factor)), format, null);
  }

  public Quantity negate() {
    return new Quantity(amount.negate(), format, null);
  }

  private Format formatWith(Quantity other) {
    return isZero() ? other.format : format;
  }

  public Quantity min(Quantity other) {
    return compareTo(other) <= 0 ? this : other;
  }

  public Quantity max(Quantity other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** The amount rounded away from zero to a whole number. */
  public long value() {
    return scaledValue(0);
  }

  /** The amount in thousandths, rounded away from zero. */
  public long milliValue() {
    return scaledValue(-3);
  }

  /**
   * The amount divided by {@code 10^scale}, rounded away from zero; the nearest long if it is out
   * of range.
   */
  public long scaledValue(int scale) {
    BigDecimal scaled = amount.scaleByPowerOfTen(-scale);
    if (scaled.abs().compareTo(MAX_BINARY) >= 0) {
      return scaled.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return scaled.setScale(0, RoundingMode.UP).longValueExact();
  }

  /** The nearest double. */
  public double doubleValue() {
    return amount.doubleValue();
  }

  /** Whether the amount has no fraction. */
  public boolean isWhole() {
    return amount.scale() <= 0 || amount.stripTrailingZeros().scale() <= 0;
  }

  @Override
  public int compareTo(Quantity other) {
    return amount.compareTo(other.amount);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Quantity that && amount.compareTo(that.amount) == 0;
  }

  @Override
  public int hashCode() {
    return amount.stripTrailingZeros().hashCode();
  }

  /** The text that clients see. */
  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = canonical();
      text = known; // every thread computes the same text, so a race does no harm
    }
    return known;
  }

  private String canonical() {
    if (isZero()) {
      return "0";
    }
    boolean binary = format == Format.BINARY_SI && amount.abs().compareTo(KIBI) >= 0 && isWhole();
    if (binary) {
      return canonicalBinary();
    }
    return canonicalDecimal(format == Format.DECIMAL_EXPONENT);
  }

  private String canonicalBinary() {
    BigInteger mantissa = amount.toBigIntegerExact();
    int power = 0;
    while (power < LARGEST_BINARY_POWER) {
      BigInteger[] division = mantissa.divideAndRemainder(KIBI_INTEGER);
      if (division[1].signum() != 0) {
        break;
      }
      mantissa = division[0];
      power++;
    }
    return power == 0
        ? mantissa.toString()
        : mantissa.toString() + BINARY_SUFFIXES.charAt(power) + "i";
  }

  private String canonicalDecimal(boolean asExponent) {
    int exponent = Math.floorDiv(-amount.stripTrailingZeros().scale(), 3) * 3;
    if (!asExponent) {
      exponent = Math.min(exponent, LARGEST_DECIMAL_EXPONENT);
    }
    String mantissa = amount.scaleByPowerOfTen(-exponent).toBigIntegerExact().toString();
    if (exponent == 0) {
      return mantissa;
    }
    return asExponent
        ? mantissa + "e" + exponent
        : mantissa + DECIMAL_SUFFIXES.charAt(exponent / 3 + 3);
  }
}
