package io.tiphys.build.types;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The kinds in {@code own.types}. */
final class OwnTypes {
  private OwnTypes() {}

  static List<TypeDef> read() {
    List<TypeDef> types = new ArrayList<>();
    List<String> lines = Tables.lines("own.types");
    for (int i = 0; i < lines.size(); ) {
      String[] head = lines.get(i++).split(" : ", 2);
      String[] words = head[0].split(" ");
      TypeName name = TypeName.parse(words[1]);
      TypeDef.Role role = words.length > 2 ? TypeDef.Role.OBJECT : TypeDef.Role.PART;
      List<FieldDef> fields = new ArrayList<>();
      while (i < lines.size() && lines.get(i).startsWith(" ")) {
        fields.add(field(lines.get(i++).strip()));
      }
      types.add(new TypeDef(name, role, Presence.named(role, fields), Facts.NONE, head[1]));
      if (role == TypeDef.Role.OBJECT) {
        types.add(list(name));
      }
    }
    return types;
  }

  private static TypeDef list(TypeName of) {
    TypeName name = new TypeName(of.pkg(), of.simple() + "List");
    String about = "%s is a collection of %ss.".formatted(name.simple(), of.simple());
    List<FieldDef> fields =
        List.of(
            field("metadata meta.v1.ListMeta 1 value : Standard list metadata."),
            field("items [%s 2 required : Items is the list of %ss.".formatted(of, of.simple())));
    return new TypeDef(name, TypeDef.Role.LIST, fields, Facts.NONE, about);
  }

  private static FieldDef field(String line) {
    String[] parts = line.split(" : ", 2);
    List<String> words = List.of(parts[0].split(" "));
    Facts facts = Facts.of(words.subList(3, words.size()));
    return Presence.field(
        words.get(0),
        shape(words.get(1)),
        List.of(Integer.parseInt(words.get(2))),
        facts.has("required"),
        facts,
        parts[1]);
  }

  private static Shape shape(String text) {
    if (text.startsWith("[")) {
      return new Shape.ListOf(shape(text.substring(1)), false);
    }
    return text.contains(".")
        ? new Shape.Struct(TypeName.parse(text))
        : Shape.Scalar.valueOf(text.toUpperCase(Locale.ROOT));
  }
}
