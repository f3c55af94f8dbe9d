package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.audit.PolicedAudit;
import io.tiphys.server.audit.PolicyFile;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a policy has the audit log tell of requests to the whole server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AuditLevelsTest extends ServerFixture {
  private static final String SERVICES = "/api/v1/namespaces/default/services";
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String SECRETS = "/api/v1/namespaces/default/secrets";
  private static final String SERVICE =
      "{\"metadata\":{\"name\":\"s\"},\"spec\":{\"ports\":[{\"port\":80}]}}";

  @Override
  AuditLog audit() {
    return new PolicedAudit(
        PolicyFile.read(
            """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            omitManagedFields: true
            rules:
            - level: None
              resources: [{group: "", resources: [secrets]}]
            - level: Request
              resources: [{group: "", resources: [services]}]
            - level: RequestResponse
              resources: [{group: "", resources: [configmaps]}]
            """),
        audited);
  }

  private String complete() throws InterruptedException {
    return audited.next("ResponseComplete");
  }

  @Test
  void levelRequestTellsTheObjectThatWasSentWithDefaults() throws Exception {
    post(SERVICES, SERVICE);

    assertThat(complete())
        .contains("\"level\":\"Request\"")
        .contains("\"requestObject\":{\"kind\":\"Service\",\"apiVersion\":\"v1\"")
        .contains("\"sessionAffinity\":\"None\"")
        .doesNotContain("responseObject");
  }

  @Test
  void theAnswerIsToldAsJsonWhateverTheClientReads() throws Exception {
    send(
        request(MAPS)
            .header("Accept", "application/vnd.kubernetes.protobuf")
            .POST(
                BodyPublishers.ofString("{\"metadata\":{\"name\":\"m\"},\"data\":{\"k\":\"v\"}}")));

    assertThat(complete())
        .contains("\"responseObject\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":")
        .contains("\"data\":{\"k\":\"v\"}")
        .doesNotContain("managedFields");
    get(MAPS);
    assertThat(complete())
        .contains("\"responseObject\":{\"kind\":\"ConfigMapList\"")
        .doesNotContain("managedFields");
  }

  @Test
  void patchesAndDeleteOptionsAreToldAsTheyWereSent() throws Exception {
    post(MAPS, "{\"metadata\":{\"name\":\"m\"}}");
    complete();
    send(
        request(MAPS + "/m")
            .header("Content-Type", "application/json-patch+json")
            .method(
                "PATCH",
                BodyPublishers.ofString(
                    "[{\"op\":\"add\",\"path\":\"/data\",\"value\":{\"a\":\"b\"}}]")));
    assertThat(complete())
        .contains(
            "\"requestObject\":[{\"op\":\"add\",\"path\":\"/data\",\"value\":{\"a\":\"b\"}}]");

    send(
        request(MAPS + "/m")
            .method("DELETE", BodyPublishers.ofString("{\"propagationPolicy\":\"Background\"}")));
    assertThat(complete())
        .contains("\"propagationPolicy\":\"Background\"")
        .contains("\"responseObject\":{\"kind\":\"Status\"");
  }

  @Test
  void aFailureIsTheObjectOfItsAnswer() throws Exception {
    get(MAPS + "/none");

    assertThat(complete())
        .contains("\"responseObject\":{\"kind\":\"Status\",\"apiVersion\":\"v1\"")
        .contains("\"reason\":\"NotFound\"");
  }

  @Test
  void whatThePolicyLeavesOutIsNotWritten() throws Exception {
    get(SECRETS);
    get("/version");
    get(SERVICES);

    assertThat(complete()).contains("\"requestURI\":\"" + SERVICES + "\"");
    assertThat(audited.lines()).isEmpty();
  }

  @Test
  void aTimeoutThatMakesNoSenseIsWrittenDown() throws Exception {
    assertThat(get(SERVICES + "?timeout=soon").statusCode()).isEqualTo(400);

    assertThat(audited.next("ResponseStarted"))
        .contains("invalid timeout specified in the request URL", "\"code\":400")
        .contains("\"user\":{}");
  }
}
