package io.tiphys.cel.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ParserProperty {
  private static final List<Macro> MACROS = Macros.STANDARD;

  @Property(tries = 2_000)
  void noTextMakesTheParserFail(@ForAll String text) {
    Parsed parsed = Parser.parse(text, MACROS);

    assertThat(parsed.issues().isEmpty() && parsed.root() instanceof Expr.Unspecified).isFalse();
  }

  @Provide
  Arbitrary<String> pieces() {
    return Arbitraries.of(
            "(", ")", "[", "]", "{", "}", ".", ",", "?", ":", "-", "!", "+", "*", "in", "==", "&&",
            "||", "a", "has", "all", "1", "2u", "1.5", "'s'", "\"t", "b'x'", "true", "null", " ",
            "\n", "`", "@")
        .list()
        .ofMaxSize(60)
        .map(all -> String.join("", all));
  }

  @Property(tries = 5_000)
  void noOrderOfTokensMakesTheParserFail(@ForAll("pieces") String text) {
    Parsed parsed = Parser.parse(text, MACROS);

    assertThat(parsed.issues().display()).isNotNull();
  }

  @Provide
  Arbitrary<String> expressions() {
    Arbitrary<String> leaves =
        Arbitraries.of(
            "a",
            "b.c",
            "1",
            "-1",
            "2u",
            "1.5",
            "'s'",
            "b'x'",
            "true",
            "null",
            "f()",
            "[]",
            "{}",
            "a.b[0]",
            "has(a.b)",
            "'\\n\\\"'");
    Arbitrary<String> forms =
        Arbitraries.of(
            "%s + %s",
            "(%s) * (%s)",
            "%s && %s",
            "(%s || %s)",
            "%s == %s",
            "%s in [%s]",
            "(a ? (%s) : %s)",
            "[%s, %s]",
            "{%s: %s}",
            "(%s).f(%s)",
            "(%s).all(x, %s)",
            "(%s).map(x, %s)",
            "!(%s) && -(%s)",
            "(%s)[%s]",
            "T{x: %s, ?y: %s}",
            "(%s).?b[?%s]");
    return Arbitraries.recursive(
        () -> leaves,
        inner -> Combinators.combine(forms, inner, inner).as(String::formatted),
        1,
        4);
  }

  @Property(tries = 1_000)
  void whatIsWrittenOutParsesToTheSame(@ForAll("expressions") String text) {
    Parsed parsed = Parser.parse(text, MACROS);
    assertThat(parsed.issues().display()).as(text).isEmpty();
    String written = Unparser.write(parsed);
    Parsed again = Parser.parse(written, MACROS);

    assertThat(again.issues().display()).as(written).isEmpty();
    assertThat(Unparser.write(again)).isEqualTo(written);
    assertThat(shape(again.root())).isEqualTo(shape(parsed.root()));
  }

  /** A tree without the numbers of its nodes. */
  private static String shape(Expr expr) {
    return expr.toString().replaceAll("id=\\d+", "");
  }
}
