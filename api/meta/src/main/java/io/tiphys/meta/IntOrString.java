package io.tiphys.meta;

/**
 * A number or a text: a port by number or name, a count or a percentage.
 *
 * <p>Checked against apimachinery/pkg/util/intstr/intstr.go.
 */
public sealed interface IntOrString {

  /** A number. */
  record Int(int value) implements IntOrString {
    /** What Go has where nothing was given. */
    public static final Int ZERO = new Int(0);

    @Override
    public String toString() {
      return Integer.toString(value);
    }
  }

  /** A text. */
  record Text(String value) implements IntOrString {
    @Override
    public String toString() {
      return value;
    }
  }

  static IntOrString of(int value) {
    return new Int(value);
  }

  static IntOrString of(String value) {
    return new Text(value);
  }

  /** A number if the text is one, otherwise the text. */
  static IntOrString parse(String text) {
    try {
      return new Int(Integer.parseInt(text));
    } catch (NumberFormatException _) {
      return new Text(text);
    }
  }

  /** The number, or the text read as one, or 0. */
  default int intValue() {
    return switch (this) {
      case Int(int value) -> value;
      case Text(String value) -> parse(value) instanceof Int(int number) ? number : 0;
    };
  }

  /**
   * The number as it is, or the percentage of a total.
   *
   * @throws IllegalArgumentException if the text is no percentage, in upstream's words
   */
  default int scaledValue(int total, boolean roundUp) {
    if (this instanceof Int(int value)) {
      return value;
    }
    double percentage = (double) percentage() * total / 100;
    return (int) (roundUp ? Math.ceil(percentage) : Math.floor(percentage));
  }

  private int percentage() {
    String text = toString();
    if (!text.endsWith("%")) {
      throw new IllegalArgumentException(
          "invalid value for IntOrString: invalid type: string is not a percentage");
    }
    String digits = text.substring(0, text.length() - 1);
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "invalid value for IntOrString: invalid value "
              + GoText.quote(text)
              + ": strconv.Atoi: parsing "
              + GoText.quote(digits)
              + ": invalid syntax",
          e);
    }
  }
}
