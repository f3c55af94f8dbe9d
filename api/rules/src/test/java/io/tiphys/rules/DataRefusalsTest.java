package io.tiphys.rules;

import static io.tiphys.rules.Written.errors;
import static io.tiphys.rules.Written.updateErrors;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Config maps and secrets that are refused, in the words of ValidateSecret and ValidateConfigMap.
 */
class DataRefusalsTest {
  private static final String FROZEN = ": Forbidden: field is immutable when `immutable` is set";
  private static final String CONFIG = "kubernetes.io/dockerconfigjson";

  private static Arguments secret(String type, String data, String... messages) {
    return Arguments.of("{'type':'" + type + "','data':{" + data + "}}", messages);
  }

  private static String key(String name, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return "'" + name + "':'" + Base64.getEncoder().encodeToString(bytes) + "'";
  }

  private static Arguments config(String text, String... messages) {
    return secret(CONFIG, key(".dockerconfigjson", text), messages);
  }

  private static String redacted(String why) {
    return "data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": " + why;
  }

  static Stream<Arguments> secrets() {
    return Stream.of(
        secret("example.com/any", "'k':''"),
        secret("Opaque", "'a b':''", "data[a b]: Invalid value: \"a b\": " + CONFIG_KEY),
        secret(
            "kubernetes.io/service-account-token",
            "",
            "metadata.annotations[kubernetes.io/service-account.name]: Required value"),
        secret("kubernetes.io/dockercfg", "", "data[.dockercfg]: Required value"),
        secret(CONFIG, "", "data[.dockerconfigjson]: Required value"),
        config("{\"auths\":{}}"),
        config("null"),
        config("bad", redacted("invalid character 'b' looking for beginning of value")),
        config("", redacted("unexpected end of JSON input")),
        config(
            "[]",
            redacted("json: cannot unmarshal array into Go value of type map[string]interface {}")),
        secret(
            "kubernetes.io/basic-auth",
            "",
            "data[username]: Required value",
            "data[password]: Required value"),
        secret("kubernetes.io/basic-auth", "'username':''"),
        secret("kubernetes.io/ssh-auth", "", "data[ssh-privatekey]: Required value"),
        secret(
            "kubernetes.io/ssh-auth",
            "'ssh-privatekey':''",
            "data[ssh-privatekey]: Required value"),
        secret("kubernetes.io/ssh-auth", key("ssh-privatekey", "x")),
        secret("kubernetes.io/tls", "'tls.crt':''", "data[tls.key]: Required value"));
  }

  private static final String CONFIG_KEY =
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g."
          + " 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is"
          + " '[-._a-zA-Z0-9]+')";

  @ParameterizedTest
  @MethodSource("secrets")
  void aSecretIsWhatItsTypeSays(String secret, String... messages) {
    assertThat(errors(CoreV1.SECRETS, secret)).containsExactly(messages);
  }

  private static Arguments change(
      Resource<?> resource, String old, String now, String... messages) {
    return Arguments.of(resource, old, now, messages);
  }

  static Stream<Arguments> changes() {
    String map = "{'immutable':true,'data':{'k':'v'},'binaryData':{'b':'YQ=='}}";
    return Stream.of(
        change(CoreV1.CONFIGMAPS, map, map),
        change(
            CoreV1.CONFIGMAPS,
            map,
            "{'immutable':true,'data':{'a b':'v'},'binaryData':{'b':'YQ=='}}",
            "data" + FROZEN,
            "data[a b]: Invalid value: \"a b\": " + CONFIG_KEY),
        change(
            CoreV1.CONFIGMAPS,
            map,
            "{'data':{'k':'v'}}",
            "immutable" + FROZEN,
            "binaryData" + FROZEN),
        change(CoreV1.CONFIGMAPS, "{'data':{'k':'v'}}", map),
        change(
            CoreV1.SECRETS,
            "{'type':'a','immutable':true,'data':{'k':'YQ=='}}",
            "{'type':'kubernetes.io/ssh-auth','immutable':true,'data':{'k':'Yg=='}}",
            "type: Invalid value: \"kubernetes.io/ssh-auth\": field is immutable",
            "data" + FROZEN,
            "data[ssh-privatekey]: Required value"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void whatIsImmutableStays(Resource<?> resource, String old, String now, String... messages) {
    assertThat(updateErrors(resource, old, now)).containsExactly(messages);
  }
}
