package io.tiphys.build.types;

/**
 * The name of a record.
 *
 * @param pkg such as {@code core.v1}
 * @param simple such as {@code PodSpec}
 */
record TypeName(String pkg, String simple) implements Comparable<TypeName> {

  /** Splits {@code core.v1.PodSpec}. */
  static TypeName parse(String text) {
    int dot = text.lastIndexOf('.');
    return new TypeName(text.substring(0, dot), text.substring(dot + 1));
  }

  String version() {
    return pkg.substring(pkg.indexOf('.') + 1);
  }

  String javaPackage() {
    return "io.tiphys.api." + pkg;
  }

  String javaName() {
    return javaPackage() + "." + simple;
  }

  /** As Go names it in messages: {@code v1.PodSpec}. */
  String goName() {
    return version() + "." + simple;
  }

  @Override
  public int compareTo(TypeName other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return pkg + "." + simple;
  }
}
