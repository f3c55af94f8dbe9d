package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the rules remark reaches the client. */
class WarningHeaderTest {
  private static final String VOLUMES = "/api/v1/persistentvolumes";
  private static final String ENDPOINTS = "/api/v1/namespaces/default/endpoints";
  private static final String DEPRECATED =
      "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\"";
  private final ApiServerFixture apiServer = new ApiServerFixture().furnished();

  @AfterEach
  void close() {
    apiServer.close();
  }

  @Test
  void aWriteIsAnsweredWithTheWarningsOfItsKind() {
    String volume =
        "{\"metadata\":{\"name\":\"v\"},\"spec\":{\"capacity\":{\"storage\":\"1Gi\"},"
            + "\"accessModes\":[\"ReadWriteOnce\"],\"hostPath\":{\"path\":\"/tmp/x\"},"
            + "\"persistentVolumeReclaimPolicy\":\"Recycle\"}}";
    String recycle =
        "299 - \"spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated."
            + " Instead, the recommended approach is to use dynamic provisioning.\"";
    assertThat(apiServer.post(VOLUMES, volume).expect(201).headers())
        .containsEntry("Warning", recycle);
    assertThat(apiServer.put(VOLUMES + "/v", volume).expect(200).headers())
        .containsEntry("Warning", recycle);
    assertThat(apiServer.get(VOLUMES + "/v").expect(200).headers()).doesNotContainKey("Warning");
  }

  @Test
  void aDeprecatedKindSaysSoWhateverIsDoneWithIt() {
    String endpoints =
        "{\"metadata\":{\"name\":\"e\"},\"subsets\":[{\"addresses\":[{\"ip\":\"1.2.3.4\"}]}]}";
    assertThat(apiServer.post(ENDPOINTS, endpoints).expect(201).headers())
        .containsEntry("Warning", DEPRECATED);
    assertThat(apiServer.get(ENDPOINTS).expect(200).headers()).containsEntry("Warning", DEPRECATED);
    assertThat(apiServer.watch(ENDPOINTS + "?watch=1", Map.of()).headers())
        .containsEntry("Warning", DEPRECATED);
    assertThat(apiServer.get(ENDPOINTS + "/e").expect(200).headers())
        .containsEntry("Warning", DEPRECATED);
    assertThat(apiServer.delete(ENDPOINTS + "/e").expect(200).headers())
        .containsEntry("Warning", DEPRECATED);
  }
}
