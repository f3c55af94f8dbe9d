package io.tiphys.build.types;

import io.tiphys.build.types.Shape.ListOf;
import io.tiphys.build.types.Shape.MapOf;
import io.tiphys.build.types.Shape.Scalar;
import io.tiphys.build.types.Shape.Struct;
import java.util.Collection;

/**
 * The schemas of one package as text, which {@code io.tiphys.api.Schemas} reads when somebody asks:
 * a line per type, an indented line per field.
 */
final class SchemaTable {
  private SchemaTable() {}

  static String of(String pkg, Collection<TypeDef> types) {
    StringBuilder out = new StringBuilder();
    for (TypeDef type : types) {
      if (type.name().pkg().equals(pkg) && type.role() != TypeDef.Role.LIST) {
        out.append(type.name().simple());
        out.append(type.facts().has("atomic") ? " atomic\n" : "\n");
        if (type.hasKind()) {
          out.append(" kind STRING\n apiVersion STRING\n");
        }
        type.fields().forEach(field -> field(field, out));
      }
    }
    return out.toString();
  }

  private static void field(FieldDef field, StringBuilder out) {
    out.append(' ').append(field.json()).append(' ').append(shape(field.shape()));
    if (field.required()) {
      out.append(" required");
    }
    for (String word :
        new String[] {"atomic", "granular", "set", "map", "merge", "retainKeys", "default"}) {
      String value = field.facts().value(word);
      if (value != null) {
        out.append(' ').append(word);
        if (!value.isEmpty()) {
          out.append('=').append(value);
        }
      }
    }
    out.append('\n');
  }

  private static String shape(Shape shape) {
    return switch (shape) {
      case Scalar scalar ->
          switch (scalar) {
            case INT, LONG -> "INTEGER";
            case DOUBLE -> "NUMBER";
            case SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS, EMPTY_OBJECT -> "ANY";
            case STRING, BOOLEAN, BYTES, TIME, MICRO_TIME, QUANTITY, INT_OR_STRING, ANY ->
                scalar.name();
          };
      case Struct struct -> struct.name().toString();
      case ListOf list -> "[" + shape(list.element());
      case MapOf map -> "{" + shape(map.element());
    };
  }
}
