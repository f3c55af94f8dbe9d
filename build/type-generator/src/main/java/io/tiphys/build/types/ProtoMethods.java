package io.tiphys.build.types;

import io.tiphys.build.types.Shape.ListOf;
import io.tiphys.build.types.Shape.MapOf;
import io.tiphys.build.types.Shape.Scalar;
import io.tiphys.build.types.Shape.Struct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a record's methods for protobuf. */
record ProtoMethods(TypeDef type, JavaNames names, RecordWriter.Uses uses, Source out) {

  void write() {
    out.line("  public static " + self() + " readProto(ProtoReader in) {");
    out.line("    Builder to = new Builder();");
    out.line("    readProto(in, to);");
    out.line("    return to.build();");
    out.line("  }");
    Map<List<Integer>, List<FieldDef>> groups = new LinkedHashMap<>();
    groups.put(List.of(), new ArrayList<>());
    for (FieldDef field : type.fields()) {
      for (int depth = 0; depth < field.path().size(); depth++) {
        groups.computeIfAbsent(field.path().subList(0, depth), _ -> new ArrayList<>()).add(field);
      }
    }
    groups.forEach((prefix, fields) -> reader(prefix, members(prefix, fields)));
    out.line("  public void writeProto(ProtoWriter out) {");
    writeGroup(List.of(), groups);
    out.line("  }");
    if (uses.inMap()) {
      maps();
    }
  }

  private String self() {
    return type.name().simple();
  }

  /** The fields and inlined structs of one message, by number. */
  private static Map<Integer, FieldDef> members(List<Integer> prefix, List<FieldDef> fields) {
    Map<Integer, FieldDef> members = new TreeMap<>();
    for (FieldDef field : fields) {
      members.putIfAbsent(field.path().get(prefix.size()), field);
    }
    return members;
  }

  private static String method(List<Integer> prefix) {
    StringBuilder name = new StringBuilder("readProto");
    prefix.forEach(number -> name.append('_').append(number));
    return name.toString();
  }

  private void reader(List<Integer> prefix, Map<Integer, FieldDef> members) {
    out.line("  private static void " + method(prefix) + "(ProtoReader in, Builder to) {");
    out.line("    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {");
    out.line("      switch (tag) {");
    members.forEach(
        (number, field) -> {
          if (field.path().size() > prefix.size() + 1) {
            List<Integer> inner = field.path().subList(0, prefix.size() + 1);
            out.line(
                "        case %d << 3 | 2 -> %s(in.readMessage(), to);"
                    .formatted(number, method(inner)));
          } else {
            readField(number, field);
          }
        });
    out.line("        default -> in.skip(tag);");
    out.line("      }");
    out.line("    }");
    out.line("  }");
  }

  private void readField(int number, FieldDef field) {
    String to = "to." + field.java();
    String label = "        case %d << 3 | ".formatted(number);
    switch (field.shape()) {
      case Scalar scalar ->
          out.line(label + wire(scalar) + " -> " + to + " = " + read(scalar) + ";");
      case Struct struct -> out.line(label + "2 -> " + to + " = " + read(struct) + ";");
      case ListOf list -> {
        Shape element = list.element();
        if (list.wrapped()) {
          out.line(label + "2 -> " + to + " = ProtoFields.readItems(in);");
          return;
        }
        String add = to + " = ProtoFields.add(" + to + ", " + read(element) + ");";
        if (element instanceof Scalar scalar && wire(scalar) != 2) {
          out.line(
              label
                  + "2 -> "
                  + to
                  + " = ProtoFields.readPacked"
                  + JavaNames.word(scalar)
                  + "s(in, "
                  + to
                  + ");");
          out.line(label + wire(scalar) + " -> " + add);
        } else {
          out.line(label + "2 -> " + add);
        }
      }
      case MapOf map -> {
        Shape element = map.element();
        String growing = to + " = ProtoFields.growing(" + to + ")";
        String read =
            switch (element) {
              case Scalar.STRING -> "in.readStringEntry(" + growing + ")";
              case Struct struct ->
                  names.struct(struct.name()) + ".readProtoEntry(in, " + growing + ")";
              default ->
                  "ProtoFields.read" + JavaNames.word(element) + "Entry(in, " + growing + ")";
            };
        out.line(label + "2 -> " + read + ";");
      }
    }
  }

  private static int wire(Scalar scalar) {
    return switch (scalar) {
      case INT, LONG, BOOLEAN -> 0;
      case DOUBLE -> 1;
      default -> 2;
    };
  }

  private String read(Shape shape) {
    return switch (shape) {
      case Scalar.STRING -> "in.readString()";
      case Scalar.BYTES -> "in.readBytes()";
      case Scalar.INT -> "in.readInt32()";
      case Scalar.LONG -> "in.readInt64()";
      case Scalar.BOOLEAN -> "in.readBool()";
      case Scalar.DOUBLE -> "in.readDouble()";
      case Struct struct -> names.struct(struct.name()) + ".readProto(in.readMessage())";
      default -> "ProtoFields.read" + JavaNames.word(shape) + "(in)";
    };
  }

  private void writeGroup(List<Integer> prefix, Map<List<Integer>, List<FieldDef>> groups) {
    members(prefix, groups.getOrDefault(prefix, List.of()))
        .forEach(
            (number, field) -> {
              if (field.path().size() > prefix.size() + 1) {
                List<Integer> inner = field.path().subList(0, prefix.size() + 1);
                String mark = mark(inner);
                out.line("    int " + mark + " = out.beginMessage(" + number + ");");
                writeGroup(inner, groups);
                out.line("    out.endMessage(" + mark + ");");
              } else {
                writeField(number, field);
              }
            });
  }

  private static String mark(List<Integer> path) {
    StringBuilder name = new StringBuilder("mark");
    path.forEach(number -> name.append('_').append(number));
    return name.toString();
  }

  private void writeField(int number, FieldDef field) {
    String value = field.java();
    switch (field.shape()) {
      case ListOf(Struct struct, boolean _) -> {
        out.line("    for (" + names.struct(struct.name()) + " element : " + value + ") {");
        out.line("      int mark = out.beginMessage(" + number + ");");
        out.line("      element.writeProto(out);");
        out.line("      out.endMessage(mark);");
        out.line("    }");
      }
      case ListOf(Shape element, boolean wrapped) ->
          out.line(
              "    ProtoFields.write%s(out, %d, %s);"
                  .formatted(wrapped ? "Items" : JavaNames.word(element) + "List", number, value));
      case MapOf(Struct struct) ->
          out.line(
              "    %s.writeProtoMap(%s, %d, out);"
                  .formatted(names.struct(struct.name()), value, number));
      case MapOf(Shape element) ->
          out.line(
              element == Scalar.STRING
                  ? "    out.writeStringMap(%d, %s);".formatted(number, value)
                  : "    ProtoFields.write%sMap(out, %d, %s);"
                      .formatted(JavaNames.word(element), number, value));
      case Struct _ -> {
        boolean guarded = field.nullable();
        if (guarded) {
          out.line("    if (" + value + " != null) {");
        }
        String mark = mark(field.path());
        out.line("    int " + mark + " = out.beginMessage(" + number + ");");
        out.line("    " + value + ".writeProto(out);");
        out.line("    out.endMessage(" + mark + ");");
        if (guarded) {
          out.line("    }");
        }
      }
      case Scalar scalar -> {
        out.line("    if (" + names.present(field, value) + ") {");
        out.line("      " + write(scalar, number, value));
        out.line("    }");
      }
    }
  }

  private static String write(Scalar scalar, int number, String value) {
    String method =
        switch (scalar) {
          case STRING -> "out.writeString(%d, %s);";
          case BYTES -> "out.writeBytes(%d, %s);";
          case INT -> "out.writeInt32(%d, %s);";
          case LONG -> "out.writeInt64(%d, %s);";
          case BOOLEAN -> "out.writeBool(%d, %s);";
          case DOUBLE -> "out.writeDouble(%d, %s);";
          default -> "ProtoFields.write" + JavaNames.word(scalar) + "(out, %d, %s);";
        };
    return method.formatted(number, value);
  }

  private void maps() {
    String map = "Map<String, " + self() + ">";
    out.line("  /** Reads one entry of a map of these. */");
    out.line("  public static void readProtoEntry(ProtoReader in, " + map + " map) {");
    out.line("    ProtoReader entry = in.readMessage();");
    out.line("    String key = \"\";");
    out.line("    " + self() + " value = EMPTY;");
    out.line("    for (int tag = entry.readTag(); tag != 0; tag = entry.readTag()) {");
    out.line("      switch (tag) {");
    out.line("        case 1 << 3 | 2 -> key = entry.readString();");
    out.line("        case 2 << 3 | 2 -> value = readProto(entry.readMessage());");
    out.line("        default -> entry.skip(tag);");
    out.line("      }");
    out.line("    }");
    out.line("    map.put(key, value);");
    out.line("  }");
    out.line("  /** Writes a map of these. */");
    out.line("  public static void writeProtoMap(" + map + " map, int number, ProtoWriter out) {");
    out.line("    for (Map.Entry<String, " + self() + "> entry : map.entrySet()) {");
    out.line("      int mark = out.beginMessage(number);");
    out.line("      out.writeString(1, entry.getKey());");
    out.line("      int inner = out.beginMessage(2);");
    out.line("      entry.getValue().writeProto(out);");
    out.line("      out.endMessage(inner);");
    out.line("      out.endMessage(mark);");
    out.line("    }");
    out.line("  }");
  }
}
