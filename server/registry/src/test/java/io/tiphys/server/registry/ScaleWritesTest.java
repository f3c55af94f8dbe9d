package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who owns the number of replicas once it was written through the scale. */
class ScaleWritesTest {
  private static final String SETS = "/apis/apps/v1/namespaces/default/statefulsets";
  private static final String PETS = "/apis/apps/v1alpha1/namespaces/default/petsets";
  private static final String SET =
      """
      {"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db"},
       "spec":{"replicas":1,"serviceName":"db","selector":{"matchLabels":{"a":"b"}},
         "template":{"metadata":{"labels":{"a":"b"}},
           "spec":{"containers":[{"name":"c","image":"i"}]}}}}
      """;

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static String scale(int replicas) {
    return """
    {"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"db"},
     "spec":{"replicas":%d}}
    """
        .formatted(replicas);
  }

  private String stored() {
    return new String(apiServer.get(SETS + "/db").expect(200).body(), StandardCharsets.UTF_8);
  }

  @Test
  void aScalerTakesTheReplicasAndLeavesTheRestToItsOwner() {
    apiServer.apply(SETS + "/db", "author", SET).expect(201);
    apiServer
        .merge(SETS + "/db/scale?fieldManager=scaler", "{\"spec\":{\"replicas\":2}}")
        .expect(200);
    assertThat(stored())
        .contains("\"manager\":\"author\"")
        .contains("\"f:serviceName\"")
        .containsOnlyOnce("f:replicas")
        .contains(
            "{\"manager\":\"scaler\",\"operation\":\"Update\",\"apiVersion\":\"apps/v1\","
                + "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:spec\":{\"f:replicas\":{}}},"
                + "\"subresource\":\"scale\"}");
    assertThat(apiServer.apply(SETS + "/db", "author", SET).expect(409).status().message())
        .isEqualTo(
            "Apply failed with 1 conflict: conflict with \"scaler\" with subresource \"scale\""
                + " using apps/v1: .spec.replicas");
  }

  @Test
  void anAppliedScaleAsksThoseWhoOwnTheReplicas() {
    apiServer.apply(SETS + "/db", "author", SET).expect(201);
    assertThat(
            apiServer.apply(SETS + "/db/scale", "rival", scale(4)).expect(409).status().message())
        .isEqualTo("Apply failed with 1 conflict: conflict with \"author\": .spec.replicas");
    assertThat(apiServer.get(SETS + "/db").expect(200).at("spec.replicas")).isEqualTo("1");

    Answered forced = apiServer.apply(SETS + "/db/scale?force=true", "rival", scale(4)).expect(200);
    assertThat(forced.at("spec.replicas")).isEqualTo("4");
    assertThat(new String(forced.body(), StandardCharsets.UTF_8)).doesNotContain("managedFields");
    assertThat(stored())
        .containsOnlyOnce("f:replicas")
        .contains("\"manager\":\"author\"", "\"manager\":\"rival\",\"operation\":\"Apply\"");
  }

  @Test
  void whoAppliesTheSameReplicasSharesThem() {
    apiServer.apply(SETS + "/db", "author", SET).expect(201);
    apiServer.apply(SETS + "/db/scale", "friend", scale(1)).expect(200);
    assertThat(stored().split("f:replicas", -1)).hasSize(3);
  }

  @Test
  void aScaleThatIsPutKeepsManagersOfOtherVersions() {
    apiServer.apply(SETS + "/db", "author", SET).expect(201);
    apiServer.put(PETS + "/db/scale?fieldManager=scaler", scale(3)).expect(200);
    assertThat(stored())
        .contains("\"manager\":\"author\"", "\"f:serviceName\"")
        .contains("\"operation\":\"Update\",\"apiVersion\":\"apps/v1alpha1\"")
        .containsOnlyOnce("f:replicas");
  }

  @Test
  void anAppliedScaleOfAnotherKindIsRefusedAndOfNothingNotFound() {
    apiServer.apply(SETS + "/db", "author", SET).expect(201);
    assertThat(apiServer.apply(SETS + "/db/scale", "rival", SET).expect(400).status().message())
        .isEqualTo("invalid object type: apps/v1, Kind=StatefulSet");
    apiServer.apply(SETS + "/absent/scale", "rival", scale(4).replace("db", "absent")).expect(404);
  }
}
