package io.tiphys.meta.apply;

import static io.tiphys.meta.TestSchemas.DEPLOYMENT;
import static io.tiphys.meta.TestSchemas.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tiphys.codec.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FieldSetTest {

  static FieldSet set(String fieldsV1) {
    return FieldSet.ofJson(json(fieldsV1));
  }

  private static String text(FieldSet set) {
    JsonWriter out = new JsonWriter();
    out.writeTree(set.toJson());
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"f:a\":{}}",
        "{\"f:a\":{\".\":{},\"f:b\":{}}}",
        "{\"f:a\":{\"f:b\":{},\"f:c\":{\"f:d\":{}}}}",
        "{\"f:l\":{\"k:{\\\"name\\\":\\\"x\\\"}\":{\".\":{},\"f:name\":{}}}}",
        "{\"f:l\":{\"k:{\\\"containerPort\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{}}}",
        "{\"f:s\":{\"v:1\":{},\"v:\\\"a\\\"\":{},\"v:true\":{},\"v:null\":{}}}",
        "{\"f:a\":{},\"k:{\\\"n\\\":1}\":{},\"v:1\":{},\"i:0\":{},\"i:10\":{}}",
      })
  void printsWhatItReads(String fields) {
    assertThat(text(FieldSet.ofJson(json(fields)))).isEqualTo(fields);
  }

  @Test
  void printsInUpstreamsOrder() {
    assertThat(text(set("{'i:0':{},'v:1':{},'f:b':{},'f:a':{'f:x':{},'.':{}}}")))
        .isEqualTo("{\"f:a\":{\".\":{},\"f:x\":{}},\"f:b\":{},\"v:1\":{},\"i:0\":{}}");
  }

  @Test
  void dropsKindsOfALaterVersion() {
    assertThat(set("{'f:a':{},'z:b':{}}")).isEqualTo(set("{'f:a':{}}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'a':{}}", "{'fa':{}}", "{'k:1':{}}", "{'v:{':{}}", "{'i:x':{}}", "[]"})
  void refusesWhatIsMalformed(String fields) {
    assertThatIllegalArgumentException().isThrownBy(() -> set(fields));
  }

  @Test
  void tellsMembersFromWhatIsBelow() {
    FieldSet set = set("{'f:a':{'f:b':{}}}");
    PathElement a = PathElement.field("a");
    PathElement b = PathElement.field("b");
    assertThat(set.contains(List.of(a))).isFalse();
    assertThat(set.contains(List.of(a, b))).isTrue();
    assertThat(set.contains(List.of(a, b, a))).isFalse();
    assertThat(set.contains(List.of())).isFalse();
    assertThat(set.size()).isEqualTo(1);
  }

  @Test
  void subtractsPathByPathOrWithWhatIsBelow() {
    FieldSet set = set("{'f:a':{'.':{},'f:b':{}},'f:c':{}}");
    FieldSet parent = set("{'f:a':{}}");
    assertThat(set.difference(parent)).isEqualTo(set("{'f:a':{'f:b':{}},'f:c':{}}"));
    assertThat(set.recursiveDifference(parent)).isEqualTo(set("{'f:c':{}}"));
    assertThat(parent.difference(set("{'f:a':{'f:b':{}}}"))).isEqualTo(parent);
  }

  @Test
  void showsPathsAsMessagesDo() {
    assertThat(
            set("{'f:spec':{'f:l':{'k:{\\\"name\\\":\\\"x\\\",\\\"port\\\":1}':{'f:image':{}}},"
                    + "'f:s':{'v:\\\"a\\\"':{}},'f:i':{'i:2':{}}}}")
                .paths())
        .containsExactly(".spec.i[2]", ".spec.l[name=\"x\",port=1].image", ".spec.s[=\"a\"]");
  }

  @Test
  void ownsWhatIsSet() {
    FieldSet owned =
        FieldSets.of(
            json(
                """
                {'metadata': {'labels': {'app': 'web'}, 'finalizers': ['f']},
                 'spec': {
                   'replicas': 1,
                   'selector': {'matchLabels': {'app': 'web'}},
                   'strategy': {},
                   'raw': {'a': [1, {'b': 2}]},
                   'template': {'spec': {
                     'nodeSelector': {'disk': 'ssd'},
                     'containers': [{
                       'name': 'x',
                       'args': ['a'],
                       'ports': [{'containerPort': 80}]}]}}}}
                """),
            DEPLOYMENT);
    assertThat(owned)
        .isEqualTo(
            set(
                """
                {'f:metadata': {'f:labels': {'f:app': {}}, 'f:finalizers': {'v:\\"f\\"': {}}},
                 'f:spec': {
                   'f:replicas': {},
                   'f:selector': {},
                   'f:strategy': {},
                   'f:raw': {'f:a': {}},
                   'f:template': {'f:spec': {
                     'f:nodeSelector': {},
                     'f:containers': {'k:{\\"name\\":\\"x\\"}': {
                       '.': {},
                       'f:name': {},
                       'f:args': {},
                       'f:ports': {'k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}': {
                         '.': {}, 'f:containerPort': {}}}}}}}}}
                """));
  }

  @Test
  void ownsDuplicatesAsWholes() {
    FieldSet owned =
        FieldSets.of(
            json("{'spec':{'template':{'spec':{'containers':[{'name':'x'},{'name':'x'}]}}}}"),
            DEPLOYMENT);
    assertThat(owned.paths()).containsExactly(".spec.template.spec.containers[name=\"x\"]");
  }

  @Test
  void addsNamedFieldsOnTheWay() {
    FieldSet set =
        set("{'f:metadata':{'f:labels':{'f:a':{}}},'f:spec':{'f:raw':{'f:x':{'f:y':{}}}}}");
    assertThat(set.withNamedFields(DEPLOYMENT))
        .isEqualTo(
            set(
                "{'f:metadata':{'.':{},'f:labels':{'.':{},'f:a':{}}},"
                    + "'f:spec':{'.':{},'f:raw':{'.':{},'f:x':{'f:y':{}}}}}"));
  }

  @Test
  void shrinksToWhatIsAtomicNow() {
    FieldSet set = set("{'f:spec':{'f:selector':{'f:matchLabels':{'f:a':{}}},'f:replicas':{}}}");
    assertThat(set.reconciled(DEPLOYMENT))
        .isEqualTo(set("{'f:spec':{'f:selector':{},'f:replicas':{}}}"));
  }

  @Test
  void filtersByPrefixesWithStars() {
    FieldSet set =
        set(
            "{'f:spec':{'f:containers':{'k:{\\\"name\\\":\\\"x\\\"}':"
                + "{'.':{},'f:image':{},'f:resources':{'f:limits':{}}}},'f:nodeName':{}}}");
    assertThat(
            FieldFilter.including(List.of(List.of("spec", "containers", "*", "resources")))
                .apply(set)
                .paths())
        .containsExactly(
            ".spec.containers[name=\"x\"]", ".spec.containers[name=\"x\"].resources.limits");
    assertThat(FieldFilter.excluding(List.of(List.of("spec"))).apply(set))
        .isEqualTo(FieldSet.EMPTY);
  }
}
