package io.tiphys.rules;

import static io.tiphys.rules.Written.created;
import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.statusErrors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Node;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes that are refused, in the words of ValidateNode and ValidateNodeUpdate. */
class NodeRefusalsTest {
  private static Arguments row(String node, String... messages) {
    return Arguments.of(node, messages);
  }

  /** An annotation whose JSON has no quotes of its own that the tests' notation would change. */
  private static Arguments annotated(String name, String value, String... messages) {
    return row(
        ("{'metadata':{'annotations':{'scheduler.alpha.kubernetes.io/%s':'%s'}}}")
            .formatted(name, value),
        messages);
  }

  static Stream<Arguments> nodes() {
    String path = "metadata.annotations.scheduler.alpha.kubernetes.io/";
    return Stream.of(
        row(
            "{'spec':{'taints':[{'key':'a','effect':'NoExecute'},{'key':'a','value':'b',"
                + "'effect':'NoExecute'}]}}",
            "metadata.taints[1]: Duplicate value: {\"Key\":\"a\",\"Value\":\"b\","
                + "\"Effect\":\"NoExecute\",\"TimeAdded\":null}: taints must be unique by key and"
                + " effect pair"),
        row(
            "{'status':{'nodeInfo':{'swap':{'capacity':0}}}}",
            "metadata.nodeSwapStatus.capacity: Invalid value: 0: must be greater than 0"),
        row("{'status':{'declaredFeatures':['A','B/c']}}"),
        row(
            "{'status':{'declaredFeatures':['b','A','A']}}",
            "status.declaredFeatures[0]: Invalid value: \"b\": invalid feature name \"b\": must"
                + " start with an UpperCamelCase segment, with subsequent segments separated by"
                + " '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only"
                + " alphanumeric characters and slashes",
            "status.declaredFeatures[1]: Invalid value: \"A\": list must be sorted"
                + " alphabetically",
            "status.declaredFeatures[2]: Duplicate value: \"A\""),
        annotated("taints", "[]"),
        annotated(
            "taints",
            "[{}]",
            path + "taints[0].key: Invalid value: \"\": name part must be non-empty",
            path
                + "taints[0].key: Invalid value: \"\": name part must consist of alphanumeric"
                + " characters, '-', '_' or '.', and must start and end with an alphanumeric"
                + " character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
                + " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
            path + "taints[0].effect: Required value"),
        annotated(
            "preferAvoidPods",
            "{\\\"preferAvoidPods\\\":[{}]}",
            path + "preferAvoidPods[0].PodSignature: Required value"),
        annotated(
            "preferAvoidPods",
            "{\\\"preferAvoidPods\\\":[{\\\"podSignature\\\":{\\\"podController\\\":"
                + "{\\\"controller\\\":false}}}]}",
            path
                + "preferAvoidPods[0].PodSignature.PodController.Controller: Invalid value: false:"
                + " must point to a controller"));
  }

  @ParameterizedTest
  @MethodSource("nodes")
  void whatIsWrongIsSaid(String node, String... messages) {
    assertThat(errors(CoreV1.NODES, node)).containsExactly(messages);
  }

  @Test
  void networksAndTheProviderStay() {
    String old = "{'spec':{'podCIDRs':['10.0.0.0/24','fd00::/64'],'providerID':'a'}}";
    String fixed =
        "spec.podCIDRs: Forbidden: node updates may not change podCIDR except from \"\" to valid";
    assertThat(updateErrors(CoreV1.NODES, old, old)).isEmpty();
    assertThat(
            updateErrors(
                CoreV1.NODES,
                old,
                "{'spec':{'podCIDRs':['10.0.1.0/24','fd00:1::/64'],'providerID':'b'}}"))
        .containsExactly(
            fixed,
            fixed,
            "spec.providerID: Forbidden: node updates may not change providerID except from \"\""
                + " to valid");
    assertThat(updateErrors(CoreV1.NODES, old, "{'spec':{'providerID':'a'}}"))
        .containsExactly(fixed);
  }

  @Test
  void aStatusMayNameNoAddressTwice() {
    String address = "{'type':'InternalIP','address':'10.0.0.1'}";
    assertThat(
            statusErrors(
                CoreV1.NODES, "{}", "{'status':{'addresses':[" + address + "," + address + "]}}"))
        .containsExactly(
            "status.addresses[1]: Duplicate value: {\"Type\":\"InternalIP\","
                + "\"Address\":\"10.0.0.1\"}");
  }

  @Test
  void nobodyToldANodeWhereItsConfigurationIs() {
    Node node =
        created(
            CoreV1.NODES,
            "{'spec':{'configSource':{'configMap':{'name':'m'}}},'status':{'config':{}}}");
    assertThat(node.spec().configSource()).isNull();
    assertThat(node.status().config()).isNull();
  }
}
