package io.tiphys.rules;

/** The way from an object's root to one of its fields, as validation messages name it. */
public final class FieldPath {
  private final String text;

  private FieldPath(String text) {
    this.text = text;
  }

  /**
   * A path that begins at {@code name}; further names are its children. Without a name it is the
   * object itself, which upstream prints as {@code []}.
   */
  public static FieldPath of(String name, String... more) {
    return new FieldPath(name.isEmpty() ? "[]" : name).child(more);
  }

  public FieldPath child(String... names) {
    StringBuilder longer = new StringBuilder(text);
    for (String name : names) {
      longer.append('.').append(name);
    }
    return new FieldPath(longer.toString());
  }

  public FieldPath index(int index) {
    return new FieldPath(text + "[" + index + "]");
  }

  public FieldPath key(String key) {
    return new FieldPath(text + "[" + key + "]");
  }

  @Override
  public String toString() {
    return text;
  }
}
