package io.tiphys.meta.apply;

/** How a manager came to own fields. */
public enum Operation {
  APPLY("Apply"),
  UPDATE("Update");

  private final String text;

  Operation(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }
}
