package io.tiphys.meta.selector;

/** How a requirement relates a key to values. The text is upstream's, as messages print it. */
public enum Operator {
  IN("in"),
  NOT_IN("notin"),
  EQUALS("="),
  DOUBLE_EQUALS("=="),
  NOT_EQUALS("!="),
  EXISTS("exists"),
  DOES_NOT_EXIST("!"),
  GREATER_THAN("gt"),
  LESS_THAN("lt");

  private final String text;

  Operator(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
