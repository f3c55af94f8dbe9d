package io.tiphys.cel.library;

import static io.tiphys.cel.type.CelType.BOOL;
import static io.tiphys.cel.type.CelType.BYTES;
import static io.tiphys.cel.type.CelType.INT;
import static io.tiphys.cel.type.CelType.STRING;

import io.tiphys.cel.syntax.Macros;
import io.tiphys.cel.type.CelType;
import io.tiphys.cel.value.BoolValue;
import io.tiphys.cel.value.ErrorValue;
import io.tiphys.cel.value.IntValue;
import io.tiphys.cel.value.Sizes;
import io.tiphys.cel.value.StringValue;
import io.tiphys.cel.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;

/** What every environment has (cel-go's common/stdlib/standard.go). */
public final class StandardLibrary {
  private static final CelType A = CelType.parameter("A");

  /** Types that expressions may name. */
  public static final List<CelType> TYPES =
      List.of(
          BOOL,
          BYTES,
          CelType.DOUBLE,
          CelType.DURATION,
          INT,
          CelType.list(A),
          CelType.map(A, CelType.parameter("B")),
          CelType.NULL,
          STRING,
          CelType.TIMESTAMP,
          CelType.TYPE,
          CelType.UINT);

  private StandardLibrary() {}

  public static Library library() {
    List<Function> all = new ArrayList<>(StandardOperators.functions());
    all.addAll(StandardConversions.functions());
    all.addAll(StandardTimes.functions());
    all.add(size());
    all.add(test("contains", "contains_string", String::contains));
    all.add(test("endsWith", "ends_with_string", String::endsWith));
    all.add(test("startsWith", "starts_with_string", String::startsWith));
    all.add(Regexes.matches());
    return new Library(all, Macros.STANDARD);
  }

  private static Function size() {
    List<Overload> overloads = new ArrayList<>();
    CelType list = CelType.list(A);
    CelType map = CelType.map(A, CelType.parameter("B"));
    String[] names = {"bytes", "list", "map", "string"};
    CelType[] types = {BYTES, list, map, STRING};
    for (int i = 0; i < names.length; i++) {
      overloads.add(Overload.free("size_" + names[i], List.of(types[i]), INT, null));
      overloads.add(Overload.member(names[i] + "_size", List.of(types[i]), INT, null));
    }
    return Function.whole(
        "size",
        Implementation.of(value -> IntValue.of(Sizes.of(value).orElse(0))),
        value -> Sizes.of(value).isPresent(),
        overloads);
  }

  private static Function test(String name, String id, BiPredicate<String, String> of) {
    return Function.whole(
        name,
        Implementation.of((text, part) -> test(text, part, of)),
        value -> true,
        List.of(Overload.member(id, List.of(STRING, STRING), BOOL, null)));
  }

  private static Value test(Value text, Value part, BiPredicate<String, String> of) {
    return text instanceof StringValue(String whole) && part instanceof StringValue(String some)
        ? BoolValue.of(of.test(whole, some))
        : ErrorValue.noSuchOverload();
  }
}
