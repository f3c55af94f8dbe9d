package io.tiphys.build.types;

/** What a field holds. */
sealed interface Shape {

  /** Values without inner structure; {@code ANY} and the unions are JSON trees in Java. */
  enum Scalar implements Shape {
    STRING,
    INT,
    LONG,
    DOUBLE,
    BOOLEAN,
    BYTES,
    TIME,
    MICRO_TIME,
    QUANTITY,
    INT_OR_STRING,
    /** Any JSON; in protobuf a message that holds its text. */
    ANY,
    /** The three values of JSONSchemaProps whose form varies; in protobuf a message each. */
    SCHEMA_OR_ARRAY,
    SCHEMA_OR_BOOL,
    SCHEMA_OR_STRINGS,
    /** A struct without fields, whose presence is all it says. */
    EMPTY_OBJECT;

    boolean isTree() {
      return switch (this) {
        case ANY, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS, EMPTY_OBJECT -> true;
        default -> false;
      };
    }

    /** Go's numbers, texts and truth values, as opposed to its structs. */
    boolean isPlain() {
      return switch (this) {
        case STRING, INT, LONG, DOUBLE, BOOLEAN -> true;
        default -> false;
      };
    }
  }

  /** One of the generated records. */
  record Struct(TypeName name) implements Shape {}

  /**
   * A list.
   *
   * @param wrapped in protobuf the elements are field 1 of a message (Go's named slices)
   */
  record ListOf(Shape element, boolean wrapped) implements Shape {}

  /** A map with text keys. */
  record MapOf(Shape element) implements Shape {}
}
