package io.tiphys.meta.patch;

import static io.tiphys.meta.TestSchemas.DEPLOYMENT;
import static io.tiphys.meta.TestSchemas.json;
import static io.tiphys.meta.TestSchemas.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tiphys.codec.Json;
import io.tiphys.meta.patch.PatchException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategicMergePatchTest {

  private static Json.Obj patched(String target, String patch) {
    return StrategicMergePatch.apply(object(target), json(patch), DEPLOYMENT);
  }

  private static String containers(String list) {
    return "{'spec':{'template':{'spec':{'containers':" + list + "}}}}";
  }

  private static String podSpec(String members) {
    return "{'spec':{'template':{'spec':" + members + "}}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'spec':{'replicas':1}} | {'spec':{'replicas':2}} | {'spec':{'replicas':2}}",
        "{'spec':{'replicas':1}} | {'spec':{'replicas':null}} | {'spec':{}}",
        "{} | {'spec':{'replicas':null,'raw':1}} | {'spec':{'raw':1}}",
        "{'spec':{'replicas':1,'raw':2}} | {'spec':{'$patch':'replace','raw':3}} |"
            + " {'spec':{'raw':3}}",
        "{'spec':{'replicas':1}} | {'spec':{'$patch':'delete'}} | {'spec':{}}",
        "{} | {'spec':{'$patch':'delete'}} | {}",
        "{'metadata':{'labels':{'a':'1','b':'2'}}} | {'metadata':{'labels':{'b':null,'c':'3'}}} |"
            + " {'metadata':{'labels':{'a':'1','c':'3'}}}",
        "{'metadata':{'finalizers':['a','b']}} | {'metadata':{'finalizers':['b','c']}} |"
            + " {'metadata':{'finalizers':['a','b','c']}}",
        "{'metadata':{'finalizers':['a','b']}} |"
            + " {'metadata':{'$deleteFromPrimitiveList/finalizers':['a','x']}} |"
            + " {'metadata':{'finalizers':['b']}}",
        "{'metadata':{'finalizers':['a','b','c']}} |"
            + " {'metadata':{'$setElementOrder/finalizers':['c','d','a'],'finalizers':['d']}} |"
            + " {'metadata':{'finalizers':['b','c','d','a']}}",
        "{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'x':'1'}}}} |"
            + " {'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}} |"
            + " {'spec':{'strategy':{'type':'Recreate'}}}",
      })
  void mergesMembers(String target, String patch, String result) {
    assertThat(patched(target, patch)).isEqualTo(json(result));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{'name':'a','image':'1'},{'name':'b'}] | [{'name':'a','image':'2'}] |"
            + " [{'name':'a','image':'2'},{'name':'b'}]",
        "[{'name':'a'}] | [{'name':'b'}] | [{'name':'b'},{'name':'a'}]",
        "[{'name':'a'},{'name':'b'}] | [{'name':'a','$patch':'delete'}] | [{'name':'b'}]",
        "[{'name':'a'},{'name':'b'}] | [{'$patch':'replace'},{'name':'c'}] | [{'name':'c'}]",
        "[{'name':'a','args':['x']}] | [{'name':'a','args':['y']}] | [{'name':'a','args':['y']}]",
        "[{'name':'a','ports':[{'containerPort':1}]}] |"
            + " [{'name':'a','ports':[{'containerPort':2}]}] |"
            + " [{'name':'a','ports':[{'containerPort':2},{'containerPort':1}]}]",
        "[{'name':'a','image':'1'}] | [{'name':'a','image':null}] | [{'name':'a'}]",
      })
  void mergesListsByKey(String target, String patch, String result) {
    assertThat(patched(containers(target), containers(patch))).isEqualTo(json(containers(result)));
  }

  @Test
  void replacesListsWithoutMergeStrategy() {
    assertThat(
            patched(podSpec("{'tolerations':[{'k':'1'}]}"), podSpec("{'tolerations':[{'k':'2'}]}")))
        .isEqualTo(json(podSpec("{'tolerations':[{'k':'2'}]}")));
  }

  @Test
  void ordersAsThePatchSays() {
    assertThat(
            patched(
                podSpec("{'containers':[{'name':'a'},{'name':'b'},{'name':'server'}]}"),
                podSpec(
                    "{'$setElementOrder/containers':[{'name':'b'},{'name':'c'},{'name':'a'}],"
                        + "'containers':[{'name':'c'},{'name':'a','image':'2'}]}")))
        .isEqualTo(
            json(
                podSpec(
                    "{'containers':[{'name':'b'},{'name':'c'},{'name':'a','image':'2'},"
                        + "{'name':'server'}]}")));
  }

  @Test
  void dropsDirectivesWhereThereIsNothingToChange() {
    assertThat(
            patched(
                podSpec("{}"),
                podSpec(
                    "{'containers':[{'name':'a','$patch':'delete'},{'name':'b','image':null}]}")))
        .isEqualTo(json(podSpec("{'containers':[{'name':'b'}]}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'spec':{}} | {'spec':{'$patch':'grow'}} | INTERNAL | unknown patch type: grow in map:"
            + " map[$patch:grow]",
        "{'spec':{}} | {'spec':{'$retainKeys':1}} | BAD_REQUEST | invalid patch format of"
            + " retainKeys",
        "{'spec':{}} | {'spec':{'$retainKeys':[],'replicas':1}} | BAD_REQUEST | invalid patch"
            + " format of retainKeys",
        "{'metadata':{}} | {'metadata':{'$setElementOrder':[]}} | BAD_REQUEST | invalid patch"
            + " format of setElementOrder list",
        "{'metadata':{}} | {'metadata':{'$deleteFromPrimitiveList':[]}} | BAD_REQUEST | invalid"
            + " patch format of primitive list",
        "{'metadata':{'finalizers':['a']}} | {'metadata':{'finalizers':[1]}} | INTERNAL | list"
            + " element types are not identical: [[a] [1]]",
      })
  void saysWhatIsWrongAsUpstream(String target, String patch, Kind kind, String message) {
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> patched(target, patch))
        .withMessage(message)
        .satisfies(e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void demandsMergeKeys() {
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(() -> patched(containers("[{'name':'a'}]"), containers("[{'image':'1'}]")))
        .withMessage("map: map[image:1] does not contain declared merge key: name");
  }

  @Test
  void refusesAnOrderThatThePatchDoesNotFollow() {
    assertThatExceptionOfType(PatchException.class)
        .isThrownBy(
            () ->
                patched(
                    "{'metadata':{'finalizers':[]}}",
                    "{'metadata':{'$setElementOrder/finalizers':['a'],'finalizers':['b']}}"))
        .withMessage("The order in patch list:\n[b]\n doesn't match $setElementOrder list:\n[a]\n");
  }
}
