package io.tiphys.build.types;

import java.util.HashMap;
import java.util.Map;

/** Go's names for types of strings, from {@code named.table}; errors of decoding say them. */
record NamedTypes(Map<String, String> byField) {

  static NamedTypes load() {
    Map<String, String> byField = new HashMap<>();
    String type = "";
    for (String line : Tables.lines("named.table")) {
      if (line.startsWith(" ")) {
        String[] words = line.strip().split(" +");
        byField.put(type + "." + words[0], words[1]);
      } else {
        type = line.strip();
      }
    }
    return new NamedTypes(byField);
  }

  /** The type of a field's string or strings: {@code v1.DNSPolicy}, or else {@code string}. */
  String of(TypeName type, FieldDef field) {
    return byField.getOrDefault(type + "." + field.json(), "string");
  }
}
