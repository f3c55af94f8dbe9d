package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the audit log tells of requests to the whole server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AuditEventsTest extends ServerFixture {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  @Test
  void theQueryIsPartOfTheAddressAsItWasSent() throws Exception {
    get(MAPS + "?limit=5&labelSelector=a%3Db");

    assertThat(audited.next("RequestReceived"))
        .contains(
            "\"requestURI\":\"" + MAPS + "?limit=5\\u0026labelSelector=a%3Db\",\"verb\":\"list\"")
        .contains("\"sourceIPs\":[\"127.0.0.1\"]", "\"userAgent\":\"Java-http-client")
        .doesNotContain("responseStatus");
    assertThat(audited.next("ResponseComplete"))
        .contains("\"responseStatus\":{\"metadata\":{},\"code\":200}")
        .contains("\"requestReceivedTimestamp\":\"2026-01-01T00:00:00.000000Z\"")
        .endsWith(
            "\"annotations\":{\"authorization.k8s.io/decision\":\"allow\","
                + "\"authorization.k8s.io/reason\":\"\"}}");
  }

  @Test
  void whatIsSentNamesTheObject() throws Exception {
    post(MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    assertThat(audited.next("RequestReceived"))
        .contains(
            "\"objectRef\":{\"resource\":\"configmaps\",\"namespace\":\"default\","
                + "\"apiVersion\":\"v1\"}");
    assertThat(audited.next("ResponseComplete"))
        .contains(
            "\"objectRef\":{\"resource\":\"configmaps\",\"namespace\":\"default\",\"name\":\"a\","
                + "\"apiVersion\":\"v1\"}");

    String put = "{\"metadata\":{\"name\":\"a\",\"uid\":\"u\",\"resourceVersion\":\"1\"}}";
    send(request(MAPS + "/a").PUT(BodyPublishers.ofString(put)));
    assertThat(audited.next("ResponseComplete"))
        .contains("\"uid\":\"u\",\"apiVersion\":\"v1\",\"resourceVersion\":\"1\"")
        .contains("\"status\":\"Failure\"", "\"reason\":\"Conflict\"", "\"code\":409");
  }

  @Test
  void anAnswerThatIsAStatusIsTold() throws Exception {
    post(MAPS, "{\"metadata\":{\"name\":\"a\"}}");
    audited.next("ResponseComplete");
    send(request(MAPS + "/a").DELETE());

    assertThat(audited.next("ResponseComplete"))
        .contains("\"responseStatus\":{\"metadata\":{},\"status\":\"Success\",\"details\":{")
        .contains("\"code\":200");
  }

  @Test
  void whoIsImpersonatedAndRefusedIsTold() throws Exception {
    send(request(MAPS).header("Impersonate-User", "ann"));

    assertThat(audited.next("ResponseComplete"))
        .contains("\"user\":{\"username\":\"admin\"")
        .contains(
            "\"impersonatedUser\":{\"username\":\"ann\",\"groups\":[\"system:authenticated\"]}")
        .contains("\"authorization.k8s.io/decision\":\"forbid\"")
        .contains("\"reason\":\"Forbidden\"");
  }

  @Test
  void aWatchIsToldWhenItBeginsAndWhenItEnds() throws Exception {
    HttpRequest watch = request(MAPS + "?watch=1").build();
    HttpResponse<InputStream> stream = client.send(watch, BodyHandlers.ofInputStream());
    assertThat(audited.next("ResponseStarted")).contains("\"verb\":\"watch\"", "\"code\":200");
    assertThat(audited.lines()).noneMatch(line -> line.contains("ResponseComplete"));

    stream.body().close();
    assertThat(audited.next("ResponseComplete")).contains("\"verb\":\"watch\"", "\"code\":200");
  }

  @Test
  void whoIsTurnedAwayIsWrittenDownWithoutAName() throws Exception {
    HttpResponse<String> refused =
        send(
            request(MAPS)
                .setHeader("Authorization", "Bearer wrong")
                .header("X-Forwarded-For", "192.0.2.7, nonsense"));

    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(audited.next("ResponseStarted"))
        .contains("\"user\":{}", "\"sourceIPs\":[\"192.0.2.7\",\"127.0.0.1\"]")
        .contains("\"reason\":\"Unauthorized\"", "\"code\":401");
  }
}
