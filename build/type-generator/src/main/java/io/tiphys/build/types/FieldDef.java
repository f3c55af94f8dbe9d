package io.tiphys.build.types;

import java.util.List;

/**
 * One field of a record.
 *
 * @param json its name in JSON
 * @param java its name in Java
 * @param path its number in protobuf, after the numbers of the inlined structs around it
 * @param pointer absent is null; otherwise absent is Go's zero value
 * @param written written to JSON even when zero
 * @param required clients must give it
 * @param facts what else the facts tables say
 */
record FieldDef(
    String json,
    String java,
    Shape shape,
    List<Integer> path,
    boolean pointer,
    boolean written,
    boolean required,
    Facts facts,
    String description) {

  /** Whether absent is null in Java. */
  boolean nullable() {
    return pointer
        || (shape instanceof Shape.Scalar scalar
            && (scalar.isTree()
                || scalar == Shape.Scalar.TIME
                || scalar == Shape.Scalar.MICRO_TIME));
  }
}
