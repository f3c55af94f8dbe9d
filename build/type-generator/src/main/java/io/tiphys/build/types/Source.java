package io.tiphys.build.types;

/** Java text, line by line. */
final class Source {
  private final StringBuilder text = new StringBuilder();

  void line(String line) {
    text.append(line).append('\n');
  }

  /** Prose that is safe inside a Javadoc comment. */
  static String doc(String prose) {
    return prose
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("@", "&#64;")
        .replace("{", "&#123;")
        .replace("}", "&#125;")
        .replace("*/", "*&#47;")
        .replace("\\", "&#92;")
        .replace('\n', ' ');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
