package io.tiphys.server.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reviews and token requests go the way of every creation. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class VirtualResourcesTest extends ServerFixture {
  private static final String REVIEWS = "/apis/authorization.k8s.io/v1/";
  private static final String TOKEN = "/api/v1/namespaces/default/serviceaccounts/default/token";
  private static final String MAY_ANN =
      "{\"spec\":{\"user\":\"ann\",\"resourceAttributes\":{\"verb\":\"get\","
          + "\"resource\":\"pods\",\"namespace\":\"default\"}}}";

  private static Json at(HttpResponse<String> answer, String... path) {
    Json value = JsonReader.of(answer.body().getBytes(UTF_8)).readTree();
    for (String step : path) {
      value =
          value instanceof Json.Arr(var elements)
              ? elements.get(Integer.parseInt(step))
              : Objects.requireNonNull(((Json.Obj) value).get(step), step);
    }
    return value;
  }

  private static String fields(HttpResponse<String> answer) {
    return String.valueOf(at(answer, "metadata", "managedFields", "0", "fieldsV1"));
  }

  @Test
  void aReviewNamesTheManagerOfItsFields() throws Exception {
    HttpResponse<String> answer =
        post(REVIEWS + "subjectaccessreviews?fieldManager=someone", MAY_ANN);

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(at(answer, "metadata", "managedFields", "0", "manager"))
        .isEqualTo(new Json.Str("someone"));
    assertThat(at(answer, "metadata", "managedFields", "0", "operation"))
        .isEqualTo(new Json.Str("Update"));
    assertThat(fields(answer)).contains("f:resourceAttributes", "f:user").doesNotContain("status");
  }

  @Test
  void aLocalReviewIsInTheNamespaceOfThePathAndOwned() throws Exception {
    HttpResponse<String> answer =
        post(REVIEWS + "namespaces/default/localsubjectaccessreviews", MAY_ANN);

    assertThat(at(answer, "metadata", "namespace")).isEqualTo(new Json.Str("default"));
    assertThat(fields(answer)).contains("f:user");
  }

  @Test
  void aTokenReviewIsOwnedByWhoAsked() throws Exception {
    HttpResponse<String> answer =
        post(
            "/apis/authentication.k8s.io/v1/tokenreviews",
            "{\"spec\":{\"token\":\"t-admin\"}}",
            "User-Agent",
            "asker/1.0");

    assertThat(answer.body()).contains("\"authenticated\":true");
    assertThat(at(answer, "metadata", "managedFields", "0", "manager"))
        .isEqualTo(new Json.Str("asker"));
    assertThat(fields(answer)).contains("f:token");
  }

  @Test
  void whatIsMadeAnewHasNoOwners() throws Exception {
    String namespace = "{\"spec\":{\"namespace\":\"default\"}}";
    HttpResponse<String> rules = post(REVIEWS + "selfsubjectrulesreviews", namespace);
    HttpResponse<String> self =
        post(
            "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{\"metadata\":{\"name\":\"a\"}}");

    assertThat(rules.statusCode()).isEqualTo(201);
    assertThat(rules.body()).doesNotContain("managedFields").contains("\"spec\":{}");
    assertThat(self.body()).doesNotContain("managedFields").doesNotContain("\"name\"");
  }

  @Test
  void aTokenRequestIsOwnedAtItsSubresourceWithItsDefaults() throws Exception {
    post("/api/v1/namespaces/default/serviceaccounts", "{\"metadata\":{\"name\":\"default\"}}");
    HttpResponse<String> answer = post(TOKEN, "{}");

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(at(answer, "metadata", "managedFields", "0", "subresource"))
        .isEqualTo(new Json.Str("token"));
    assertThat(at(answer, "metadata", "managedFields", "0", "apiVersion"))
        .isEqualTo(new Json.Str("authentication.k8s.io/v1"));
    assertThat(fields(answer)).contains("f:expirationSeconds");
  }

  @Test
  void aTokenOfANamespaceThatIsNotThereIsRefusedByAdmission() throws Exception {
    HttpResponse<String> answer = post(TOKEN.replace("/default/service", "/gone/service"), "{}");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(at(answer, "message")).isEqualTo(new Json.Str("namespaces \"gone\" not found"));
  }

  @Test
  void fieldsAreJudgedAsEverywhere() throws Exception {
    String unknown = MAY_ANN.replace("\"user\"", "\"who\":1,\"user\"");
    HttpResponse<String> warned = post(REVIEWS + "subjectaccessreviews", unknown);
    HttpResponse<String> refused =
        post(REVIEWS + "subjectaccessreviews?fieldValidation=Strict", unknown);
    HttpResponse<String> options =
        post(REVIEWS + "subjectaccessreviews?fieldManager=" + "x".repeat(129), MAY_ANN);
    HttpResponse<String> kind = post(REVIEWS + "selfsubjectrulesreviews", "{\"kind\":\"Pod\"}");
    HttpResponse<String> yaml =
        post(
            REVIEWS + "selfsubjectrulesreviews",
            "spec: {namespace: default}",
            "Content-Type",
            "application/yaml");

    assertThat(warned.statusCode()).isEqualTo(201);
    assertThat(warned.headers().firstValue("warning"))
        .hasValue("299 - \"unknown field \\\"spec.who\\\"\"");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(options.statusCode()).isEqualTo(422);
    assertThat(options.body()).contains("CreateOptions.meta.k8s.io");
    assertThat(kind.body())
        .contains(
            "cannot be handled as a SelfSubjectRulesReview: no kind \\\"Pod\\\" is registered");
    assertThat(yaml.statusCode()).isEqualTo(201);
  }

  @Test
  void aNamedReviewIsRefusedInUpstreamsWords() throws Exception {
    HttpResponse<String> answer =
        post(
            REVIEWS + "subjectaccessreviews?fieldManager=m",
            "{\"metadata\":{\"labels\":{\"a\":\"b\"}},\"spec\":{\"nonResourceAttributes\":"
                + "{\"path\":\"/x\",\"verb\":\"get\"}}}");

    assertThat(answer.statusCode()).isEqualTo(422);
    assertThat(String.valueOf(at(answer, "message")))
        .contains(
            ".authorization.k8s.io \"\" is invalid: [spec.user: Invalid value: \"\": at"
                + " least one of user or group must be specified, metadata: Invalid value: ")
        .contains("must be empty");
  }

  @Test
  void reviewsAreOnlyCreated() throws Exception {
    assertThat(get(REVIEWS + "subjectaccessreviews").statusCode()).isEqualTo(405);
    assertThat(get(TOKEN).statusCode()).isEqualTo(405);
  }
}
