package io.tiphys.meta.patch;

import static io.tiphys.meta.TestSchemas.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tiphys.codec.Json;
import io.tiphys.meta.patch.PatchException.Kind;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPatchTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':1} | [] | {'a':1}",
        "{'a':1} | null | {'a':1}",
        "{'a':1} | [{'op':'add','path':'/b','value':2}] | {'a':1,'b':2}",
        "{'a':1} | [{'op':'add','path':'/a','value':2}] | {'a':2}",
        "{'a':1} | [{'op':'add','path':'/b'}] | {'a':1,'b':null}",
        "{'a':[1,3]} | [{'op':'add','path':'/a/1','value':2}] | {'a':[1,2,3]}",
        "{'a':[1]} | [{'op':'add','path':'/a/-','value':2}] | {'a':[1,2]}",
        "{'a':[1]} | [{'op':'add','path':'/a/-1','value':2}] | {'a':[1,2]}",
        "{'a':{'b':[{}]}} | [{'op':'add','path':'/a/b/0/c','value':2}] | {'a':{'b':[{'c':2}]}}",
        "{'a':1,'b':2} | [{'op':'remove','path':'/a'}] | {'b':2}",
        "{'a':[1,2,3]} | [{'op':'remove','path':'/a/-2'}] | {'a':[1,3]}",
        "{'a':1} | [{'op':'replace','path':'/a','value':[]}] | {'a':[]}",
        "{'a':1} | [{'op':'replace','path':'/b','value':2}] | {'a':1,'b':2}",
        "{'a':[1]} | [{'op':'replace','path':'/a/0','value':2}] | {'a':[2]}",
        "{'a':1} | [{'op':'replace','path':'','value':{'b':1}}] | {'b':1}",
        "{'a':1} | [{'op':'move','from':'/a','path':'/b'}] | {'b':1}",
        "{'a':[1,2]} | [{'op':'move','from':'/a/0','path':'/a/-'}] | {'a':[2,1]}",
        "{'a':{'x':1}} | [{'op':'copy','from':'/a','path':'/b'}] | {'a':{'x':1},'b':{'x':1}}",
        "{'a':1} | [{'op':'test','path':'/a','value':1}] | {'a':1}",
        "{'a':null} | [{'op':'test','path':'/a'}] | {'a':null}",
        "{'a':1} | [{'op':'test','path':'/b','value':null}] | {'a':1}",
        "{'a/b':1,'c~d':2} | [{'op':'remove','path':'/a~1b'},{'op':'remove','path':'/c~0d'}] | {}",
        "{'~1':1} | [{'op':'remove','path':'/~01'}] | {}",
      })
  void applies(String document, String patch, String result) {
    assertThat(JsonPatch.of(json(patch)).apply(json(document))).isEqualTo(json(result));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | [{'op':'add','path':'/a/b','value':1}] | add operation does not apply: doc is missing"
            + " path: \"/a/b\": missing value",
        "{} | [{'op':'add','path':'','value':1}] | add operation does not apply: doc is missing"
            + " path: \"\": missing value",
        "{'a':[]} | [{'op':'add','path':'/a/2','value':1}] | error in add for path: '/a/2': Unable"
            + " to access invalid index: 2: invalid index referenced",
        "{'a':[]} | [{'op':'add','path':'/a/x','value':1}] | error in add for path: '/a/x': value"
            + " was not a proper array index: 'x': strconv.Atoi: parsing \"x\": invalid syntax",
        "{} | [{'op':'remove','path':'/a'}] | error in remove for path: '/a': Unable to remove"
            + " nonexistent key: a: missing value",
        "{'a':1} | [{'op':'remove','path':'/a/b/c'}] | remove operation does not apply: doc is"
            + " missing path: \"/a/b/c\": missing value",
        "{'a':[]} | [{'op':'replace','path':'/a/0','value':1}] | replace operation does not apply:"
            + " doc is missing key: /a/0: missing value",
        "{'a':1} | [{'op':'test','path':'/a','value':2}] | testing value /a failed: test failed",
        "{'a':1} | [{'op':'test','path':'/a'}] | testing value /a failed: test failed",
        "{} | [{'op':'move','from':'/a','path':'/b'}] | error in move for path: 'a': Unable to"
            + " remove nonexistent key: a: missing value",
        "{} | [{'op':'jump','path':'/a'}] | Unexpected kind: jump",
        "{} | [{'path':'/a'}] | Unexpected kind: unknown",
        "{} | [{'op':'add'}] | add operation failed to decode path: missing value",
      })
  void saysWhyItDoesNotApply(String document, String patch, String message) {
    JsonPatch parsed = JsonPatch.of(json(patch));
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> parsed.apply(json(document)))
        .withMessage(message)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.UNPROCESSABLE));
  }

  @Test
  void saysWhatIsNoPatch() {
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> JsonPatch.of(json("{}")))
        .withMessage(
            "error decoding patch: json: cannot unmarshal object into Go value of type"
                + " []handlers.jsonPatchOp");
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> JsonPatch.of(json("[{'op':1}]")))
        .withMessage(
            "error decoding patch: json: cannot unmarshal number into Go struct field"
                + " jsonPatchOp.op of type string");
  }

  @Test
  void boundsTheOperations() {
    Json step = json("{'op':'test','path':'/a','value':1}");
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> JsonPatch.of(new Json.Arr(Collections.nCopies(10_001, step))))
        .withMessage("The allowed maximum operations in a JSON patch is 10000, got 10001")
        .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LARGE));
  }

  @Test
  void boundsWhatCopiesAdd() {
    Json step = json("{'op':'copy','from':'/a','path':'/a/-'}");
    JsonPatch doublings = JsonPatch.of(new Json.Arr(Collections.nCopies(100, step)));
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> doublings.apply(json("{'a':['0123456789']}")))
        .withMessageStartingWith("Unable to complete the copy, the accumulated size increase");
  }
}
