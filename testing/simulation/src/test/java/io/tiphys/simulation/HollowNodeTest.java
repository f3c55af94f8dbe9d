package io.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.node.hollow.HollowMachine;
import io.tiphys.node.hollow.HollowScript;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.simulation.runtime.SimulatedRuntime;
import io.tiphys.store.Store;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The agent of a hollow node takes care of every pod of its node, whatever goes wrong with one. */
class HollowNodeTest {
  private static final String NODE = "node-0";

  private final SimulatedRuntime runtime = new SimulatedRuntime(1);
  private final Trace trace = new Trace(null, runtime::nanoTime);
  private final SimulatedCluster cluster =
      new SimulatedCluster(
          1, runtime, new Faults(), new Commits(trace), new Violations(trace), trace);

  @Test
  void aPodThatFailedTheAgentIsLookedAtAgain() {
    Set<String> failed = new HashSet<>();
    HollowScript script =
        pod -> {
          if (failed.add(pod.name())) {
            throw new IllegalStateException("a fault of the agent");
          }
          return new HollowScript.Play(Duration.ZERO, Duration.ZERO, 0, Duration.ZERO);
        };
    cluster.add(new SimulatedNode(NODE, new HollowMachine(0), script));
    cluster.start(SimulatedCluster.API_SERVER);
    runtime.run(Duration.ofMinutes(1));
    for (String name : List.of("a", "b", "c")) {
      cluster
          .store()
          .put(
              StoreKeys.prefix(CoreV1.PODS) + "default/" + name,
              ObjectCodec.toJson(pod(name)),
              Store.ABSENT);
    }

    cluster.start(NODE);
    runtime.run(Duration.ofMinutes(1));

    assertThat(failed).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(cluster.machines().get(NODE))
        .extracting(HollowMachine.Running::name)
        .containsExactlyInAnyOrder("a", "b", "c");
  }

  private static Pod pod(String name) {
    Container main = Container.EMPTY.withName("main").withImage("app:1");
    return Pod.builder()
        .metadata(Manifests.meta("default", name).withUid(name))
        .spec(
            PodSpec.EMPTY
                .withNodeName(NODE)
                .withRestartPolicy("Always")
                .withContainers(List.of(main)))
        .build();
  }
}
