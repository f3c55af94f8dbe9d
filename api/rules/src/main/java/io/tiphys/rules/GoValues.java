package io.tiphys.rules;

import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import io.tiphys.meta.GoText;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Values as Go prints them in messages. */
public final class GoValues {
  private GoValues() {}

  /** A struct as messages show it: {@code struct::write} as JSON. */
  public static Json tree(Consumer<FieldWriter> struct) {
    TreeWriter tree = new TreeWriter();
    struct.accept(tree);
    return tree.tree();
  }

  /** As {@code %#v} prints a {@code []string}. */
  public static String strings(Collection<String> values) {
    return values.stream().map(GoText::quote).collect(Collectors.joining(", ", "[]string{", "}"));
  }

  /** As field errors print a bad value: simple values plainly, others as JSON. */
  static String value(@Nullable Object value) {
    return switch (value) {
      case String text -> GoText.quote(text);
      case Json.Str(String text) -> GoText.quote(text);
      case Number number -> number.toString();
      case null, default -> json(value).text();
    };
  }

  private static Json json(@Nullable Object value) {
    return switch (value) {
      case null -> Json.Null.NULL;
      case Json tree -> tree;
      case Boolean bool -> Json.of(bool);
      case Double number -> new Json.Num(number);
      case Number number -> Json.of(number.longValue());
      case Collection<?> items -> new Json.Arr(items.stream().map(GoValues::json).toList());
      case Map<?, ?> members -> {
        Map<String, Json> sorted = new TreeMap<>();
        members.forEach((name, member) -> sorted.put(String.valueOf(name), json(member)));
        yield new Json.Obj(sorted);
      }
      default -> Json.of(value.toString());
    };
  }
}
