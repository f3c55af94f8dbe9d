package io.tiphys.build.types;

import io.tiphys.build.types.Shape.ListOf;
import io.tiphys.build.types.Shape.MapOf;
import io.tiphys.build.types.Shape.Scalar;
import io.tiphys.build.types.Shape.Struct;

/** Writes a record's methods for JSON. */
record JsonMethods(
    TypeDef type, JavaNames names, RecordWriter.Uses uses, NamedTypes named, Source out) {

  void write() {
    reader();
    writer();
    if (uses.inList()) {
      lists();
    }
    if (uses.inMap()) {
      maps();
    }
  }

  private String self() {
    return type.name().simple();
  }

  private void reader() {
    out.line("  public static " + self() + " read(FieldReader in) {");
    out.line("    Builder to = new Builder();");
    out.line("    in.beginObject(\"" + type.name().goName() + "\");");
    out.line("    for (String name = in.nextField(); name != null; name = in.nextField()) {");
    out.line("      switch (name) {");
    if (type.hasKind()) {
      out.line("        case \"kind\", \"apiVersion\" -> in.skip();");
    }
    for (FieldDef field : type.fields()) {
      out.line(
          "        case \"%s\" -> to.%s = %s;".formatted(field.json(), field.java(), read(field)));
    }
    out.line("        default -> in.skipUnknown();");
    out.line("      }");
    out.line("    }");
    out.line("    return to.build();");
    out.line("  }");
  }

  /** A string says its type where that has a name. */
  private String read(FieldDef field) {
    String goType = named.of(type.name(), field);
    if (goType.equals("string")) {
      return read(field.shape());
    }
    return switch (field.shape()) {
      case Scalar scalar when scalar == Scalar.STRING -> "in.readString(\"" + goType + "\")";
      case ListOf(Scalar scalar, boolean _) when scalar == Scalar.STRING ->
          "JsonFields.readStringList(in, \"" + goType + "\")";
      case Scalar _, Struct _, ListOf _, MapOf _ -> read(field.shape());
    };
  }

  private String read(Shape shape) {
    return switch (shape) {
      case Scalar scalar ->
          switch (scalar) {
            case STRING, INT, LONG, DOUBLE, BOOLEAN, BYTES ->
                "in.read" + JavaNames.word(scalar) + "()";
            case TIME, MICRO_TIME -> "in.readInstant()";
            case QUANTITY, INT_OR_STRING -> "JsonFields.read" + JavaNames.word(scalar) + "(in)";
            case ANY, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS -> "in.readTree()";
            case EMPTY_OBJECT -> "JsonFields.readEmptyObject(in)";
          };
      case Struct struct -> names.struct(struct.name()) + ".read(in)";
      case ListOf(Struct struct, boolean _) -> names.struct(struct.name()) + ".readList(in)";
      case MapOf(Struct struct) -> names.struct(struct.name()) + ".readMap(in)";
      case ListOf _, MapOf _ -> "JsonFields.read" + word(shape) + "(in)";
    };
  }

  /** Trees of all kinds are read alike. */
  private static String word(Shape shape) {
    return JavaNames.word(shape).replaceFirst("SchemaOr[A-Z][a-z]+|EmptyObject", "Any");
  }

  private void writer() {
    out.line("  public void write(FieldWriter out) {");
    out.line("    out.beginObject();");
    if (type.hasKind()) {
      out.line("    JsonFields.writeString(out, \"kind\", \"" + self() + "\");");
      out.line("    JsonFields.writeString(out, \"apiVersion\", Type.GVK.apiVersion());");
    }
    for (FieldDef field : type.fields()) {
      boolean guarded = !field.written();
      if (guarded) {
        out.line("    if (" + names.present(field, field.java()) + ") {");
      }
      String value = field.java();
      switch (field.shape()) {
        case Struct _ -> {
          out.line("    out.name(\"" + field.json() + "\");");
          if (field.written() && field.nullable()) {
            out.line("    if (" + value + " == null) {");
            out.line("      out.writeNull();");
            out.line("    } else {");
            out.line("      " + value + ".write(out);");
            out.line("    }");
          } else {
            out.line("    " + value + ".write(out);");
          }
        }
        case ListOf(Struct struct, boolean _) -> {
          out.line("    out.name(\"" + field.json() + "\");");
          out.line("    " + names.struct(struct.name()) + ".writeList(" + value + ", out);");
        }
        case MapOf(Struct struct) -> {
          out.line("    out.name(\"" + field.json() + "\");");
          out.line("    " + names.struct(struct.name()) + ".writeMap(" + value + ", out);");
        }
        case Scalar scalar
            when scalar.isPlain()
                && scalar != Scalar.STRING
                && field.written()
                && field.nullable() -> {
          out.line("    if (" + value + " == null) {");
          out.line("      out.name(\"" + field.json() + "\");");
          out.line("      out.writeNull();");
          out.line("    } else {");
          out.line(
              "      JsonFields.write%s(out, \"%s\", %s);"
                  .formatted(word(field.shape()), field.json(), value));
          out.line("    }");
        }
        case Scalar _, ListOf _, MapOf _ ->
            out.line(
                "    JsonFields.write%s(out, \"%s\", %s);"
                    .formatted(word(field.shape()), field.json(), value));
      }
      if (guarded) {
        out.line("    }");
      }
    }
    out.line("    out.endObject();");
    out.line("  }");
  }

  private void lists() {
    String list = "List<" + self() + ">";
    out.line("  /** Reads an array of these. */");
    out.line("  public static " + list + " readList(FieldReader in) {");
    out.line("    " + list + " list = new ArrayList<>();");
    out.line("    in.beginArray(\"[]" + type.name().goName() + "\");");
    out.line("    while (in.nextElement()) {");
    out.line("      list.add(read(in));");
    out.line("    }");
    out.line("    return list;");
    out.line("  }");
    out.line("  /** Writes an array of these; an empty one is null, as Go has it. */");
    out.line("  public static void writeList(" + list + " list, FieldWriter out) {");
    out.line("    if (list.isEmpty()) {");
    out.line("      out.writeNull();");
    out.line("      return;");
    out.line("    }");
    out.line("    out.beginArray();");
    out.line("    for (" + self() + " element : list) {");
    out.line("      element.write(out);");
    out.line("    }");
    out.line("    out.endArray();");
    out.line("  }");
  }

  private void maps() {
    String map = "Map<String, " + self() + ">";
    out.line("  /** Reads an object of these. */");
    out.line("  public static " + map + " readMap(FieldReader in) {");
    out.line("    " + map + " map = new LinkedHashMap<>();");
    out.line("    in.beginObject(\"map[string]" + type.name().goName() + "\");");
    out.line("    for (String name = in.nextField(); name != null; name = in.nextField()) {");
    out.line("      map.put(name, read(in));");
    out.line("    }");
    out.line("    return map;");
    out.line("  }");
    out.line("  /** Writes an object of these; an empty one is null, as Go has it. */");
    out.line("  public static void writeMap(" + map + " map, FieldWriter out) {");
    out.line("    if (map.isEmpty()) {");
    out.line("      out.writeNull();");
    out.line("      return;");
    out.line("    }");
    out.line("    out.beginObject();");
    out.line("    for (Map.Entry<String, " + self() + "> entry : map.entrySet()) {");
    out.line("      out.name(entry.getKey());");
    out.line("      entry.getValue().write(out);");
    out.line("    }");
    out.line("    out.endObject();");
    out.line("  }");
  }
}
