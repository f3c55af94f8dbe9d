package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.registry.ApiServerFixture.Answered;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A kind that is stored as another one: Pet Sets are Stateful Sets. */
class ConversionTest {
  private static final String PETS = "/apis/apps/v1alpha1/namespaces/default/petsets";
  private static final String SETS = "/apis/apps/v1/namespaces/default/statefulsets";
  private static final String PET_SET =
      "{\"apiVersion\":\"apps/v1alpha1\",\"kind\":\"PetSet\",\"metadata\":{\"name\":\"db\"},"
          + "\"spec\":{\"serviceName\":\"db\",\"replicas\":3,\"template\":{\"metadata\":"
          + "{\"labels\":{\"app\":\"db\"}},\"spec\":{\"containers\":[{\"name\":\"c\","
          + "\"image\":\"i\"}]}},\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"data\"},"
          + "\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":"
          + "{\"storage\":\"1Gi\"}}}}]}}";

  private ApiServerFixture apiServer;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  @Test
  void bothKindsShowOneTruth() {
    Answered created = apiServer.post(PETS, PET_SET).expect(201);
    assertThat(created.at("kind")).isEqualTo("PetSet");
    Answered set = apiServer.get(SETS + "/db").expect(200);
    assertThat(set.at("kind")).isEqualTo("StatefulSet");
    assertThat(set.at("metadata.uid")).isEqualTo(created.at("metadata.uid"));
    assertThat(set.at("metadata.resourceVersion"))
        .isEqualTo(created.at("metadata.resourceVersion"));
    apiServer.merge(PETS + "/db", "{\"spec\":{\"replicas\":5}}").expect(200);
    assertThat(apiServer.get(SETS + "/db").at("spec.replicas")).isEqualTo("5");
    assertThat(apiServer.get(PETS).expect(200).at("items.0.metadata.name")).isEqualTo("db");
  }

  @Test
  void theSameManifestAgainIsNoChange() {
    Answered created = apiServer.post(PETS, PET_SET).expect(201);
    Answered again = apiServer.merge(PETS + "/db", PET_SET).expect(200);
    assertThat(again.at("metadata.resourceVersion"))
        .isEqualTo(created.at("metadata.resourceVersion"));
    Answered refused =
        apiServer.merge(PETS + "/db", "{\"spec\":{\"serviceName\":\"other\"}}").expect(422);
    assertThat(refused.status().message())
        .isEqualTo(
            "PetSet.apps \"db\" is invalid: spec: Forbidden: updates to petset spec for fields"
                + " other than 'replicas' are forbidden.");
  }

  @Test
  void theScaleOfEitherIsTheSame() {
    apiServer.post(PETS, PET_SET).expect(201);
    assertThat(apiServer.get(PETS + "/db/scale").expect(200).at("spec.replicas")).isEqualTo("3");
    apiServer.merge(SETS + "/db/scale", "{\"spec\":{\"replicas\":2}}").expect(200);
    assertThat(apiServer.get(PETS + "/db").at("spec.replicas")).isEqualTo("2");
    Answered refused =
        apiServer.merge(SETS + "/db/scale", "{\"spec\":{\"replicas\":-1}}").expect(422);
    assertThat(refused.status().message())
        .isEqualTo(
            "Scale.autoscaling \"db\" is invalid: spec.replicas: Invalid value: -1: must be"
                + " greater than or equal to 0");
  }

  private static boolean hasManager(Answered object, String manager) {
    return object.text().contains("\"manager\":\"" + manager + "\"");
  }

  @Test
  void aManagerKeepsWhatItAppliedWhenAnotherWritesInAnotherVersion() {
    Answered applied = apiServer.apply(PETS + "/db", "author", PET_SET).expect(201);
    assertThat(hasManager(applied, "author")).isTrue();
    apiServer
        .merge(
            SETS + "/db/status?fieldManager=controller",
            "{\"status\":{\"observedGeneration\":1,\"replicas\":1}}")
        .expect(200);
    Answered written =
        apiServer
            .merge(
                SETS + "/db?fieldManager=other",
                "{\"spec\":{\"revisionHistoryLimit\":3},\"metadata\":{\"labels\":{\"x\":\"y\"}}}")
            .expect(200);
    assertThat(hasManager(written, "author")).isTrue();
    Answered conflict =
        apiServer.apply(PETS + "/db", "rival", PET_SET.replace("\"replicas\":3", "\"replicas\":7"));
    assertThat(conflict.expect(409).status().message())
        .startsWith(
            "Apply failed with 2 conflicts: conflicts with \"author\":\n- .spec.replicas\n");
    Answered asSet =
        apiServer
            .merge(SETS + "/db?fieldManager=scaler", "{\"spec\":{\"replicas\":5}}")
            .expect(200);
    assertThat(hasManager(asSet, "author")).isTrue();
    assertThat(apiServer.apply(PETS + "/db", "author", PET_SET).expect(409).status().message())
        .startsWith("Apply failed with 1 conflict: conflict with \"scaler\" using apps/v1");
  }
}
