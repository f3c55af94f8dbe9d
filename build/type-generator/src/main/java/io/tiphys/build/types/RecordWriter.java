package io.tiphys.build.types;

import io.tiphys.build.types.Shape.ListOf;
import io.tiphys.build.types.Shape.MapOf;
import java.util.List;
import java.util.Optional;

/** Writes the source of one record: components, codecs, builder. */
final class RecordWriter {
  private final TypeDef type;
  private final ApiPackage pkg;
  private final JavaNames names;
  private final Uses uses;
  private final NamedTypes named;
  private final Source out = new Source();

  /**
   * @param uses whether the type appears in lists and maps
   */
  RecordWriter(TypeDef type, ApiPackage pkg, Uses uses, NamedTypes named) {
    this.type = type;
    this.pkg = pkg;
    this.names = new JavaNames(type.name().pkg());
    this.uses = uses;
    this.named = named;
  }

  /** How other types hold this one. */
  record Uses(boolean inList, boolean inMap) {}

  String write() {
    header();
    components();
    constants();
    constructor();
    new JsonMethods(type, names, uses, named, out).write();
    new ProtoMethods(type, names, uses, out).write();
    schema();
    withers();
    equality();
    builder();
    if (type.hasKind()) {
      kind();
    }
    out.line("}");
    return out.toString();
  }

  private String self() {
    return type.name().simple();
  }

  private void header() {
    out.line("package " + type.name().javaPackage() + ";");
    out.line("");
    String body = type.fields().stream().map(f -> f.shape().toString()).toList().toString();
    importIf(type.role() == TypeDef.Role.OBJECT, "io.tiphys.api.ApiObject");
    importIf(body.contains("MapOf") || uses.inMap(), "io.tiphys.api.Frozen");
    importIf(true, "io.tiphys.api.JsonFields");
    importIf(type.hasKind(), "io.tiphys.api.ObjectType");
    importIf(true, "io.tiphys.api.ProtoFields");
    importIf(true, "io.tiphys.api.Schemas");
    importIf(body.contains("TIME"), "io.tiphys.api.TimePrecision");
    importIf(body.contains("BYTES"), "io.tiphys.codec.Bytes");
    importIf(true, "io.tiphys.codec.FieldReader");
    importIf(true, "io.tiphys.codec.FieldWriter");
    importIf(
        body.contains("ANY") || body.contains("SCHEMA_OR") || body.contains("EMPTY_OBJECT"),
        "io.tiphys.codec.Json");
    importIf(true, "io.tiphys.codec.ProtoReader");
    importIf(true, "io.tiphys.codec.ProtoWriter");
    importIf(type.hasKind(), "io.tiphys.meta.GroupVersionKind");
    importIf(body.contains("INT_OR_STRING"), "io.tiphys.meta.IntOrString");
    importIf(body.contains("QUANTITY"), "io.tiphys.meta.Quantity");
    importIf(true, "io.tiphys.meta.Schema");
    importIf(body.contains("TIME"), "java.time.Instant");
    importIf(uses.inList(), "java.util.ArrayList");
    importIf(uses.inMap(), "java.util.LinkedHashMap");
    importIf(body.contains("ListOf") || uses.inList(), "java.util.List");
    importIf(body.contains("MapOf") || uses.inMap(), "java.util.Map");
    importIf(true, "java.util.Objects");
    importIf(true, "org.jspecify.annotations.Nullable");
    out.line("");
  }

  private void importIf(boolean needed, String name) {
    if (needed) {
      out.line("import " + name + ";");
    }
  }

  private void components() {
    out.line("/**");
    out.line(" * " + Source.doc(type.description()));
    if (!type.fields().isEmpty()) {
      out.line(" *");
    }
    for (FieldDef field : type.fields()) {
      out.line(" * @param " + field.java() + " " + Source.doc(field.description()));
    }
    out.line(" */");
    List<String> parts =
        type.fields().stream().map(field -> names.type(field) + " " + field.java()).toList();
    out.line("public record " + self() + "(" + String.join(", ", parts) + ")");
    out.line((type.role() == TypeDef.Role.OBJECT ? "    implements ApiObject " : "    ") + "{");
  }

  private void constants() {
    out.line("  /** All fields absent. */");
    out.line("  public static final " + self() + " EMPTY = new Builder().build();");
    if (type.hasKind()) {
      out.line("  public static final ObjectType<" + self() + "> TYPE = new Type();");
    }
  }

  /** Collections are copied unless they are immutable already; times lose what no encoding has. */
  private void constructor() {
    List<String> assignments =
        type.fields().stream()
            .map(field -> normalized(field.java(), field.shape()))
            .flatMap(Optional::stream)
            .toList();
    if (assignments.isEmpty()) {
      return;
    }
    out.line("  public " + self() + " {");
    for (String assignment : assignments) {
      out.line("    " + assignment);
    }
    out.line("  }");
  }

  private static Optional<String> normalized(String name, Shape shape) {
    String value =
        switch (shape) {
          case Shape.Scalar.TIME -> "TimePrecision.seconds(" + name + ")";
          case Shape.Scalar.MICRO_TIME -> "TimePrecision.micros(" + name + ")";
          case ListOf _ -> "List.copyOf(" + name + ")";
          case MapOf(Shape.Scalar element) when element == Shape.Scalar.TIME ->
              "Frozen.map(TimePrecision.seconds(" + name + "))";
          case MapOf _ -> "Frozen.map(" + name + ")";
          case Shape.Scalar _, Shape.Struct _ -> null;
        };
    return Optional.ofNullable(value).map(of -> name + " = " + of + ";");
  }

  private void schema() {
    out.line("  /** The shape of this type. */");
    out.line("  public static Schema schema() {");
    out.line("    return Schemas.of(\"" + type.name() + "\");");
    out.line("  }");
    if (type.role() == TypeDef.Role.OBJECT) {
      out.line("  @Override");
      out.line("  public ObjectType<" + self() + "> type() {");
      out.line("    return TYPE;");
      out.line("  }");
    }
  }

  private void withers() {
    for (FieldDef field : type.fields()) {
      if (type.role() == TypeDef.Role.OBJECT && field.json().equals("metadata")) {
        out.line("  @Override");
      }
      String plain = field.java().replaceFirst("_$", "");
      String capital = Character.toUpperCase(plain.charAt(0)) + plain.substring(1);
      out.line("  public " + self() + " with" + capital + "(" + names.type(field) + " value) {");
      out.line("    return toBuilder()." + field.java() + "(value).build();");
      out.line("  }");
    }
  }

  private void equality() {
    out.line("  @Override");
    out.line("  public boolean equals(@Nullable Object other) {");
    out.line("    if (this == other) {");
    out.line("      return true;");
    out.line("    }");
    if (type.fields().isEmpty()) {
      out.line("    return other instanceof " + self() + ";");
    } else {
      out.line("    return other instanceof " + self() + " that");
      for (FieldDef field : type.fields()) {
        out.line("        && " + equal(field));
      }
      out.line("        ;");
    }
    out.line("  }");
    out.line("  @Override");
    out.line("  public int hashCode() {");
    out.line("    int hash = 1;");
    for (FieldDef field : type.fields()) {
      out.line("    hash = 31 * hash + " + hash(field) + ";");
    }
    out.line("    return hash;");
    out.line("  }");
  }

  private String equal(FieldDef field) {
    String mine = field.java();
    return switch (names.type(field)) {
      case "int", "long", "boolean" -> mine + " == that." + mine;
      case "double" -> "Double.compare(" + mine + ", that." + mine + ") == 0";
      default ->
          field.nullable()
              ? "Objects.equals(" + mine + ", that." + mine + ")"
              : mine + ".equals(that." + mine + ")";
    };
  }

  private String hash(FieldDef field) {
    return switch (names.type(field)) {
      case "int" -> field.java();
      case "long" -> "Long.hashCode(" + field.java() + ")";
      case "boolean" -> "Boolean.hashCode(" + field.java() + ")";
      case "double" -> "Double.hashCode(" + field.java() + ")";
      default ->
          field.nullable()
              ? "Objects.hashCode(" + field.java() + ")"
              : field.java() + ".hashCode()";
    };
  }

  private void builder() {
    out.line("  public static Builder builder() {");
    out.line("    return new Builder();");
    out.line("  }");
    out.line("  public Builder toBuilder() {");
    out.line("    Builder copy = new Builder();");
    for (FieldDef field : type.fields()) {
      out.line("    copy." + field.java() + " = " + field.java() + ";");
    }
    out.line("    return copy;");
    out.line("  }");
    out.line("  /** Gathers fields; those not set are absent. */");
    out.line("  public static final class Builder {");
    for (FieldDef field : type.fields()) {
      String start = names.absent(field);
      boolean javaStart = List.of("null", "0", "false").contains(start);
      out.line(
          "    private "
              + names.type(field)
              + " "
              + field.java()
              + (javaStart ? ";" : " = " + start + ";"));
    }
    out.line("    private Builder() {}");
    for (FieldDef field : type.fields()) {
      out.line("    public Builder " + field.java() + "(" + names.type(field) + " value) {");
      out.line("      this." + field.java() + " = value;");
      out.line("      return this;");
      out.line("    }");
    }
    List<String> arguments = type.fields().stream().map(FieldDef::java).toList();
    out.line("    public " + self() + " build() {");
    out.line("      return new " + self() + "(" + String.join(", ", arguments) + ");");
    out.line("    }");
    out.line("  }");
  }

  private void kind() {
    out.line("  private static final class Type implements ObjectType<" + self() + "> {");
    out.line("    private static final GroupVersionKind GVK =");
    out.line(
        "        new GroupVersionKind(\"%s\", \"%s\", \"%s\");"
            .formatted(pkg.group(), pkg.version(), self()));
    out.line("    @Override");
    out.line("    public GroupVersionKind gvk() {");
    out.line("      return GVK;");
    out.line("    }");
    out.line("    @Override");
    out.line("    public " + self() + " read(FieldReader in) {");
    out.line("      return " + self() + ".read(in);");
    out.line("    }");
    out.line("    @Override");
    out.line("    public void write(" + self() + " value, FieldWriter out) {");
    out.line("      value.write(out);");
    out.line("    }");
    out.line("    @Override");
    out.line("    public " + self() + " readProto(ProtoReader in) {");
    out.line("      return " + self() + ".readProto(in);");
    out.line("    }");
    out.line("    @Override");
    out.line("    public void writeProto(" + self() + " value, ProtoWriter out) {");
    out.line("      value.writeProto(out);");
    out.line("    }");
    out.line("    @Override");
    out.line("    public Schema schema() {");
    out.line("      return " + self() + ".schema();");
    out.line("    }");
    out.line("    @Override");
    out.line("    public String toString() {");
    out.line("      return GVK.toString();");
    out.line("    }");
    out.line("  }");
  }
}
