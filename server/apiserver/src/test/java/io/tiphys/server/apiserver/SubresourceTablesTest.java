package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is shown of subresources as tables and as metadata, and whose scale it must be. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class SubresourceTablesTest extends ServerFixture {
  private static final String WEB = "/apis/apps/v1/namespaces/default/deployments/web";
  private static final String TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io";
  private static final String METADATA =
      "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";

  @BeforeEach
  void deploy() throws Exception {
    HttpResponse<String> made =
        post(
            "/apis/apps/v1/namespaces/default/deployments",
            """
            {"metadata":{"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"a":"b"}},
             "template":{"metadata":{"labels":{"a":"b"}},
               "spec":{"containers":[{"name":"c","image":"i"}]}}}}
            """);
    assertThat(made.statusCode()).isEqualTo(201);
  }

  private HttpResponse<String> get(String path, String accept) throws Exception {
    return send(request(path).header("Accept", accept));
  }

  private HttpResponse<String> put(String path, String body) throws Exception {
    return send(request(path).PUT(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> merge(String path, String body) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/merge-patch+json")
            .method("PATCH", BodyPublishers.ofString(body)));
  }

  private static String scale(String metadata) {
    return "{\"metadata\":{\"name\":\"web\"" + metadata + "},\"spec\":{\"replicas\":2}}";
  }

  @Test
  void aScaleIsPrintedAsItsOwnTable() throws Exception {
    HttpResponse<String> answer = get(WEB + "/scale", TABLE);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains("\"kind\":\"Table\"")
        .contains("\"name\":\"Desired\",\"type\":\"integer\"")
        .contains("\"cells\":[\"web\",3,0,\"0s\"]")
        .contains("\"kind\":\"PartialObjectMetadata\"");
    assertThat(get(WEB + "/scale?includeObject=Object", TABLE).body())
        .contains("\"kind\":\"Scale\"");
  }

  @Test
  void aScaleIsShownByItsMetadata() throws Exception {
    assertThat(get(WEB + "/scale", METADATA).body())
        .contains("\"kind\":\"PartialObjectMetadata\"", "\"name\":\"web\"")
        .doesNotContain("replicas");
  }

  @Test
  void aStatusIsPrintedAsItsObject() throws Exception {
    assertThat(get(WEB + "/status", TABLE).body()).contains("\"cells\":[\"web\",\"0/3\"");
  }

  @Test
  void whatUpstreamPrintsNoTableOfIsRefusedOrSentAsItIs() throws Exception {
    String pod =
        "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";
    post("/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
    assertThat(post("/api/v1/namespaces/default/pods", pod).statusCode()).isEqualTo(201);
    String path = "/api/v1/namespaces/default/pods/p/ephemeralcontainers";

    assertThat(get(path, TABLE).statusCode()).isEqualTo(406);
    assertThat(get(path, TABLE + ",application/json").body()).contains("\"kind\":\"Pod\"");
  }

  @Test
  void aScaleOfAnotherObjectIsAConflict() throws Exception {
    String other = scale(",\"uid\":\"0\"");
    HttpResponse<String> put = put(WEB + "/scale", other);
    HttpResponse<String> patched = merge(WEB + "/scale", other);

    assertThat(put.statusCode()).isEqualTo(409);
    assertThat(put.body())
        .contains(
            "Operation cannot be fulfilled on deployments.apps \\\"web\\\": StorageError: invalid"
                + " object, Code: 4, Key: ",
            "Precondition failed: UID in precondition: 0, UID in object meta: ");
    assertThat(patched.statusCode()).isEqualTo(409);
    assertThat(patched.body())
        .contains(
            "Operation cannot be fulfilled on deployments/scale.apps \\\"web\\\": Precondition"
                + " failed: UID in precondition: 0, UID in object meta: ",
            "\"kind\":\"deployments/scale\"");
  }

  @Test
  void aScaleOfAnotherVersionIsAConflict() throws Exception {
    String old = scale(",\"resourceVersion\":\"1\"");

    assertThat(put(WEB + "/scale", old).statusCode()).isEqualTo(409);
    assertThat(put(WEB + "/scale", old).body())
        .contains("the object has been modified; please apply your changes to the latest version");
    assertThat(merge(WEB + "/scale", old).statusCode()).isEqualTo(409);
    assertThat(put(WEB + "/scale", scale("")).statusCode()).isEqualTo(200);
  }

  @Test
  void aScaleMustNameWhatItScales() throws Exception {
    HttpResponse<String> nameless = put(WEB + "/scale", "{\"spec\":{\"replicas\":2}}");
    HttpResponse<String> emptied = merge(WEB + "/scale", "{\"metadata\":{\"name\":null}}");

    for (HttpResponse<String> answer : List.of(nameless, emptied)) {
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body())
          .contains(
              "the name of the object (web based on URL) was undeterminable: name must be"
                  + " provided");
    }
    assertThat(merge(WEB, "{\"metadata\":{\"name\":null}}").statusCode()).isEqualTo(400);
  }

  @Test
  void aScaleIsValidatedWithItsMetadata() throws Exception {
    HttpResponse<String> answer = put(WEB + "/scale", scale(",\"labels\":{\"a b\":\"c\"}"));

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(answer.body())
        .contains("Scale.autoscaling \\\"web\\\" is invalid: metadata.labels: Invalid value: ");
  }
}
