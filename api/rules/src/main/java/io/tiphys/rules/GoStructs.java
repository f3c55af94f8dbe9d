package io.tiphys.rules;

import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Objects as upstream's messages show them. Its validation works on internal structs, which have no
 * names for JSON: fields are printed under their Go names, in the order of the struct, empty ones
 * too. Checked against pkg/apis/core/types.go and its like.
 */
public final class GoStructs {
  private static final String TABLE = "go-structs.txt";
  private static final Map<String, List<Field>> STRUCTS = read();

  /** Fields of a pod's spec that the internal form keeps in its security context. */
  private static final List<String> OF_HOST =
      List.of("hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace", "hostUsers");

  private GoStructs() {}

  /**
   * A field of a struct.
   *
   * @param name its Go name; {@code -} when the struct is embedded
   * @param member its name in the API; empty when an embedded struct's fields stand beside it
   * @param type {@code string}, {@code *int32}, {@code []core.Container}, {@code map:string};
   *     {@code plain} for what has names for JSON itself
   */
  public record Field(String name, String member, String type) {}

  /** The fields of a struct such as {@code core.PodSpec}. */
  public static List<Field> fields(String type) {
    return Objects.requireNonNull(STRUCTS.get(type), type);
  }

  /** What {@code struct::write} writes, as JSON of the internal struct {@code type}. */
  public static Json show(String type, Consumer<FieldWriter> struct) {
    return value(type, GoValues.tree(struct));
  }

  /** A list of them. */
  public static Json showAll(String type, List<Consumer<FieldWriter>> structs) {
    return new Json.Arr(structs.stream().map(struct -> show(type, struct)).toList());
  }

  /** How two structs of a type differ, as upstream's diff.Diff tells it. */
  public static String diff(
      String type, Consumer<FieldWriter> before, Consumer<FieldWriter> after) {
    return UnifiedDiff.of(pretty(show(type, before)), pretty(show(type, after)));
  }

  /** As {@code json.MarshalIndent} writes it, one space deeper at each level. */
  private static String pretty(Json value) {
    StringBuilder text = new StringBuilder();
    pretty(value, "\n", text);
    return text.toString();
  }

  private static void pretty(Json value, String line, StringBuilder text) {
    String inner = line + " ";
    String between = "";
    switch (value) {
      case Json.Obj(Map<String, Json> members) when !members.isEmpty() -> {
        text.append('{');
        for (Map.Entry<String, Json> member : members.entrySet()) {
          text.append(between).append(inner).append(Json.of(member.getKey()).text()).append(": ");
          pretty(member.getValue(), inner, text);
          between = ",";
        }
        text.append(line).append('}');
      }
      case Json.Arr(List<Json> elements) when !elements.isEmpty() -> {
        text.append('[');
        for (Json element : elements) {
          text.append(between).append(inner);
          pretty(element, inner, text);
          between = ",";
        }
        text.append(line).append(']');
      }
      default -> text.append(value.text());
    }
  }

  /** An API value in the form of a Go type; what is not there is Go's zero value. */
  static Json value(String type, @Nullable Json given) {
    if (type.startsWith("*")) {
      return given == null ? Json.Null.NULL : value(type.substring(1), given);
    }
    if (type.startsWith("[]")) {
      return given instanceof Json.Arr(List<Json> elements) && !elements.isEmpty()
          ? new Json.Arr(elements.stream().map(each -> value(type.substring(2), each)).toList())
          : Json.Null.NULL;
    }
    if (type.startsWith("map:")) {
      return given instanceof Json.Obj(Map<String, Json> members) && !members.isEmpty()
          ? map(type.substring(4), members)
          : Json.Null.NULL;
    }
    return switch (type) {
      case "string" -> given == null ? Json.of("") : given;
      case "int", "int32", "int64" -> given == null ? Json.of(0) : given;
      case "bool" -> given == null ? Json.of(false) : given;
      case "quantity" -> given == null ? Json.of("0") : given;
      case "bytes", "plain" -> given == null ? Json.Null.NULL : given;
      default -> struct(type, given instanceof Json.Obj members ? members : Json.Obj.EMPTY);
    };
  }

  private static Json map(String type, Map<String, Json> members) {
    Json.Obj.Builder shown = Json.Obj.builder();
    members.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(member -> shown.put(member.getKey(), value(type, member.getValue())));
    return shown.build();
  }

  private static Json struct(String type, Json.Obj given) {
    Json.Obj object = type.equals("core.PodSpec") ? internal(given) : given;
    Json.Obj.Builder shown = Json.Obj.builder();
    for (Field field : fields(type)) {
      if (!field.name.equals("-")) {
        shown.put(field.name, value(field.type, object.get(field.member)));
      } else if (field.member.isEmpty()) {
        shown.putAll((Json.Obj) value(field.type, object));
      } else if (object.get(field.member) instanceof Json.Obj metadata) {
        shown.putAll(metadata);
      }
    }
    return shown.build();
  }

  /** As Convert_v1_PodSpec_To_core_PodSpec in pkg/apis/core/v1/conversion.go. */
  static Json.Obj internal(Json.Obj podSpec) {
    Json.Obj.Builder security = Json.Obj.builder();
    if (podSpec.get("securityContext") instanceof Json.Obj given) {
      security.putAll(given);
    }
    for (String name : OF_HOST) {
      Json value = podSpec.get(name);
      if (value != null) {
        security.put(name, value);
      }
    }
    return podSpec.with("securityContext", security.build());
  }

  private static Map<String, List<Field>> read() {
    Map<String, List<Field>> structs = new HashMap<>();
    try (InputStream in =
            Objects.requireNonNull(GoStructs.class.getResourceAsStream(TABLE), TABLE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] words = line.split(" ", -1);
          List<Field> fields = new ArrayList<>();
          for (int i = 1; i < words.length; i++) {
            String[] parts = words[i].split(":", 3);
            fields.add(new Field(parts[0], parts[1], parts[2]));
          }
          structs.put(words[0], List.copyOf(fields));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(structs);
  }
}
