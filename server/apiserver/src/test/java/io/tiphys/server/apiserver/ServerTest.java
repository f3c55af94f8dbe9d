package io.tiphys.server.apiserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ServiceAccount;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.server.http.LoopbackClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients see of the whole server. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ServerTest extends ServerFixture {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String FAR = "?resourceVersion=99999999999";

  /** Upstream's, for requests for what is not there yet. */
  private static final Duration FRESHNESS_TIMEOUT = Duration.ofSeconds(3);

  private void makeMap(String name) throws Exception {
    HttpResponse<String> made = post(MAPS, "{\"metadata\":{\"name\":\"" + name + "\"}}");
    assertThat(made.statusCode()).isEqualTo(201);
  }

  @Test
  void whoWaitsForTheFutureKeepsNobodyElseWaiting() throws Exception {
    makeMap("a");
    List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
    List<HttpClient> clients = new ArrayList<>();
    // Several connections for each event loop, with several such requests on each.
    int connections = 4 * Runtime.getRuntime().availableProcessors();
    for (int i = 0; i < connections; i++) {
      HttpClient one = HttpClient.newBuilder().sslContext(LoopbackClient.tls(PKI, null)).build();
      clients.add(one);
      assertThat(one.send(request("/livez").build(), BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
      for (String path : List.of(MAPS + "/a" + FAR, MAPS + FAR, "/api/v1/nodes/n" + FAR)) {
        waiting.add(one.sendAsync(request(path).build(), BodyHandlers.ofString()));
      }
    }

    for (HttpClient one : clients) {
      HttpResponse<String> answer = one.send(request(MAPS + "/a").build(), BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
    }
    assertThat(waiting).noneMatch(CompletableFuture::isDone);
    clock.awaitTimers(FRESHNESS_TIMEOUT, waiting.size());
    clock.advance(FRESHNESS_TIMEOUT);
    for (CompletableFuture<HttpResponse<String>> late : waiting) {
      assertThat(late.get().statusCode()).isEqualTo(504);
      assertThat(late.get().body()).contains("Too large resource version: 99999999999, current: ");
    }
    clients.forEach(HttpClient::shutdownNow);
  }

  @Test
  void theLargestRevisionThereCanBeIsTooLarge() throws Exception {
    makeMap("a");
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            request(MAPS + "?resourceVersion=18446744073709551615").build(),
            BodyHandlers.ofString());

    clock.awaitTimers(FRESHNESS_TIMEOUT, 1);
    clock.advance(FRESHNESS_TIMEOUT);
    assertThat(answer.get().statusCode()).isEqualTo(504);
    assertThat(answer.get().body())
        .contains("Too large resource version: 18446744073709551615, current: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/pods?watch=1",
        "/api/v1/watch/pods",
        "/api/v1/namespaces/default/pods/p/log?follow=true",
        "/api/v1/namespaces/default/pods/p/exec?command=x&stdout=1",
        "/api/v1/namespaces/default/pods/p/attach?stdout=1",
        "/api/v1/namespaces/default/pods/p/portforward",
        "/api/v1/namespaces/default/configmaps",
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        "/apis",
        "/version"
      })
  void headOpensNoStreamAndIsNoMethodOfResources(String path) throws Exception {
    HttpResponse<String> answer = send(request(path).HEAD());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.body()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/livez", "/readyz", "/healthz", "/openapi/v2"})
  void headOfWhatHasNoRoutesByMethodSaysHowLongItIs(String path) throws Exception {
    HttpResponse<String> answer = send(request(path).HEAD());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValueAsLong("content-length").orElse(0)).isPositive();
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void peopleAndWhoAsksForItGetJsonOverSeveralLines() throws Exception {
    makeMap("a");
    String path = MAPS + "/a";
    String wide = "{\n  \"kind\": \"ConfigMap\",\n  \"apiVersion\": \"v1\",\n  \"metadata\": {\n";

    assertThat(get(path).body()).startsWith("{\"kind\":\"ConfigMap\",\"api").endsWith("}\n");
    for (String agent : List.of("curl/8.5.0", "Wget/1.21", "Mozilla/5.0 (X11)")) {
      assertThat(send(request(path).header("User-Agent", agent)).body()).startsWith(wide);
      assertThat(send(request(path + "?pretty=false").header("User-Agent", agent)).body())
          .startsWith("{\"kind\"");
    }
    assertThat(get(path + "?pretty=1").body()).startsWith(wide).endsWith("\n}");
    assertThat(send(request(path).header("Accept", "application/json;pretty=1")).body())
        .startsWith(wide);
    for (String other : List.of("/api", "/apis/apps/v1", MAPS, "/api/v1/namespaces/none")) {
      assertThat(get(other + "?pretty=true").body()).startsWith("{\n  \"kind\": \"");
      assertThat(get(other).body()).startsWith("{\"kind\":\"").endsWith("}\n");
    }
    assertThat(get("/version").body()).startsWith("{\n  \"major\": \"1\",\n").endsWith("\n}");
    assertThat(get("/").body()).startsWith("{\n  \"paths\": [\n");
  }

  @Test
  void itemsOfAListDoNotSayWhatTheyAre() throws Exception {
    makeMap("a");
    makeMap("b");
    Json.Obj list = (Json.Obj) JsonReader.of(get(MAPS).body().getBytes(UTF_8)).readTree();

    List<Json> items =
        list.get("items") instanceof Json.Arr(List<Json> elements) ? elements : List.of();
    assertThat(items).hasSizeGreaterThanOrEqualTo(2);
    for (Json item : items) {
      assertThat(((Json.Obj) item).members()).containsKey("metadata").doesNotContainKey("kind");
    }
    String partial = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
    assertThat(send(request(MAPS).header("Accept", partial)).body())
        .contains(
            "\"items\":[{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\"");
  }

  @Test
  void theAnswerToADeletionEndsItsLine() throws Exception {
    makeMap("a");
    HttpResponse<String> deleted = send(request(MAPS + "/a").DELETE());

    assertThat(deleted.body()).contains("\"status\":\"Success\"").endsWith("}\n");
  }

  @Test
  void whatCannotBeATableIsNotAcceptableUnlessSomethingElseIs() throws Exception {
    String path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    String review = "{\"spec\":{\"nonResourceAttributes\":{\"path\":\"/x\",\"verb\":\"get\"}}}";
    String table = "application/json;as=Table;g=meta.k8s.io;v=v1";

    HttpResponse<String> refused = post(path, review, "Accept", table);
    assertThat(refused.statusCode()).isEqualTo(406);
    assertThat(refused.body())
        .contains(
            "only the following media types are accepted: application/json, application/yaml,"
                + " application/vnd.kubernetes.protobuf");
    assertThat(post(path, review, "Accept", table + ",application/json").statusCode())
        .isEqualTo(201);
    assertThat(post(path, review, "Accept", "application/yaml").body())
        .contains("kind: SelfSubjectAccessReview");
  }

  @Test
  void failuresSpeakTheLanguageThatWasAskedFor() throws Exception {
    String path = MAPS + "/none";

    HttpResponse<String> yaml = send(request(path).header("Accept", "application/yaml"));
    assertThat(yaml.statusCode()).isEqualTo(404);
    assertThat(yaml.body()).contains("reason: NotFound");
    HttpResponse<String> proto =
        send(request(path).header("Accept", "application/vnd.kubernetes.protobuf"));
    assertThat(proto.body()).startsWith("k8s");
    HttpResponse<String> neither = send(request(path).header("Accept", "text/html"));
    assertThat(neither.statusCode()).isEqualTo(406);
    assertThat(neither.body()).startsWith("{\n  \"kind\": \"Status\",");
  }

  @Test
  void theAuditLogNamesARequestAsItsAnswerDoes() throws Exception {
    HttpResponse<String> ours = get(MAPS);
    HttpResponse<String> theirs = send(request(MAPS).header("Audit-Id", "mine"));

    String id = ours.headers().firstValue("audit-id").orElse("");
    assertThat(audited.next("ResponseComplete")).contains("\"auditID\":\"" + id + "\"");
    assertThat(theirs.headers().firstValue("audit-id")).hasValue("mine");
    assertThat(audited.next("ResponseComplete")).contains("\"auditID\":\"mine\"");
  }

  @Test
  void aWatchFromTheFutureShowsOnlyWhatIsNewerThanThat() throws Exception {
    makeMap("a");
    String now = get(MAPS + "/a").body().replaceAll("(?s).*\"resourceVersion\":\"(\\d+)\".*", "$1");
    long future = Long.parseLong(now) + 3;
    var watch =
        client.send(
            request(MAPS + "?watch=1&resourceVersion=" + future).build(),
            BodyHandlers.ofInputStream());

    for (int i = 0; i < 4; i++) {
      makeMap("later-" + i);
    }
    try (var lines = new BufferedReader(new InputStreamReader(watch.body(), UTF_8))) {
      assertThat(lines.readLine())
          .contains("\"ADDED\"")
          .contains("\"name\":\"later-3\"")
          .contains("\"resourceVersion\":\"" + (future + 1) + "\"");
    }
  }

  @Test
  void aWatchFromWhatIsNoRevisionFailsInUpstreamsWords() throws Exception {
    HttpResponse<String> answer = get(MAPS + "?watch=true&resourceVersion=abc");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body())
        .contains(
            "\"message\":\"resourceVersion: Invalid value: \\\"abc\\\": strconv.ParseUint: parsing"
                + " \\\"abc\\\": invalid syntax\"")
        .doesNotContain("reason");
  }

  @Test
  void aWatchEndsWhenItsTimeIsUpHoweverLongItWasAskedFor() throws Exception {
    var watch =
        client.send(
            request(MAPS + "?watch=1&timeoutSeconds=2000000000").build(),
            BodyHandlers.ofInputStream());
    clock.advance(Duration.ofDays(1));

    assertThat(new String(watch.body().readAllBytes(), UTF_8)).doesNotContain("ERROR");
  }

  @Test
  void serviceAccountsFindOutHowTheirTokensCanBeChecked() throws Exception {
    ServiceAccount account =
        ServiceAccount.EMPTY.withMetadata(ObjectMeta.builder().name("me").build());
    apiServer
        .source(ADMIN, "test")
        .create(CoreV1.SERVICEACCOUNTS, account.withMetadata(inDefault("me")));
    String tokens = "/api/v1/namespaces/default/serviceaccounts/me/token";
    String token =
        post(tokens, "{\"spec\":{}}").body().replaceAll("(?s).*\"token\":\"([^\"]+)\".*", "$1");

    HttpRequest.Builder mine =
        HttpRequest.newBuilder(request("/.well-known/openid-configuration").build().uri())
            .header("Authorization", "Bearer " + token);
    HttpResponse<String> configuration = send(mine);
    assertThat(configuration.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(configuration.headers().firstValue("cache-control"))
        .hasValue("public, max-age=3600");
    assertThat(configuration.body())
        .isEqualTo(
            "{\"issuer\":\"https://kubernetes.default.svc.cluster.local\","
                + "\"jwks_uri\":\"https://192.0.2.1:6443/openid/v1/jwks\","
                + "\"response_types_supported\":[\"id_token\"],"
                + "\"subject_types_supported\":[\"public\"],"
                + "\"id_token_signing_alg_values_supported\":[\"ES256\"]}");
    HttpResponse<String> keys = get("/openid/v1/jwks");
    assertThat(keys.headers().firstValue("content-type")).hasValue("application/jwk-set+json");
    assertThat(keys.body())
        .matches(
            "\\{\"keys\":\\[\\{\"use\":\"sig\",\"kty\":\"EC\",\"kid\":\"[\\w-]{43}\","
                + "\"crv\":\"P-256\",\"alg\":\"ES256\",\"x\":\"[\\w-]{43}\",\"y\":\"[\\w-]{43}\"}]}");
    HttpRequest anonymous = HttpRequest.newBuilder(mine.build().uri()).build();
    assertThat(client.send(anonymous, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
  }

  private static ObjectMeta inDefault(String name) {
    return ObjectMeta.builder().namespace("default").name(name).build();
  }
}
