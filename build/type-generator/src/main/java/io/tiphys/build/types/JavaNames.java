package io.tiphys.build.types;

import io.tiphys.build.types.Shape.ListOf;
import io.tiphys.build.types.Shape.MapOf;
import io.tiphys.build.types.Shape.Scalar;
import io.tiphys.build.types.Shape.Struct;

/** How shapes are spelt in Java, from inside one package. */
record JavaNames(String pkg) {

  /** A struct's name: simple in its own package. */
  String struct(TypeName name) {
    return name.pkg().equals(pkg) ? name.simple() : name.javaName();
  }

  /** The type of a field, as a component, parameter or builder field. */
  String type(FieldDef field) {
    String plain = boxedIf(field.shape(), field.pointer());
    if (!field.nullable()) {
      return plain;
    }
    int dot = plain.lastIndexOf('.');
    return plain.substring(0, dot + 1) + "@Nullable " + plain.substring(dot + 1);
  }

  private String boxedIf(Shape shape, boolean boxed) {
    return boxed ? boxed(shape) : unboxed(shape);
  }

  private String unboxed(Shape shape) {
    return switch (shape) {
      case Scalar.INT -> "int";
      case Scalar.LONG -> "long";
      case Scalar.DOUBLE -> "double";
      case Scalar.BOOLEAN -> "boolean";
      default -> boxed(shape);
    };
  }

  String boxed(Shape shape) {
    return switch (shape) {
      case Scalar scalar ->
          switch (scalar) {
            case STRING -> "String";
            case INT -> "Integer";
            case LONG -> "Long";
            case DOUBLE -> "Double";
            case BOOLEAN -> "Boolean";
            case BYTES -> "Bytes";
            case TIME, MICRO_TIME -> "Instant";
            case QUANTITY -> "Quantity";
            case INT_OR_STRING -> "IntOrString";
            case ANY, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS, EMPTY_OBJECT -> "Json";
          };
      case Struct struct -> struct(struct.name());
      case ListOf list -> "List<" + boxed(list.element()) + ">";
      case MapOf map -> "Map<String, " + boxed(map.element()) + ">";
    };
  }

  /** What an absent field holds. */
  String absent(FieldDef field) {
    if (field.nullable()) {
      return "null";
    }
    return switch (field.shape()) {
      case Scalar scalar ->
          switch (scalar) {
            case STRING -> "\"\"";
            case INT, LONG, DOUBLE -> "0";
            case BOOLEAN -> "false";
            case BYTES -> "Bytes.EMPTY";
            case QUANTITY -> "Quantity.ZERO";
            case INT_OR_STRING -> "IntOrString.Int.ZERO";
            case TIME,
                MICRO_TIME,
                ANY,
                SCHEMA_OR_ARRAY,
                SCHEMA_OR_BOOL,
                SCHEMA_OR_STRINGS,
                EMPTY_OBJECT ->
                "null";
          };
      case Struct struct -> struct(struct.name()) + ".EMPTY";
      case ListOf _ -> "List.of()";
      case MapOf _ -> "Map.of()";
    };
  }

  /** The condition under which {@code value} is not absent. */
  String present(FieldDef field, String value) {
    if (field.nullable()) {
      return value + " != null";
    }
    return switch (field.shape()) {
      case Scalar scalar ->
          switch (scalar) {
            case STRING, BYTES -> "!" + value + ".isEmpty()";
            case INT, LONG, DOUBLE -> value + " != 0";
            case BOOLEAN -> value;
            default -> "!" + value + ".equals(" + absent(field) + ")";
          };
      case Struct _ -> "!" + value + ".equals(" + absent(field) + ")";
      case ListOf _, MapOf _ -> "!" + value + ".isEmpty()";
    };
  }

  /** The word for a shape in the names of the runtime's methods: {@code Strings}, {@code Json}. */
  static String word(Shape shape) {
    return switch (shape) {
      case Scalar scalar ->
          switch (scalar) {
            case STRING -> "String";
            case INT -> "Int";
            case LONG -> "Long";
            case DOUBLE -> "Double";
            case BOOLEAN -> "Boolean";
            case BYTES -> "Bytes";
            case TIME -> "Time";
            case MICRO_TIME -> "MicroTime";
            case QUANTITY -> "Quantity";
            case INT_OR_STRING -> "IntOrString";
            case ANY -> "Any";
            case SCHEMA_OR_ARRAY -> "SchemaOrArray";
            case SCHEMA_OR_BOOL -> "SchemaOrBool";
            case SCHEMA_OR_STRINGS -> "SchemaOrStrings";
            case EMPTY_OBJECT -> "EmptyObject";
          };
      case Struct struct -> struct.name().simple();
      case ListOf list -> word(list.element()) + "List";
      case MapOf map -> word(map.element()) + "Map";
    };
  }
}
