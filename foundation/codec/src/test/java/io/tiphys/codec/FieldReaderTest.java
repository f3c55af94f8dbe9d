package io.tiphys.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads a small type of its own, the way generated records do, from text and from a tree. */
class FieldReaderTest {
  private record Box(
      String name,
      int replicas,
      double ratio,
      boolean paused,
      Bytes data,
      @Nullable Instant at,
      Map<String, String> labels,
      List<Box> boxes) {

    static Box read(FieldReader in) {
      String name = "";
      int replicas = 0;
      double ratio = 0;
      boolean paused = false;
      Bytes data = Bytes.EMPTY;
      Instant at = null;
      Map<String, String> labels = new LinkedHashMap<>();
      List<Box> boxes = new ArrayList<>();
      in.beginObject("v1.Box");
      for (String field = in.nextField(); field != null; field = in.nextField()) {
        switch (field) {
          case "name" -> name = in.readString();
          case "replicas" -> replicas = in.readInt();
          case "ratio" -> ratio = in.readDouble();
          case "paused" -> paused = in.readBoolean();
          case "data" -> data = in.readBytes();
          case "at" -> at = in.readInstant();
          case "labels" -> {
            in.beginObject("map[string]string");
            for (String key = in.nextField(); key != null; key = in.nextField()) {
              labels.put(key, in.readString());
            }
          }
          case "boxes" -> {
            in.beginArray("[]v1.Box");
            while (in.nextElement()) {
              boxes.add(read(in));
            }
          }
          default -> in.skipUnknown();
        }
      }
      return new Box(name, replicas, ratio, paused, data, at, labels, boxes);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void textAndTreeReadAlike() {
    String text =
        """
        {"name": "n\\u0041", "replicas": -3, "ratio": 1e2, "paused": true, "data": "aGk=",
         "at": "2026-01-02T05:04:05+02:00", "labels": {"a": "1", "b": null, "": "e"}, "x": [{}],
         "boxes": [{"name": "in"}, null, {"boxes": []}]}
        """;
    Box fromText = Box.read(JsonReader.of(utf8(text)));
    Box fromTree = Box.read(TreeReader.of(Json.parse(text)));

    assertThat(fromTree).isEqualTo(fromText);
    assertThat(fromText.name()).isEqualTo("nA");
    assertThat(fromText.replicas()).isEqualTo(-3);
    assertThat(fromText.ratio()).isEqualTo(100);
    assertThat(fromText.data().text()).isEqualTo("hi");
    assertThat(fromText.at()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(fromText.labels())
        .containsExactly(Map.entry("a", "1"), Map.entry("b", ""), Map.entry("", "e"));
    assertThat(fromText.boxes()).hasSize(3);
  }

  @Test
  void nullsLeaveFieldsAsTheyWere() {
    String text = "{\"name\":null,\"replicas\":null,\"labels\":null,\"boxes\":null,\"at\":null}";
    assertThat(Box.read(JsonReader.of(utf8(text))))
        .isEqualTo(Box.read(TreeReader.of(Json.parse("{}"))));
    assertThat(Box.read(JsonReader.of(utf8("null"))))
        .isEqualTo(Box.read(JsonReader.of(utf8("{}"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [] | json: cannot unmarshal array into Go value of type v1.Box
          {"name":1} | json: cannot unmarshal number into Go struct field Box.name of type string
          {"replicas":"1"} | json: cannot unmarshal string into Go struct field Box.replicas of type int32
          {"replicas":1.5} | json: cannot unmarshal number 1.5 into Go struct field Box.replicas of type int32
          {"replicas":3000000000} | json: cannot unmarshal number 3000000000 into Go struct field Box.replicas of type int32
          {"paused":"true"} | json: cannot unmarshal string into Go struct field Box.paused of type bool
          {"labels":{"a":{}}} | json: cannot unmarshal object into Go struct field Box.labels of type string
          {"labels":[]} | json: cannot unmarshal array into Go struct field Box.labels of type map[string]string
          {"boxes":{}} | json: cannot unmarshal object into Go struct field Box.boxes of type []v1.Box
          {"boxes":[{},{"name":true}]} | json: cannot unmarshal bool into Go struct field Box.boxes.name of type string
          {"boxes":["x"]} | json: cannot unmarshal string into Go struct field Box.boxes of type v1.Box
          {"data":"a"} | illegal base64 data at input byte 0
          {"data":"aGk=x"} | illegal base64 data at input byte 4
          {"data":"a!k="} | illegal base64 data at input byte 1
          {"at":"yesterday"} | parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"
          {"at":"2026-02-30T00:00:00Z"} | parsing time "2026-02-30T00:00:00Z": day out of range
          {"at":"2026-02-03"} | parsing time "2026-02-03" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T"
          {"at":"2026-02-03T00:00:00Zx"} | parsing time "2026-02-03T00:00:00Zx": extra text: "x"
          """)
  void mismatchesAreRefusedInTheWordsOfGo(String text, String message) {
    assertThatThrownBy(() -> Box.read(JsonReader.of(utf8(text)))).hasMessage(message);
    assertThatThrownBy(() -> Box.read(TreeReader.of(Json.parse(text)))).hasMessage(message);
  }

  @Test
  void aSyntaxErrorIsReportedBeforeAMismatch() {
    assertThatThrownBy(() -> Box.read(JsonReader.of(utf8("{\"name\":1,\"paused\":tru}"))))
        .hasMessage("invalid character '}' in literal true (expecting 'e')");
    assertThatThrownBy(() -> Box.read(JsonReader.of(utf8("{} x"))))
        .hasMessage("invalid character 'x' after top-level value");
  }

  @Test
  void aStrictReaderRemarksUnknownAndDuplicateFieldsInOrder() {
    JsonReader in =
        JsonReader.strict(
            utf8(
                """
                {"name":"a","name":"b","foo":1,"foo":2,"labels":{"k":"1","k":"2"},
                 "boxes":[{},{"bar":{"x":1,"x":2},"paused":true,"paused":false}]}
                """));

    assertThat(Box.read(in).name()).isEqualTo("b");
    assertThat(in.strictErrors())
        .containsExactly(
            "duplicate field \"name\"",
            "unknown field \"foo\"",
            "duplicate field \"labels.k\"",
            "unknown field \"boxes[1].bar\"",
            "duplicate field \"boxes[1].paused\"");
    TreeReader tree = TreeReader.strict(Json.parse("{\"boxes\":[{\"bar\":1}]}"));
    Box.read(tree);
    assertThat(tree.strictErrors()).containsExactly("unknown field \"boxes[0].bar\"");
  }

  @Test
  void duplicatesAreFoundAmongManyFieldsAndRemarksAreBounded() {
    StringBuilder text = new StringBuilder("{\"labels\":{\"k\":\"\"");
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 200; i++) {
        text.append(",\"k").append(i).append("\":\"\"");
      }
    }
    JsonReader in = JsonReader.strict(utf8(text + "}}"));

    assertThat(Box.read(in).labels()).hasSize(201);
    assertThat(in.strictErrors()).hasSize(100).startsWith("duplicate field \"labels.k0\"");
  }

  @Test
  void duplicatesInTreesAreRemarked() {
    JsonReader in = JsonReader.strict(utf8("{\"spec\":{\"a\":[{\"b\":1,\"b\":2}]}}"));
    Function<FieldReader, Json> reading = FieldReader::readTree;

    assertThat(reading.apply(in).text()).isEqualTo("{\"spec\":{\"a\":[{\"b\":2}]}}");
    assertThat(in.strictErrors()).containsExactly("duplicate field \"spec.a[0].b\"");
  }
}
