package io.tiphys.cel.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.cel.Table;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ParserTest {
  private static String issues(String text) {
    return Parser.parse(text, Macros.STANDARD).issues().display();
  }

  static Stream<List<String>> mistakes() {
    return Table.blocks("syntax-errors.txt");
  }

  /** The table is of cel-go's parser/parser_test.go. */
  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesAreToldInUpstreamsWords(List<String> mistake) {
    assertThat(issues(mistake.getFirst())).isEqualTo(mistake.getLast());
  }

  @Test
  void formsThatLieTooDeepInOneAnotherAreRefused() {
    for (String open : List.of("(", "[", "a[", "f(", "{1:", "!(", "-(", "1+(", "1<(", "x?y:")) {
      String deep = open.repeat(10_000) + "1";

      assertThat(issues(deep))
          .as(open)
          .contains("ERROR: <input>:-1:0: expression recursion limit exceeded: 250");
    }
  }

  @Test
  void manyTermsInARowAreRefusedUnlessTheyAreLogical() {
    assertThat(issues("1" + "+1".repeat(250))).isEmpty();
    assertThat(issues("1" + "+1".repeat(251)))
        .isEqualTo("ERROR: <input>:-1:0: max recursion depth exceeded");
    assertThat(issues("a" + ".b".repeat(251)))
        .isEqualTo("ERROR: <input>:-1:0: max recursion depth exceeded");
    assertThat(issues("a" + "&&a".repeat(5_000))).isEmpty();
    assertThat(issues("!".repeat(50_000) + "a")).isEmpty();
  }

  @Test
  void callsAndSignsAddToTheDepthOfWhatIsInThem() {
    for (String open : List.of("f(", "!(", "-(", "T{f:")) {
      String close = open.endsWith("(") ? ")" : "}";
      String deep = open.repeat(200) + "a" + ".a".repeat(240) + close.repeat(200);

      assertThat(issues(deep))
          .as(open)
          .isEqualTo("ERROR: <input>:-1:0: max recursion depth exceeded");
      assertThat(issues(open.repeat(10) + "a" + ".a".repeat(240) + close.repeat(10))).isEmpty();
    }
  }

  @Test
  void longTextsAreNotRead() {
    assertThat(issues("a".repeat(100_001)))
        .isEqualTo(
            "ERROR: <input>:-1:0: expression code point size exceeds limit: size: 100001, limit"
                + " 100000");
  }

  @Test
  void parsingEndsAfterManyMistakes() {
    String broken = IntStream.range(0, 200).mapToObj(i -> "(,").reduce("", String::concat);

    assertThat(issues(broken).lines().filter(line -> line.startsWith("ERROR")).count())
        .isLessThanOrEqualTo(101);
  }

  @Test
  void literalsMeanWhatTheySay() {
    assertThat(literal("-9223372036854775808")).isEqualTo(new Constant.Int(Long.MIN_VALUE));
    assertThat(literal("0xFFu")).isEqualTo(new Constant.Uint(255));
    assertThat(literal("1.5e3")).isEqualTo(new Constant.Floating(1500));
    assertThat(literal("'\\u00e9\\x41\\101\\n'")).isEqualTo(new Constant.Text("éAA\n"));
    assertThat(literal("r'\\n'")).isEqualTo(new Constant.Text("\\n"));
    assertThat(literal("'''a'b'''")).isEqualTo(new Constant.Text("a'b"));
    assertThat(literal("b'\\xff\\377'")).isEqualTo(new Constant.Binary(new byte[] {-1, -1}));
  }

  private static Constant literal(String text) {
    Parsed parsed = Parser.parse(text, Macros.STANDARD);
    assertThat(parsed.issues().display()).isEmpty();
    return ((Expr.Literal) parsed.root()).value();
  }
}
