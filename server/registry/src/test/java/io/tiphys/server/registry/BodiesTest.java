package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies that do not fit; codes and words are upstream's. */
class BodiesTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static void refused(Answered answer, int code, String message) {
    assertThat(answer.status().message()).isEqualTo(message);
    assertThat(answer.code()).isEqualTo(code);
  }

  @Test
  void versionAndKindAreTexts() {
    refused(
        apiServer.post(MAPS, "{\"apiVersion\":1,\"metadata\":{}}"),
        400,
        "the object provided is unrecognized (must be of type ConfigMap): couldn't get"
            + " version/kind; json parse error: json: cannot unmarshal number into Go struct"
            + " field .apiVersion of type string ({\"apiVersion\":1,\"metadata\":{}})");
    refused(
        apiServer.post(MAPS, "null"),
        422,
        "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is"
            + " required");
  }

  @Test
  void anotherKindDoesNotConvert() {
    refused(
        apiServer.post(MAPS, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}"),
        400,
        "Pod in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Pod) to"
            + " (core.ConfigMap): unknown conversion");
    apiServer.post(MAPS, "{\"metadata\":{\"name\":\"a\"}}").expect(201);
    assertThat(apiServer.merge(MAPS + "/a", "{\"kind\":\"Pod\"}").expect(422).status().message())
        .endsWith("converting (v1.Pod) to (core.ConfigMap): unknown conversion");
    apiServer
        .patch(MAPS + "/a", "application/strategic-merge-patch+json", "{\"kind\":\"Pod\"}")
        .expect(200);
  }

  @Test
  void aStrictReaderRemarksInTheOrderOfTheText() {
    refused(
        apiServer.post(
            MAPS + "?fieldValidation=Strict",
            "{\"metadata\":{\"name\":\"q\",\"x\":1,\"labels\":{\"a\":\"b\",\"a\":\"c\"}},"
                + "\"foo\":1}"),
        400,
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error:"
            + " unknown field \"metadata.x\", duplicate field \"metadata.labels.a\", unknown"
            + " field \"foo\"");
  }

  @Test
  void aNewObjectHasNoVersion() {
    refused(
        apiServer.post(MAPS, "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"5\"}}"),
        500,
        "resourceVersion should not be set on objects to be created");
    apiServer.post(MAPS, "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"0\"}}").expect(201);
  }

  @Test
  void optionsOfADeletionAreReadAsTheyAre() {
    refused(
        apiServer.send("DELETE", MAPS + "/a", "{\"foo\":", Map.of()),
        400,
        "couldn't get version/kind; json parse error: unexpected end of JSON input");
  }

  @Test
  void pathsHaveTheMethodsTheyHave() {
    String no = "the server does not allow this method on the requested resource";
    refused(apiServer.post(MAPS + "/a", "{}"), 405, no);
    refused(apiServer.put(MAPS, "{\"metadata\":{\"name\":\"a\"}}"), 405, no);
    refused(apiServer.merge(MAPS, "{}"), 405, no);
    refused(apiServer.post("/api/v1/configmaps", "{}"), 405, no);
    refused(apiServer.delete("/api/v1/configmaps"), 405, no);
    refused(apiServer.delete("/api/v1/namespaces"), 405, no);
    assertThat(apiServer.get(MAPS + "/a").expect(404).status().reason()).isEqualTo("NotFound");
    refused(
        apiServer.get("/api/v1/configmaps/a"),
        404,
        "the server could not find the requested resource");
    refused(
        apiServer.get("/api/v1/namespaces/default/nodes"),
        404,
        "the server could not find the requested resource");
  }

  @Test
  void aReplacementNamesItself() {
    refused(
        apiServer.put(MAPS + "/a", "{\"metadata\":{}}"),
        400,
        "the name of the object (a based on URL) was undeterminable: name must be provided");
  }
}
