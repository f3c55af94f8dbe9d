package io.tiphys.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Provide
  Arbitrary<Json> trees() {
    Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(12).map(t -> Bytes.utf8(t).text());
    Arbitrary<Json> scalars =
        Arbitraries.oneOf(
            texts.map(Json.Str::new),
            Arbitraries.longs().map(Json.Int::new),
            Arbitraries.doubles().map(n -> new Json.Num(n + 0.5)).filter(JsonTest::staysReal),
            Arbitraries.of(true, false).map(Json.Bool::of),
            Arbitraries.just(Json.Null.NULL));
    Arbitrary<Json> trees = scalars;
    for (int depth = 0; depth < 3; depth++) {
      Arbitrary<Json> inner = trees;
      trees =
          Arbitraries.oneOf(
              scalars,
              inner.list().ofMaxSize(4).map(Json.Arr::new),
              Arbitraries.maps(texts, inner).ofMaxSize(12).map(Json.Obj::new));
    }
    return trees;
  }

  private static boolean staysReal(Json.Num number) {
    return number.text().contains(".");
  }

  @Property
  void textReadsBackAsTheSameTree(@ForAll("trees") Json tree) {
    assertThat(Json.parse(tree.toBytes())).isEqualTo(tree);
  }

  @Property
  void theSameTreeComesOfWritingFieldsToATree(@ForAll("trees") Json tree) {
    TreeWriter out = new TreeWriter();
    copy(TreeReader.of(tree).readTree(), out);
    assertThat(out.tree()).isEqualTo(tree);
  }

  @Property
  void everyCutIsRefused(@ForAll("trees") Json tree) {
    byte[] text = Json.Obj.of("a", tree).toBytes();
    for (int length = 0; length < text.length; length++) {
      byte[] cut = Arrays.copyOf(text, length);
      assertThatThrownBy(() -> Json.parse(cut)).hasMessage("unexpected end of JSON input");
      assertThatThrownBy(() -> JsonReader.of(cut).skip())
          .hasMessage("unexpected end of JSON input");
    }
  }

  @Property
  void readingAndSkippingAgreeOnAnyBytes(@ForAll @Size(max = 40) byte[] text) {
    assertThat(outcome(() -> Json.parse(text)))
        .isEqualTo(outcome(() -> JsonReader.of(text).skip()));
  }

  @Property
  void readingAndSkippingAgreeOnDamagedText(
      @ForAll("trees") Json tree, @ForAll int where, @ForAll("telling") byte what) {
    byte[] text = tree.toBytes();
    text[Math.floorMod(where, text.length)] = what;
    assertThat(outcome(() -> Json.parse(text)))
        .isEqualTo(outcome(() -> JsonReader.of(text).skip()));
  }

  @Provide
  Arbitrary<Byte> telling() {
    return Arbitraries.of(
        "{}[]:,\"\\u0129-+.eEtrfn \n\u0001".chars().mapToObj(c -> (byte) c).toList());
  }

  private static String outcome(Runnable reading) {
    try {
      reading.run();
      return "";
    } catch (CodecException e) {
      // Reading may refuse a number that is well formed.
      return String.valueOf(e.getMessage()).startsWith("json:")
          ? ""
          : String.valueOf(e.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``            | unexpected end of JSON input
          {             | unexpected end of JSON input
          x             | invalid character 'x' looking for beginning of value
          {x            | invalid character 'x' looking for beginning of object key string
          {"a":1,}      | invalid character '}' looking for beginning of object key string
          {"a" 1}       | invalid character '1' after object key
          {"a":1 "b":2} | invalid character '"' after object key:value pair
          {"a":01}      | invalid character '1' after object key:value pair
          [1 2]         | invalid character '2' after array element
          [1,]          | invalid character ']' looking for beginning of value
          {} {}         | invalid character '{' after top-level value
          1x            | invalid character 'x' after top-level value
          nul           | unexpected end of JSON input
          nulk          | invalid character 'k' in literal null (expecting 'l')
          trye          | invalid character 'y' in literal true (expecting 'u')
          -a            | invalid character 'a' in numeric literal
          1.x           | invalid character 'x' after decimal point in numeric literal
          1e+           | unexpected end of JSON input
          1ex           | invalid character 'x' in exponent of numeric literal
          "\\x"         | invalid character 'x' in string escape code
          "\\u00g0"     | invalid character 'g' in \\u hexadecimal character escape
          {'a':1}       | invalid character '\\'' looking for beginning of object key string
          é             | invalid character 'Ã' looking for beginning of value
          1e999         | json: cannot unmarshal number 1e999 into Go value of type float64
          """)
  void syntaxIsRefusedInTheWordsOfGo(String text, String message) {
    assertThatThrownBy(() -> Json.parse(text.strip())).hasMessage(message.strip());
  }

  @Test
  void controlsInStringsAreRefused() {
    assertThatThrownBy(() -> Json.parse("\"a\nb\""))
        .hasMessage("invalid character '\\n' in string literal");
    assertThatThrownBy(() -> Json.parse("\"12345678\u0000\""))
        .hasMessage("invalid character '\\x00' in string literal");
  }

  @Test
  void nestingIsBounded() {
    byte[] open = "[".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> Json.parse(open))
        .hasMessage("invalid character '[' exceeded max depth");
    assertThatThrownBy(() -> JsonReader.of(open).skip())
        .hasMessage("invalid character '[' exceeded max depth");
    String deep = "[".repeat(1000) + "]".repeat(1000);
    assertThat(Json.parse(deep).text()).isEqualTo(deep);
    JsonReader.of(("[".repeat(10_000) + "]".repeat(10_000)).getBytes(StandardCharsets.US_ASCII))
        .skip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\ud800", "\\ud800x", "\\udc00", "\\ud800\\u0041"})
  void halfSurrogatesBecomeReplacementCharacters(String escaped) {
    assertThat(Json.parse("\"" + escaped + "\"").text()).startsWith("\"\ufffd");
  }

  @Test
  void eachByteThatIsNotUtf8BecomesAReplacementCharacter() {
    byte[] text = {'"', 'a', (byte) 0xe2, (byte) 0x82, 'b', (byte) 0xff, '"'};
    assertThat(Json.parse(text)).isEqualTo(Json.of("a\ufffd\ufffdb\ufffd"));
    assertThat(Json.parse("\"\\ud83d\\ude00 \u20ac \\/\\b\\f\\n\\r\\t\\\\\\\"\""))
        .isEqualTo(Json.of("\ud83d\ude00 \u20ac /\b\f\n\r\t\\\""));
  }

  @Test
  void textIsEscapedAsGoDoes() {
    assertThat(Json.of("<a href=\"x\">&\u2028\u007f\u0001\b\f\n\\ €😀\ud800").text())
        .isEqualTo(
            "\"\\u003ca href=\\\"x\\\"\\u003e\\u0026\\u2028\u007f\\u0001\\b\\f\\n"
                + "\\\\ €😀\\ufffd\"");
  }

  @ParameterizedTest
  @CsvSource({
    "1.0,1",
    "0.1,0.1",
    "1e20,100000000000000000000",
    "1e21,1e+21",
    "1.5e300,1.5e+300",
    "0.000001,0.000001",
    "0.0000001,1e-7",
    "-2.5,-2.5",
    "-1.25e-9,-1.25e-9",
    "-0.0,-0",
    "0.0,0"
  })
  void realsAreWrittenAsGoDoes(double value, String text) {
    assertThat(new Json.Num(value).text()).isEqualTo(text);
  }

  @Test
  void integersStayExact() {
    assertThat(Json.parse("[9223372036854775807,-9223372036854775808,-0,1e3,9223372036854775808]"))
        .isEqualTo(
            new Json.Arr(
                List.of(
                    Json.of(Long.MAX_VALUE),
                    Json.of(Long.MIN_VALUE),
                    Json.of(0),
                    new Json.Num(1000),
                    new Json.Num(0x1p63))));
  }

  @Test
  void membersKeepTheirPlaceAndTheLastValueWins() {
    StringBuilder text = new StringBuilder("{\"k0\":-1");
    for (int i = 0; i < 100; i++) {
      text.append(",\"k").append(i).append("\":").append(i);
    }
    Json.Obj object = (Json.Obj) Json.parse(text + "}");

    assertThat(object.members()).hasSize(100);
    assertThat(object.members().keySet()).startsWith("k0", "k1").endsWith("k99");
    assertThat(object.get("k0")).isEqualTo(Json.of(0));
    assertThat(object.get("k100")).isNull();
    assertThat(object.with("k5", Json.of("x")).without("k0").members().keySet())
        .startsWith("k1", "k2", "k3", "k4", "k5")
        .hasSize(99);
  }

  @Test
  void timesAreWrittenInUtc() {
    JsonWriter out = new JsonWriter();
    out.beginArray();
    out.writeTime(Instant.parse("2026-01-02T03:04:05.678Z"));
    out.writeMicroTime(Instant.parse("2026-01-02T03:04:05.000678Z"));
    out.endArray();
    assertThat(new String(out.toByteArray(), StandardCharsets.UTF_8))
        .isEqualTo("[\"2026-01-02T03:04:05Z\",\"2026-01-02T03:04:05.000678Z\"]");
  }

  private static void copy(Json tree, FieldWriter out) {
    switch (tree) {
      case Json.Obj object -> {
        out.beginObject();
        object
            .members()
            .forEach(
                (name, value) -> {
                  out.name(name);
                  copy(value, out);
                });
        out.endObject();
      }
      case Json.Arr array -> {
        out.beginArray();
        array.elements().forEach(element -> copy(element, out));
        out.endArray();
      }
      case Json.Str text -> out.writeString(text.value());
      case Json.Int number -> out.writeLong(number.value());
      case Json.Num number -> out.writeTree(number);
      case Json.Bool flag -> out.writeBoolean(flag.value());
      case Json.Null _ -> out.writeNull();
    }
  }
}
