package io.tiphys.build.types;

import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The strings that are enumerations, from {@code enums.table}; the client library has lost them.
 */
record Enums(Map<String, List<Value>> byField) {

  /**
   * @param remark what upstream says of it; may be empty
   */
  record Value(String value, String remark) {}

  static Enums load() {
    Map<String, List<Value>> byField = new HashMap<>();
    List<Value> values = new ArrayList<>();
    for (String line : Tables.lines("enums.table")) {
      if (line.startsWith(" ")) {
        values.add(value(line.strip()));
      } else {
        values = new ArrayList<>();
        for (String field : line.split(" +")) {
          byField.put(field, values);
        }
      }
    }
    return new Enums(byField);
  }

  /** A quoted string, then the remark. */
  private static Value value(String line) {
    int end = line.indexOf('"', 1) + 1;
    try (JsonReader quoted = new JsonReader(new StringReader(line.substring(0, end)))) {
      return new Value(quoted.nextString(), line.substring(end).strip());
    } catch (IOException e) {
      throw new IllegalStateException("no value: " + line, e);
    }
  }

  /** The values of a field, or of what is in it; none when it is no enumeration. */
  List<Value> of(TypeName type, FieldDef field) {
    return byField.getOrDefault(type + "." + field.json(), List.of());
  }

  /** What kube-openapi's generator adds to the description of an enumeration. */
  static String described(String description, List<Value> values) {
    StringBuilder text = new StringBuilder(description).append("\n\nPossible enum values:");
    for (Value each : values) {
      text.append("\n - `").append(new JsonPrimitive(each.value)).append('`');
      if (!each.remark.isEmpty()) {
        text.append(' ').append(each.remark);
      }
    }
    return text.toString();
  }
}
