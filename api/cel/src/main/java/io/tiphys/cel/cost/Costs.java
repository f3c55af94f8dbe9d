package io.tiphys.cel.cost;

/** The prices of steps (cel-go's common/cost.go), and sums of unsigned numbers that do not wrap. */
public final class Costs {
  static final long SELECT_AND_IDENT = 1;
  public static final long LIST = 10;
  static final long MAP = 30;
  public static final long STRUCT = 40;
  public static final double STRING_TRAVERSAL = 0.1;
  public static final double REGEX_LENGTH = 0.25;

  /** The largest unsigned number, which also stands for what is not known. */
  public static final long MOST = -1L;

  private static final double TWO_TO_63 = 0x1p63;
  private static final double TWO_TO_64 = 0x1p64;

  private Costs() {}

  public static long add(long left, long right) {
    long sum = left + right;
    return Long.compareUnsigned(sum, left) < 0 ? MOST : sum;
  }

  public static long multiply(long left, long right) {
    return Math.unsignedMultiplyHigh(left, right) != 0 ? MOST : left * right;
  }

  /** The next whole number. */
  public static long multiply(long count, double factor) {
    double product = Math.ceil(toDouble(count) * factor);
    return product >= TWO_TO_64 ? MOST : toLong(product);
  }

  public static double toDouble(long unsigned) {
    return unsigned >= 0 ? (double) unsigned : ((double) ((unsigned >>> 1) | (unsigned & 1))) * 2;
  }

  static long toLong(double value) {
    return value >= TWO_TO_63 ? (long) (value - TWO_TO_63) + Long.MIN_VALUE : (long) value;
  }

  public static long least(long left, long right) {
    return Long.compareUnsigned(left, right) <= 0 ? left : right;
  }

  public static long most(long left, long right) {
    return Long.compareUnsigned(left, right) >= 0 ? left : right;
  }
}
