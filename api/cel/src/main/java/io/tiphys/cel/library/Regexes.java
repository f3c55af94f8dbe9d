package io.tiphys.cel.library;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.Lists;
import io.tiphys.cel.value.Patterns;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Patterns: {@code matches} of the standard library, {@code find} and {@code findAll} of
 * Kubernetes' (apiserver/pkg/cel/library/regex.go).
 */
public final class Regexes {
  /** What functions do whose pattern is known before. */
  public static final Map<String, java.util.function.Function<Pattern, Implementation>>
      WITH_PATTERN =
          Map.of(
              "matches",
              pattern -> in -> BoolValue.of(pattern.matcher(text(in[0])).find()),
              "find",
              pattern -> in -> find(pattern, in),
              "findAll",
              pattern -> in -> findAll(pattern, in));

  private static final CelType TEXTS = CelType.list(CelType.STRING);

  private Regexes() {}

  static Library library() {
    return Library.of(
        Function.of(
            "find",
            Overload.member(
                "string_find_string",
                List.of(CelType.STRING, CelType.STRING),
                CelType.STRING,
                in -> compiled("find", "Illegal regex: ", in))),
        Function.of(
            "findAll",
            Overload.member(
                "string_find_all_string",
                List.of(CelType.STRING, CelType.STRING),
                TEXTS,
                in -> compiled("findAll", "Illegal regex: ", in)),
            Overload.member(
                "string_find_all_string_int",
                List.of(CelType.STRING, CelType.STRING, CelType.INT),
                TEXTS,
                in -> compiled("findAll", "Illegal regex: ", in))));
  }

  static Function matches() {
    return Function.whole(
        "matches",
        in -> compiled("matches", "", in),
        StringValue.class::isInstance,
        List.of(
            Overload.free("matches", List.of(CelType.STRING, CelType.STRING), CelType.BOOL, null),
            Overload.member(
                "matches_string", List.of(CelType.STRING, CelType.STRING), CelType.BOOL, null)));
  }

  private static Value compiled(String function, String before, Value[] in) {
    if (!(in[1] instanceof StringValue(String pattern))) {
      return ErrorValue.noSuchOverload(in[1]);
    }
    try {
      Pattern compiled = Patterns.compile(pattern);
      return java.util.Objects.requireNonNull(WITH_PATTERN.get(function)).apply(compiled).call(in);
    } catch (PatternSyntaxException e) {
      return ErrorValue.of(before + e.getMessage());
    }
  }

  private static String text(Value value) {
    return value instanceof StringValue(String text) ? text : "";
  }

  private static Value find(Pattern pattern, Value[] in) {
    Matcher matcher = pattern.matcher(text(in[0]));
    return new StringValue(matcher.find() ? matcher.group() : "");
  }

  private static Value findAll(Pattern pattern, Value[] in) {
    long most = in.length == 3 && in[2] instanceof IntValue(long count) ? count : -1;
    List<Value> found = new ArrayList<>();
    Matcher matcher = pattern.matcher(text(in[0]));
    while ((most < 0 || found.size() < most) && matcher.find()) {
      found.add(new StringValue(matcher.group()));
    }
    return Lists.of(found);
  }
}
