package io.tiphys.meta;

import io.tiphys.meta.Quantity.Format;
import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * One reading of a quantity's text: sign, digits, fraction, suffix.
 *
 * <p>Checked against parseQuantityString and ParseQuantity in
 * apimachinery/pkg/api/resource/quantity.go, including which texts are kept as they were written
 * and that a lone sign or point is zero.
 */
final class QuantityParser {
  static final String FORMAT_WRONG =
      "quantities must match the regular expression"
          + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  static final String NUMERIC_WRONG = "unable to parse numeric part of quantity";
  static final String SUFFIX_WRONG = "unable to parse quantity's suffix";

  /** Decimal digits that any long can hold; longer numbers are never kept as written. */
  private static final int MAX_LONG_DIGITS = 18;

  /** More digits than any real amount has; beyond it exact arithmetic costs too much. */
  private static final int MAX_DIGITS = 1_000;

  /** Exponents beyond this are mistakes or attacks: exact sums would fill the memory. */
  private static final int MAX_EXPONENT = 1_000;

  private final String text;
  private boolean negative;
  private String whole = "0";
  private String fraction = "";
  private String suffix = "";

  private QuantityParser(String text) {
    this.text = text;
  }

  static Quantity parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException(FORMAT_WRONG);
    }
    return new QuantityParser(text).read();
  }

  private Quantity read() {
    split();
    if (whole.length() + fraction.length() > MAX_DIGITS) {
      throw new IllegalArgumentException(NUMERIC_WRONG);
    }
    return switch (suffix) {
      case "" -> decimal(0, Format.DECIMAL_SI);
      case "n" -> decimal(-9, Format.DECIMAL_SI);
      case "u" -> decimal(-6, Format.DECIMAL_SI);
      case "m" -> decimal(-3, Format.DECIMAL_SI);
      case "k" -> decimal(3, Format.DECIMAL_SI);
      case "M" -> decimal(6, Format.DECIMAL_SI);
      case "G" -> decimal(9, Format.DECIMAL_SI);
      case "T" -> decimal(12, Format.DECIMAL_SI);
      case "P" -> decimal(15, Format.DECIMAL_SI);
      case "E" -> decimal(18, Format.DECIMAL_SI);
      case "Ki" -> binary(10);
      case "Mi" -> binary(20);
      case "Gi" -> binary(30);
      case "Ti" -> binary(40);
      case "Pi" -> binary(50);
      case "Ei" -> binary(60);
      default -> decimal(exponent(), Format.DECIMAL_EXPONENT);
    };
  }

  private void split() {
    int at = 0;
    int end = text.length();
    if (text.charAt(0) == '-' || text.charAt(0) == '+') {
      negative = text.charAt(0) == '-';
      at++;
    }
    while (at < end && text.charAt(at) == '0') {
      at++;
    }
    int start = at;
    at = skipDigits(at);
    if (at > start) {
      whole = text.substring(start, at);
    }
    if (at < end && text.charAt(at) == '.') {
      start = at + 1;
      at = skipDigits(start);
      fraction = text.substring(start, at);
    }
    start = at;
    while (at < end && "eEinumkKMGTP".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at < end && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
      at++;
    }
    if (skipDigits(at) < end) {
      throw new IllegalArgumentException(FORMAT_WRONG);
    }
    suffix = text.substring(start);
  }

  private int skipDigits(int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at;
  }

  private int exponent() {
    char letter = suffix.charAt(0);
    if (suffix.length() > 1 && (letter == 'e' || letter == 'E')) {
      try {
        int exponent = Integer.parseInt(suffix, 1, suffix.length(), 10);
        if (Math.abs(exponent) <= MAX_EXPONENT) {
          return exponent;
        }
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(SUFFIX_WRONG, e);
      }
    }
    throw new IllegalArgumentException(SUFFIX_WRONG);
  }

  private Quantity decimal(int exponent, Format format) {
    if (text.equals("0")) {
      return Quantity.ZERO;
    }
    String digits = whole + fraction;
    int scale = exponent - fraction.length();
    boolean asWritten =
        digits.length() <= MAX_LONG_DIGITS
            && scale >= -9
            && scale % 3 == 0
            && digits.charAt(0) != '0'
            && !digits.endsWith("000");
    BigDecimal amount = new BigDecimal(unscaled(digits), -scale);
    return Quantity.parsed(amount, format, asWritten ? text : null);
  }

  private Quantity binary(int shift) {
    BigInteger digits = unscaled(whole + fraction);
    int precision = 15 - whole.length() - shift * 3 / 10 - 1;
    boolean asWritten = fraction.isEmpty() && precision >= 0 && (digits.abs().intValue() & 7) != 0;
    BigDecimal amount = new BigDecimal(digits.shiftLeft(shift), fraction.length());
    return Quantity.parsed(amount, Format.BINARY_SI, asWritten ? text : null);
  }

  private BigInteger unscaled(String digits) {
    BigInteger value = new BigInteger(digits);
    return negative ? value.negate() : value;
  }
}
