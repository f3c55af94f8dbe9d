package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What kube-apiserver 1.36 answers to patches of the wrong type; measured there. */
class StrategicPatchErrorsTest {
  private static final String PODS = "/api/v1/namespaces/default/pods";
  private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
  private static final String STRATEGIC = "application/strategic-merge-patch+json";
  private static final String JSON_PATCH = "application/json-patch+json";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
    apiServer
        .post(
            PODS,
            "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\","
                + "\"image\":\"i\"}]}}")
        .expect(201);
    apiServer
        .post(
            DEPLOYMENTS,
            "{\"metadata\":{\"name\":\"d\"},\"spec\":{\"selector\":{\"matchLabels\":{\"a\":\"b\"}},"
                + "\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"containers\":"
                + "[{\"name\":\"c\",\"image\":\"i\"}]}}}}")
        .expect(201);
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  static Stream<Arguments> patches() {
    return Stream.of(
        row(
            "{'metadata':{'labels':'invalid'}}",
            "map[metadata:map[labels:invalid]]",
            "cannot restore map from string"),
        row(
            "{'metadata':{'labels':['x']}}",
            "map[metadata:map[labels:[x]]]",
            "cannot restore map from slice"),
        row(
            "{'spec':{'containers':'x'}}",
            "map[spec:map[containers:x]]",
            "cannot restore slice from string"),
        row(
            "{'metadata':{'finalizers':{'a':1}}}",
            "map[metadata:map[finalizers:map[a:1]]]",
            "cannot restore slice from map"),
        row("{'spec':'x'}", "map[spec:x]", "cannot restore struct from: string"),
        row("{'spec':['x']}", "map[spec:[x]]", "cannot restore struct from: slice"),
        row(
            "{'metadata':{'labels':{'a':5}}}",
            "map[metadata:map[labels:map[a:5]]]",
            "cannot convert int64 to string"),
        row(
            "{'metadata':{'annotations':{'a':true}}}",
            "map[metadata:map[annotations:map[a:true]]]",
            "unrecognized type: string"),
        row(
            "{'spec':{'activeDeadlineSeconds':'x'}}",
            "map[spec:map[activeDeadlineSeconds:x]]",
            "unrecognized type: int64"),
        row(
            "{'spec':{'priority':2.5}}",
            "map[spec:map[priority:2.5]]",
            "cannot convert float64 to int32"),
        row(
            "{'spec':{'hostNetwork':'yes'}}",
            "map[spec:map[hostNetwork:yes]]",
            "unrecognized type: bool"),
        row(
            "{'metadata':{'creationTimestamp':'x'}}",
            "map[metadata:map[creationTimestamp:x]]",
            "parsing time \"x\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"x\" as \"2006\""),
        row(
            "{'spec':{'containers':[{'name':'c','resources':{'limits':{'cpu':{}}}}]}}",
            "map[spec:map[containers:[map[name:c resources:map[limits:map[cpu:map[]]]]]]]",
            "quantities must match the regular expression"
                + " '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"));
  }

  private static Arguments row(String patch, String value, String detail) {
    return Arguments.of(patch.replace('\'', '"'), value, detail);
  }

  @ParameterizedTest
  @MethodSource("patches")
  void speaksAsTheConverter(String patch, String value, String detail) {
    assertThat(apiServer.patch(PODS + "/p", STRATEGIC, patch).expect(422).status().message())
        .isEqualTo(
            " \"\" is invalid: patch: Invalid value: \""
                + value.replace("\"", "\\\"")
                + "\": "
                + detail);
  }

  @Test
  void unknownFieldsShowThePatch() {
    Answered strict =
        apiServer.patch(PODS + "/p?fieldValidation=Strict", STRATEGIC, "{\"spec\":{\"foo\":1}}");
    assertThat(strict.expect(422).status().message())
        .endsWith(
            "patch: Invalid value: \"map[spec:map[foo:1]]\": strict decoding error: unknown field"
                + " \"spec.foo\"");
  }

  @Test
  void wholeNumbersMayHaveAFractionOfZeroOnlyInAStrategicPatch() {
    String two = "{\"spec\":{\"replicas\":2.0}}";
    assertThat(apiServer.patch(DEPLOYMENTS + "/d", STRATEGIC, two).expect(200).at("spec.replicas"))
        .isEqualTo("2");
    String surge =
        "{\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxSurge\":3.0,\"maxUnavailable\":0.0}}}}";
    assertThat(
            apiServer
                .patch(DEPLOYMENTS + "/d", STRATEGIC, surge)
                .expect(200)
                .at("spec.strategy.rollingUpdate.maxSurge"))
        .isEqualTo("3");
    assertThat(
            apiServer
                .patch(DEPLOYMENTS + "/d", STRATEGIC, two.replace("2.0", "2.5"))
                .expect(422)
                .status()
                .message())
        .endsWith("\"map[spec:map[replicas:2.5]]\": cannot convert float64 to int32");
    String refusal =
        "json: cannot unmarshal number 2.0 into Go struct field DeploymentSpec.spec.replicas of"
            + " type int32";
    assertThat(apiServer.merge(DEPLOYMENTS + "/d", two).expect(422).status().message())
        .endsWith(refusal);
    String replace = "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":2.0}]";
    assertThat(
            apiServer.patch(DEPLOYMENTS + "/d", JSON_PATCH, replace).expect(422).status().message())
        .endsWith(refusal);
    assertThat(apiServer.post(DEPLOYMENTS, two).expect(400).status().message()).endsWith(refusal);
    assertThat(apiServer.put(DEPLOYMENTS + "/d", two).expect(400).status().message())
        .endsWith(refusal);
  }
}
