package io.tiphys.rules.customresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ObjectCodec;
import io.tiphys.codec.Json;
import io.tiphys.meta.GroupVersionKind;
import io.tiphys.rules.FieldError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Objects read, pruned, completed and judged by a structural schema. */
class CustomTypeTest {
  private static Json.Obj json(String text) {
    return (Json.Obj) Json.parse(text.replace('\'', '"'));
  }

  private static CustomType type(String spec) {
    return new CustomType(
        new GroupVersionKind("example.com", "v1", "Widget"),
        json("{'type':'object','properties':{'spec':" + spec + "}}"));
  }

  private static ObjectCodec.Strict<CustomObject> strict(CustomType type, String spec) {
    String text = "{'metadata':{'name':'a'},'spec':" + spec + "}";
    return ObjectCodec.fromJsonStrict(
        type, text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static Json spec(CustomType type, String spec) {
    CustomObject complete = type.complete(strict(type, spec).value());
    return Objects.requireNonNull(complete.content().get("spec"));
  }

  private static List<String> problems(String schema, String spec) {
    CustomType type = type(schema);
    return ValueValidation.validate("", strict(type, spec).value().tree(), null, type.structural())
        .stream()
        .map(FieldError::message)
        .toList();
  }

  @Test
  void defaultsAreFilledInAllTheWayDown() {
    CustomType type =
        type(
            "{'type':'object','properties':{"
                + "'a':{'type':'object','default':{},'properties':{"
                + "'b':{'type':'integer','default':1}}},"
                + "'l':{'type':'array','items':{'type':'object','properties':{"
                + "'c':{'type':'string','default':'x'}}}},"
                + "'m':{'type':'object','additionalProperties':{'type':'object','properties':{"
                + "'d':{'type':'boolean','default':true}}}}}}");
    assertThat(spec(type, "{'l':[{}],'m':{'k':{}}}"))
        .isEqualTo(json("{'a':{'b':1},'l':[{'c':'x'}],'m':{'k':{'d':true}}}"));
  }

  @Test
  void nullsGoUnlessTheyAreValuesOrGiveWayToDefaults() {
    CustomType type =
        type(
            "{'type':'object','properties':{"
                + "'plain':{'type':'string'},"
                + "'full':{'type':'string','default':'x'},"
                + "'empty':{'type':'string','nullable':true,'default':'y'}}}");
    assertThat(spec(type, "{'plain':null,'full':null,'empty':null}"))
        .isEqualTo(json("{'full':'x','empty':null}"));
  }

  @Test
  void unknownFieldsGoAndAreToldOf() {
    CustomType type =
        type(
            "{'type':'object','properties':{'open':{'type':'object',"
                + "'x-kubernetes-preserve-unknown-fields':true,'properties':{"
                + "'known':{'type':'object'}}}}}");
    ObjectCodec.Strict<CustomObject> read =
        strict(type, "{'z':1,'open':{'a':{'b':1},'known':{'c':1}}}");
    assertThat(read.remarks())
        .containsExactly("unknown field \"spec.open.known.c\"", "unknown field \"spec.z\"");
    assertThat(read.value().content().get("spec"))
        .isEqualTo(json("{'open':{'a':{'b':1},'known':{}}}"));
  }

  @Test
  void objectsWithinHaveTheMetadataOfObjects() {
    CustomType type =
        type(
            "{'type':'object','properties':{'pod':{'type':'object',"
                + "'x-kubernetes-embedded-resource':true,"
                + "'x-kubernetes-preserve-unknown-fields':true}}}");
    CustomObject read = strict(type, "{'pod':{'metadata':{'name':'x','foo':1},'any':1}}").value();
    assertThat(read.content().get("spec"))
        .isEqualTo(json("{'pod':{'metadata':{'name':'x'},'any':1}}"));
    assertThat(
            EmbeddedObjects.validate(read.content(), type.structural()).stream()
                .map(FieldError::message))
        .containsExactly("spec.pod.apiVersion: Required value", "spec.pod.kind: Required value");
  }

  @Test
  void severalSchemasAreWeighedAgainstOneAnother() {
    String either =
        "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'integer'}},"
            + "'oneOf':[{'required':['a']},{'required':['b']}]}";
    assertThat(problems(either, "{'a':1}")).isEmpty();
    assertThat(problems(either, "{}"))
        .contains(
            "<nil>: Invalid value: \"\": \"spec\" must validate one and only one schema (oneOf)."
                + " Found none valid");
    assertThat(problems(either, "{'a':1,'b':1}"))
        .containsExactly(
            "<nil>: Invalid value: \"\": \"spec\" must validate one and only one schema (oneOf)."
                + " Found 2 valid alternatives");
    String never = "{'type':'object','properties':{'a':{'type':'integer','not':{'enum':[3]}}}}";
    assertThat(problems(never, "{'a':3}"))
        .containsExactly(
            "<nil>: Invalid value: \"\": \"spec.a\" must not validate the schema (not)");
    assertThat(problems(never, "{'a':4}")).isEmpty();
  }

  @Test
  void whatAnUpdateLeavesAsItWasIsNotJudgedAgain() {
    CustomType type =
        type(
            "{'type':'object','properties':{'a':{'type':'integer','maximum':5},"
                + "'b':{'type':'integer'}}}");
    Json old = strict(type, "{'a':9,'b':1}").value().tree();
    Json next = strict(type, "{'a':9,'b':2}").value().tree();
    Json worse = strict(type, "{'a':10,'b':2}").value().tree();
    assertThat(ValueValidation.validate("", next, old, type.structural())).isEmpty();
    assertThat(ValueValidation.validate("", worse, old, type.structural())).hasSize(1);
  }

  @Test
  void formatsAreLookedAtWhereTheyAreKnown() {
    String dates = "{'type':'object','properties':{'d':{'type':'string','format':'date-time'}}}";
    assertThat(problems(dates, "{'d':'2026-01-01T00:00:00Z'}")).isEmpty();
    assertThat(problems(dates, "{'d':'soon'}"))
        .containsExactly(
            "spec.d: Invalid value: \"soon\": spec.d in body must be of type date-time: \"soon\"");
    String numbers = "{'type':'object','properties':{'i':{'type':'integer','format':'int32'}}}";
    assertThat(problems(numbers, "{'i':3000000000}")).hasSize(1);
    String unknown = "{'type':'object','properties':{'d':{'type':'string','format':'mine'}}}";
    assertThat(problems(unknown, "{'d':'x'}")).isEmpty();
  }
}
