package io.tiphys.rules;

import io.tiphys.codec.FieldWriter;
import io.tiphys.codec.Json;
import io.tiphys.codec.TreeWriter;
import io.tiphys.meta.GoText;
import java.util.Collection;
import java.util.Map;
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
      case null -> "null";
      case String text -> GoText.quote(text);
      case Json.Str text -> GoText.quote(text.value());
      case Number number -> number.toString();
      case Boolean bool -> bool.toString();
      case Json.Int number -> Long.toString(number.value());
      case Json.Num number -> Double.toString(number.value());
      case Json.Bool bool -> Boolean.toString(bool.value());
      case Json.Null ignored -> "null";
      case Json.Arr array -> list(array.elements());
      case Json.Obj object -> object(object.members());
      case Collection<?> items -> list(items);
      case Map<?, ?> members -> object(members);
      default -> GoText.quote(value.toString());
    };
  }

  private static String list(Collection<?> items) {
    return items.stream().map(GoValues::value).collect(Collectors.joining(",", "[", "]"));
  }

  private static String object(Map<?, ?> members) {
    return members.entrySet().stream()
        .map(
            member ->
                GoText.quote(String.valueOf(member.getKey())) + ":" + value(member.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
