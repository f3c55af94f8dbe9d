package io.tiphys.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.AppsV1;
import io.tiphys.api.CoreV1;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentSpec;
import io.tiphys.api.apps.v1.DeploymentStatus;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.meta.v1.ObjectMeta;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class GenericRulesTest {
  private static final WriteContext CONTEXT =
      new WriteContext("me", "", List.of(), Map.of(), Instant.EPOCH);
  private static final DeploymentStatus SEEN =
      DeploymentStatus.builder().observedGeneration(7).build();

  private final ResourceRules<Deployment> rules = new GenericRules<>(AppsV1.DEPLOYMENTS);

  private static Deployment deployment(int replicas, long generation) {
    return Deployment.builder()
        .metadata(ObjectMeta.builder().name("web").generation(generation).build())
        .spec(DeploymentSpec.builder().replicas(replicas).build())
        .build();
  }

  @Test
  void aNewObjectHasNoStatusAndTheFirstGeneration() {
    Deployment created = rules.prepareForCreate(deployment(1, 0).withStatus(SEEN), CONTEXT);
    assertThat(created.status()).isEqualTo(DeploymentStatus.EMPTY);
    assertThat(created.metadata().generation()).isEqualTo(1);
  }

  @Test
  void onlyAChangedWishMakesANewGeneration() {
    Deployment old = deployment(1, 4).withStatus(SEEN);
    Deployment labelled =
        deployment(1, 4).withMetadata(old.metadata().withLabels(Map.of("a", "b")));
    assertThat(rules.prepareForUpdate(labelled, old, CONTEXT).metadata().generation()).isEqualTo(4);
    Deployment scaled = rules.prepareForUpdate(deployment(2, 4), old, CONTEXT);
    assertThat(scaled.metadata().generation()).isEqualTo(5);
    assertThat(scaled.status()).isEqualTo(SEEN);
  }

  @Test
  void theStatusSubresourceChangesTheStatusAlone() {
    Deployment old = deployment(1, 4);
    Deployment written = deployment(9, 4).withStatus(SEEN);
    UpdateRules<Deployment> status = Objects.requireNonNull(rules.subresources().get("status"));
    assertThat(status.prepareForUpdate(written, old, CONTEXT)).isEqualTo(old.withStatus(SEEN));
  }

  @Test
  void kindsWithoutStatusHaveNeitherSubresourceNorGeneration() {
    ResourceRules<ConfigMap> plain = Rules.of(CoreV1.CONFIGMAPS);
    assertThat(plain.subresources()).isEmpty();
    ConfigMap map = ConfigMap.builder().data(Map.of("a", "b")).build();
    assertThat(plain.prepareForCreate(map, CONTEXT)).isEqualTo(map);
  }
}
