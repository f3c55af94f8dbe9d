package io.tiphys.api;

import io.tiphys.base.Invariant;
import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of the built-in types. They stand as text in the jar, a file per package, and become
 * objects when first asked for: a process that never patches or prunes pays nothing for them.
 */
public final class Schemas {
  private static final Map<String, Schema.Struct> STRUCTS = new ConcurrentHashMap<>();
  private static final Map<String, Map<String, List<String>>> TABLES = new ConcurrentHashMap<>();

  private Schemas() {}

  /** The schema of a type by the name of its record, such as {@code core.v1.PodSpec}. */
  public static Schema.Struct of(String type) {
    Schema.Struct known = STRUCTS.get(type);
    if (known == null) {
      known = STRUCTS.computeIfAbsent(type, Schemas::parse);
    }
    return known;
  }

  private static Schema.Struct parse(String type) {
    int dot = type.lastIndexOf('.');
    String simple = type.substring(dot + 1);
    List<String> lines = TABLES.computeIfAbsent(type.substring(0, dot), Schemas::load).get(simple);
    if (lines == null) {
      throw new IllegalArgumentException("no schema of " + type);
    }
    Map<String, Schema.Field> fields = new LinkedHashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      Schema.Field field = field(line);
      fields.put(field.name(), field);
    }
    return new Schema.Struct(
        simple,
        Collections.unmodifiableMap(fields),
        lines.getFirst().endsWith(" atomic") ? Schema.Ownership.ATOMIC : Schema.Ownership.GRANULAR);
  }

  private static Map<String, List<String>> load(String pkg) {
    try (InputStream in = Schemas.class.getResourceAsStream("schemas/" + pkg)) {
      Invariant.check(in != null, "no schemas of " + pkg);
      Map<String, List<String>> types = new HashMap<>();
      List<String> current = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.startsWith(" ")) {
          current = new ArrayList<>();
          types.put(line.split(" ")[0], current);
        }
        current.add(line.strip());
      }
      return types;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code containers [core.v1.Container required map=name merge=name}. */
  private static Schema.Field field(String line) {
    String[] words = line.split(" ");
    boolean required = false;
    boolean merge = false;
    boolean retainKeys = false;
    String mergeKey = null;
    Schema.ListKind kind = Schema.ListKind.ATOMIC;
    List<String> keys = List.of();
    Schema.Ownership ownership = null;
    Json defaultValue = null;
    for (int i = 2; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      String value = equals < 0 ? "" : words[i].substring(equals + 1);
      switch (equals < 0 ? words[i] : words[i].substring(0, equals)) {
        case "required" -> required = true;
        case "retainKeys" -> retainKeys = true;
        case "merge" -> {
          merge = true;
          mergeKey = value.isEmpty() ? null : value;
        }
        case "default" -> defaultValue = new Json.Str(value);
        case "set" -> kind = Schema.ListKind.SET;
        case "map" -> {
          kind = Schema.ListKind.MAP;
          keys = List.of(value.split(","));
        }
        case "atomic" -> ownership = Schema.Ownership.ATOMIC;
        case "granular" -> ownership = Schema.Ownership.GRANULAR;
        default -> throw new IllegalStateException("schema line: " + line);
      }
    }
    Merging merging = new Merging(kind, keys, mergeKey, ownership);
    return new Schema.Field(
        words[0],
        () -> shape(words[1], merging),
        required,
        merge || retainKeys
            ? new Schema.PatchStrategy(merge, retainKeys)
            : Schema.PatchStrategy.DEFAULT,
        defaultValue);
  }

  /** How a field's value is merged, as far as the field says so. */
  private record Merging(
      Schema.ListKind kind,
      List<String> keys,
      @Nullable String mergeKey,
      Schema.@Nullable Ownership ownership) {
    static final Merging PLAIN = new Merging(Schema.ListKind.ATOMIC, List.of(), null, null);
  }

  private static Schema shape(String text, Merging merging) {
    Schema.Ownership ownership = merging.ownership();
    return switch (text.charAt(0)) {
      case '[' ->
          new Schema.ListOf(
              () -> shape(text.substring(1), Merging.PLAIN),
              merging.kind(),
              merging.keys(),
              merging.mergeKey());
      case '{' ->
          new Schema.MapOf(
              () -> shape(text.substring(1), Merging.PLAIN),
              ownership == null ? Schema.Ownership.GRANULAR : ownership);
      default -> {
        if (text.indexOf('.') < 0) {
          yield Schema.Scalar.valueOf(text);
        }
        Schema.Struct struct = of(text);
        yield ownership == null || ownership == struct.ownership()
            ? struct
            : new Schema.Struct(struct.name(), struct.fields(), ownership);
      }
    };
  }
}
