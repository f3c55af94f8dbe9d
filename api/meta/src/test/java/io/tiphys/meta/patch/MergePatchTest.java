package io.tiphys.meta.patch;

import static io.tiphys.meta.TestSchemas.json;
import static io.tiphys.meta.TestSchemas.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchTest {

  /** The examples of RFC 7386 whose target and patch are objects. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':'b'} | {'a':'c'} | {'a':'c'}",
        "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
        "{'a':'b'} | {'a':null} | {}",
        "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}",
        "{'a':['b']} | {'a':'c'} | {'a':'c'}",
        "{'a':'c'} | {'a':['b']} | {'a':['b']}",
        "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}",
        "{'e':null} | {'a':1} | {'e':null,'a':1}",
        "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}",
        "{'a':1} | {'a':{'b':null,'c':2}} | {'a':{'c':2}}",
      })
  void merges(String target, String patch, String result) {
    assertThat(MergePatch.apply(object(target), json(patch))).isEqualTo(json(result));
  }

  @Test
  void refusesWhatIsNoObject() {
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> MergePatch.apply(object("{}"), json("[]")))
        .withMessage(
            "error decoding patch: json: cannot unmarshal array into Go value of type"
                + " map[string]interface {}");
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> MergePatch.apply(object("{}"), json("null")))
        .withMessage("Invalid JSON Patch");
  }
}
