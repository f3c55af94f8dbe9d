package io.tiphys.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.DeploymentSpec;
import io.tiphys.api.apps.v1.DeploymentStrategy;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.apps.v1.ReplicaSetStatus;
import io.tiphys.api.apps.v1.RollingUpdateDeployment;
import io.tiphys.controllers.kit.World;
import io.tiphys.meta.IntOrString;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingTest {
  @Test
  void oldSetsShrinkAsFarAsEnoughPodsStayAvailable() {
    ReplicaSet current = set("current", 2, 2);

    assertThat(down(set("old", 3, 3), current))
        .containsExactly(new Scaling.Scale(set("old", 3, 3), 1));
  }

  @Test
  void podsThatASetIsYetToRemoveAreNotThere() {
    ReplicaSet current = set("current", 3, 2);

    assertThat(down(set("old", 2, 3), current))
        .containsExactly(new Scaling.Scale(set("old", 2, 3), 1));
  }

  /** A step of four replicas, of which one may be missing. */
  private static List<Scaling.Scale> down(ReplicaSet old, ReplicaSet current) {
    Deployment deployment =
        Deployment.builder()
            .metadata(World.meta("ns", "web"))
            .spec(
                DeploymentSpec.builder()
                    .replicas(4)
                    .strategy(
                        DeploymentStrategy.builder()
                            .type("RollingUpdate")
                            .rollingUpdate(
                                RollingUpdateDeployment.builder()
                                    .maxSurge(IntOrString.of(1))
                                    .maxUnavailable(IntOrString.of(1))
                                    .build())
                            .build())
                    .build())
            .build();
    return Scaling.rollDown(new OwnedReplicaSets(deployment, current, List.of(old)), current);
  }

  private static ReplicaSet set(String name, int wished, int available) {
    return World.replicaSet(name, wished, "web")
        .withStatus(
            ReplicaSetStatus.builder().replicas(available).availableReplicas(available).build());
  }
}
