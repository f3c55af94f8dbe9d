package io.tiphys.build.types;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the tables say of a type or a field beyond the client library: words, some with a value
 * ({@code map=name}). The words are explained in the module's README.
 */
record Facts(Map<String, String> words) {
  private static final Set<String> KNOWN =
      Set.of(
          "pointer",
          "value",
          "written",
          "omitted",
          "required",
          "first",
          "after",
          "proto",
          "atomic",
          "granular",
          "set",
          "map",
          "merge",
          "retainKeys",
          "replace",
          "unmarked",
          "default",
          "union");

  static final Facts NONE = new Facts(Map.of());

  static Facts of(List<String> words) {
    Map<String, String> parsed = new LinkedHashMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      parsed.put(
          equals < 0 ? word : word.substring(0, equals),
          equals < 0 ? "" : word.substring(equals + 1));
    }
    if (!KNOWN.containsAll(parsed.keySet())) {
      throw new IllegalStateException("words that mean nothing among " + words);
    }
    return new Facts(parsed);
  }

  boolean has(String word) {
    return words.containsKey(word);
  }

  @Nullable String value(String word) {
    return words.get(word);
  }

  /** The tables of one package: facts by {@code Type} and by {@code Type.field}. */
  static Map<String, Facts> load(String pkg) {
    Map<String, Facts> facts = new TreeMap<>();
    String type = "";
    for (String line : Tables.linesIfAny("facts/" + pkg + ".facts")) {
      List<String> words = List.of(line.strip().split(" +"));
      Facts rest = Facts.of(words.subList(1, words.size()));
      if (line.startsWith(" ")) {
        facts.put(type + "." + words.getFirst(), rest);
      } else {
        type = words.getFirst();
        facts.put(type, rest);
      }
    }
    return facts;
  }
}
