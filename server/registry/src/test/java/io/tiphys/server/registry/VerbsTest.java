package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each verb and each of its refusals; codes, reasons and messages are upstream's. */
class VerbsTest {
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

  private static String map(String name, String value) {
    return "{\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"k\":\"" + value + "\"}}";
  }

  private static void refused(Answered answer, int code, String reason, String message) {
    assertThat(answer.status().message()).isEqualTo(message);
    assertThat(answer.status().reason()).isEqualTo(reason);
    assertThat(answer.code()).isEqualTo(code);
  }

  @Test
  void aCreatedObjectIsCompleteAndReadBack() {
    Answered created = apiServer.post(MAPS, map("a", "1")).expect(201);
    assertThat(created.at("kind")).isEqualTo("ConfigMap");
    assertThat(created.at("apiVersion")).isEqualTo("v1");
    assertThat(created.at("metadata.namespace")).isEqualTo("default");
    assertThat(created.at("metadata.uid")).hasSize(36);
    assertThat(created.at("metadata.creationTimestamp")).endsWith("Z");
    assertThat(created.at("metadata.managedFields.0.manager")).isEqualTo("test");
    assertThat(created.at("metadata.managedFields.0.operation")).isEqualTo("Update");
    assertThat(apiServer.get(MAPS + "/a").expect(200).text()).isEqualTo(created.text());
  }

  @Test
  void whatIsMissingIsNotFound() {
    refused(apiServer.get(MAPS + "/x"), 404, "NotFound", "configmaps \"x\" not found");
    refused(
        apiServer.get("/apis/apps/v1/namespaces/default/deployments/x"),
        404,
        "NotFound",
        "deployments.apps \"x\" not found");
    refused(apiServer.delete(MAPS + "/x"), 404, "NotFound", "configmaps \"x\" not found");
    refused(
        apiServer.put(MAPS + "/x", map("x", "1")), 404, "NotFound", "configmaps \"x\" not found");
  }

  @Test
  void aNameIsGivenOnce() {
    apiServer.post(MAPS, map("a", "1")).expect(201);
    refused(
        apiServer.post(MAPS, map("a", "2")),
        409,
        "AlreadyExists",
        "configmaps \"a\" already exists");
  }

  @Test
  void namesAreGenerated() {
    Answered created =
        apiServer.post(MAPS, "{\"metadata\":{\"generateName\":\"web-\"}}").expect(201);
    assertThat(created.at("metadata.name")).matches("web-[bcdfghjklmnpqrstvwxz2456789]{5}");
  }

  @Test
  void badNamesAreInvalid() {
    refused(
        apiServer.post(MAPS, map("A_", "1")),
        422,
        "Invalid",
        "ConfigMap \"A_\" is invalid: metadata.name: Invalid value: \"A_\": a lowercase RFC 1123"
            + " subdomain must consist of lower case alphanumeric characters, '-' or '.', and"
            + " must start and end with an alphanumeric character (e.g. 'example.com', regex"
            + " used for validation is"
            + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    refused(
        apiServer.post(MAPS, "{\"metadata\":{}}"),
        422,
        "Invalid",
        "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is"
            + " required");
  }

  @Test
  void namespacesMustBeThereAndAlive() {
    refused(
        apiServer.post("/api/v1/namespaces/nowhere/configmaps", map("a", "1")),
        404,
        "NotFound",
        "namespaces \"nowhere\" not found");
    refused(
        apiServer.post(MAPS, "{\"metadata\":{\"name\":\"a\",\"namespace\":\"other\"}}"),
        400,
        "BadRequest",
        "the namespace of the provided object does not match the namespace sent on the request");
    refused(
        apiServer.delete("/api/v1/namespaces/default"),
        403,
        "Forbidden",
        "namespaces \"default\" is forbidden: this namespace may not be deleted");
  }

  @Test
  void anUpdateNeedsTheVersionItSaw() {
    Answered first = apiServer.post(MAPS, map("a", "1")).expect(201);
    String stale = first.text();
    Answered second = apiServer.put(MAPS + "/a", stale.replace("\"1\"", "\"2\"")).expect(200);
    assertThat(second.at("data.k")).isEqualTo("2");
    assertThat(second.at("metadata.uid")).isEqualTo(first.at("metadata.uid"));
    refused(
        apiServer.put(MAPS + "/a", stale.replace("\"1\"", "\"3\"")),
        409,
        "Conflict",
        "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please"
            + " apply your changes to the latest version and try again");
    assertThat(apiServer.put(MAPS + "/a", map("a", "4")).expect(200).at("data.k")).isEqualTo("4");
  }

  @Test
  void anUpdateThatChangesNothingIsNoWrite() {
    Answered first = apiServer.post(MAPS, map("a", "1")).expect(201);
    Answered again = apiServer.put(MAPS + "/a", first.text()).expect(200);
    assertThat(again.at("metadata.resourceVersion"))
        .isEqualTo(first.at("metadata.resourceVersion"));
  }

  @Test
  void anUpdateKeepsToItsName() {
    apiServer.post(MAPS, map("a", "1")).expect(201);
    refused(
        apiServer.put(MAPS + "/a", map("b", "1")),
        400,
        "BadRequest",
        "the name of the object (b) does not match the name on the URL (a)");
    Answered other =
        apiServer.put(MAPS + "/a", "{\"metadata\":{\"name\":\"a\",\"uid\":\"other\"}}").expect(409);
    assertThat(other.status().message())
        .startsWith(
            "Operation cannot be fulfilled on configmaps \"a\": StorageError: invalid object, Code:"
                + " 4, Key: /registry/configmaps/default/a, ResourceVersion: 0, AdditionalErrorMsg:"
                + " Precondition failed: UID in precondition: other, UID in object meta: ");
  }

  @Test
  void patchesOfAllTypes() {
    apiServer.post(MAPS, map("a", "1")).expect(201);
    assertThat(apiServer.merge(MAPS + "/a", "{\"data\":{\"m\":\"2\"}}").expect(200).at("data.m"))
        .isEqualTo("2");
    String json = "[{\"op\":\"replace\",\"path\":\"/data/k\",\"value\":\"3\"}]";
    assertThat(
            apiServer
                .patch(MAPS + "/a", "application/json-patch+json", json)
                .expect(200)
                .at("data.k"))
        .isEqualTo("3");
    String strategic = "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}";
    assertThat(
            apiServer
                .patch(MAPS + "/a", "application/strategic-merge-patch+json", strategic)
                .expect(200)
                .at("metadata.labels.x"))
        .isEqualTo("y");
    refused(
        apiServer.patch(MAPS + "/a", "application/json", "{}"),
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include:"
            + " application/json-patch+json, application/merge-patch+json,"
            + " application/strategic-merge-patch+json, application/apply-patch+yaml");
    String missing = "[{\"op\":\"remove\",\"path\":\"/data/none\"}]";
    refused(
        apiServer.patch(MAPS + "/a", "application/json-patch+json", missing),
        422,
        "Invalid",
        "the server rejected our request due to an error in our request");
    refused(
        apiServer.merge(MAPS + "/gone", "{}"), 404, "NotFound", "configmaps \"gone\" not found");
  }

  @Test
  void applyCreatesMergesAndRefusesConflicts() {
    String config =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: default\n"
            + "data:\n  k: \"1\"\n";
    Answered created = apiServer.apply(MAPS + "/a", "one", config).expect(201);
    assertThat(created.at("metadata.managedFields.0.operation")).isEqualTo("Apply");
    Answered again = apiServer.apply(MAPS + "/a", "one", config).expect(200);
    assertThat(again.at("metadata.resourceVersion"))
        .isEqualTo(created.at("metadata.resourceVersion"));
    Answered conflict =
        apiServer.apply(MAPS + "/a", "two", config.replace("\"1\"", "\"2\"")).expect(409);
    assertThat(conflict.status().message())
        .isEqualTo("Apply failed with 1 conflict: conflict with \"one\": .data.k");
    assertThat(conflict.at("details.causes.0.reason")).isEqualTo("FieldManagerConflict");
    assertThat(
            apiServer
                .apply(MAPS + "/a?force=true", "two", config.replace("\"1\"", "\"2\""))
                .expect(200)
                .at("data.k"))
        .isEqualTo("2");
    refused(
        apiServer.patch(MAPS + "/a", "application/apply-patch+yaml", config),
        422,
        "Invalid",
        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for"
            + " apply patch");
  }

  @Test
  void aDryRunWritesNothing() {
    apiServer.post(MAPS + "?dryRun=All", map("a", "1")).expect(201);
    apiServer.get(MAPS + "/a").expect(404);
    apiServer.post(MAPS, map("a", "1")).expect(201);
    assertThat(apiServer.put(MAPS + "/a?dryRun=All", map("a", "2")).expect(200).at("data.k"))
        .isEqualTo("2");
    apiServer.delete(MAPS + "/a?dryRun=All").expect(200);
    assertThat(apiServer.get(MAPS + "/a").expect(200).at("data.k")).isEqualTo("1");
    refused(
        apiServer.post(MAPS + "?dryRun=All", map("a", "1")),
        409,
        "AlreadyExists",
        "configmaps \"a\" already exists");
    refused(
        apiServer.post(MAPS + "?dryRun=Some", map("b", "1")),
        422,
        "Invalid",
        "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"Some\"]:"
            + " supported values: \"All\"");
  }

  @Test
  void unknownFieldsAreJudgedAsAsked() {
    String body = "{\"metadata\":{\"name\":\"a\"},\"foo\":1}";
    Answered warned = apiServer.post(MAPS, body).expect(201);
    assertThat(warned.headers()).containsEntry("Warning", "299 - \"unknown field \\\"foo\\\"\"");
    apiServer.delete(MAPS + "/a").expect(200);
    assertThat(apiServer.post(MAPS + "?fieldValidation=Ignore", body).expect(201).headers())
        .isEmpty();
    refused(
        apiServer.post(MAPS + "?fieldValidation=Strict", body.replace("\"a\"", "\"b\"")),
        400,
        "BadRequest",
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error:"
            + " unknown field \"foo\"");
  }

  @Test
  void bodiesThatAreNothing() {
    assertThat(apiServer.post(MAPS, "{\"metadata\":").expect(400).status().message())
        .startsWith("the object provided is unrecognized (must be of type ConfigMap): ");
    refused(
        apiServer.post(MAPS, "{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}"),
        400,
        "BadRequest",
        "Pod in version \"v1\" cannot be handled as a ConfigMap: converting (v1.Pod) to"
            + " (core.ConfigMap): unknown conversion");
    refused(
        apiServer.post(MAPS, "{\"kind\":\"Foo\",\"apiVersion\":\"v9\"}"),
        400,
        "BadRequest",
        "Foo in version \"v9\" cannot be handled as a ConfigMap: no kind \"Foo\" is registered for"
            + " version \"v9\" in scheme \"pkg/api/legacyscheme/scheme.go:30\"");
    refused(
        apiServer.send("POST", MAPS, "x", Map.of("content-type", "text/plain")),
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include:"
            + " application/json, application/yaml, application/vnd.kubernetes.protobuf");
    refused(
        apiServer.send("GET", MAPS, "", Map.of("accept", "text/html")),
        406,
        "NotAcceptable",
        "only the following media types are accepted: application/json, application/yaml,"
            + " application/vnd.kubernetes.protobuf");
    assertThat(apiServer.post(MAPS, "{\"metadata\":{\"name\":1}}").expect(400).status().message())
        .startsWith("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: json: cannot");
  }

  @Test
  void anObjectThatIsTooLargeIsRefusedInTheStoresWords() {
    String large =
        "{\"metadata\":{\"name\":\"a\"},\"revision\":1,\"data\":{\"k\":\""
            + "x".repeat(1_600_000)
            + "\"}}";
    Answered answer =
        apiServer.post("/apis/apps/v1/namespaces/default/controllerrevisions", large).expect(500);
    assertThat(answer.status().message()).isEqualTo("etcdserver: request is too large");
  }

  @Test
  void deletionAnswersWithAStatusOrTheObject() {
    Answered created = apiServer.post(MAPS, map("a", "1")).expect(201);
    Answered deleted = apiServer.delete(MAPS + "/a").expect(200);
    assertThat(deleted.at("status")).isEqualTo("Success");
    assertThat(deleted.at("details.kind")).isEqualTo("configmaps");
    assertThat(deleted.at("details.uid")).isEqualTo(created.at("metadata.uid"));
    apiServer.get(MAPS + "/a").expect(404);
    Answered account = apiServer.delete("/api/v1/namespaces/default/serviceaccounts/default");
    assertThat(account.expect(200).at("kind")).isEqualTo("ServiceAccount");
  }

  @Test
  void finalizersHoldADeletedObject() {
    apiServer
        .post(MAPS, "{\"metadata\":{\"name\":\"a\",\"finalizers\":[\"x.io/hold\"]}}")
        .expect(201);
    Answered held = apiServer.delete(MAPS + "/a").expect(200);
    assertThat(held.at("metadata.deletionTimestamp")).endsWith("Z");
    assertThat(held.at("metadata.deletionGracePeriodSeconds")).isEqualTo("0");
    refused(
        apiServer.merge(
            MAPS + "/a", "{\"metadata\":{\"finalizers\":[\"x.io/hold\",\"y.io/new\"]}}"),
        422,
        "Invalid",
        "ConfigMap \"a\" is invalid: metadata.finalizers: Forbidden: no new finalizers can be"
            + " added if the object is being deleted, found new finalizers"
            + " []string{\"y.io/new\"}");
    assertThat(apiServer.post(MAPS, map("a", "2")).expect(409).status().message())
        .isEqualTo("object is being deleted: configmaps \"a\" already exists");
    apiServer.merge(MAPS + "/a", "{\"metadata\":{\"finalizers\":null}}").expect(200);
    apiServer.get(MAPS + "/a").expect(404);
  }

  @Test
  void propagationPoliciesBecomeFinalizers() {
    apiServer.post(MAPS, map("a", "1")).expect(201);
    Answered foreground = apiServer.delete(MAPS + "/a?propagationPolicy=Foreground").expect(200);
    assertThat(foreground.at("metadata.finalizers.0")).isEqualTo("foregroundDeletion");
    apiServer.post(MAPS, map("b", "1")).expect(201);
    String options =
        "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"v1\",\"propagationPolicy\":\"Orphan\"}";
    Answered orphan = apiServer.send("DELETE", MAPS + "/b", options, Map.of()).expect(200);
    assertThat(orphan.at("metadata.finalizers.0")).isEqualTo("orphan");
    refused(
        apiServer.delete(MAPS + "/b?propagationPolicy=Never"),
        422,
        "Invalid",
        "DeleteOptions.meta.k8s.io \"\" is invalid: propagationPolicy: Unsupported value:"
            + " \"Never\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"");
  }

  @Test
  void preconditionsOfADeletion() {
    Answered created = apiServer.post(MAPS, map("a", "1")).expect(201);
    String options = "{\"preconditions\":{\"uid\":\"other\"}}";
    refused(
        apiServer.send("DELETE", MAPS + "/a", options, Map.of()),
        409,
        "Conflict",
        "Operation cannot be fulfilled on configmaps \"a\": the UID in the precondition (other)"
            + " does not match the UID in record ("
            + created.at("metadata.uid")
            + "). The object might have been deleted and then recreated");
  }

  @Test
  void aCollectionIsDeletedBySelector() {
    apiServer.post(MAPS, "{\"metadata\":{\"name\":\"a\",\"labels\":{\"x\":\"1\"}}}").expect(201);
    apiServer.post(MAPS, map("b", "1")).expect(201);
    Answered deleted = apiServer.delete(MAPS + "?labelSelector=x%3D1").expect(200);
    assertThat(deleted.at("kind")).isEqualTo("ConfigMapList");
    assertThat(deleted.at("items.0.metadata.name")).isEqualTo("a");
    apiServer.get(MAPS + "/a").expect(404);
    apiServer.get(MAPS + "/b").expect(200);
  }

  @Test
  void unknownPartsAreNotFoundAndOddVerbsNotAllowed() {
    apiServer.post(MAPS, map("a", "1")).expect(201);
    refused(
        apiServer.get(MAPS + "/a/nothing"),
        404,
        "NotFound",
        "the server could not find the requested resource");
    refused(
        apiServer.post(MAPS + "/a", map("a", "1")),
        405,
        "MethodNotAllowed",
        "the server does not allow this method on the requested resource");
  }

  @Test
  void encodingsRoundTrip() {
    String yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n";
    String protobuf = "application/vnd.kubernetes.protobuf";
    Map<String, String> both = Map.of("content-type", "application/yaml", "accept", protobuf);
    Answered bytes = apiServer.send("POST", MAPS + "?dryRun=All", yaml, both).expect(201);
    assertThat(new String(bytes.body(), 0, 3, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo("k8s");
    apiServer
        .send(apiServer.request("POST", MAPS, bytes.body(), Map.of("content-type", protobuf)))
        .expect(201);
    assertThat(apiServer.get(MAPS + "/a").at("data.k")).isEqualTo("v");
    Answered text = apiServer.send("GET", MAPS + "/a", "", Map.of("accept", "application/yaml"));
    assertThat(text.text()).contains("kind: ConfigMap");
  }
}
