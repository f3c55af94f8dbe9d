package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.node.hollow.HollowMachine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pod keeps its node, what is over stays over, and no identity of a StatefulSet runs twice at a
 * time, whatever the API says.
 */
final class PodLaw implements Commits.Observer {
  private final Supplier<Map<String, List<HollowMachine.Running>>> running;
  private final Violations violations;

  /**
   * @param running what runs on each machine, by its node's name
   */
  PodLaw(Supplier<Map<String, List<HollowMachine.Running>>> running, Violations violations) {
    this.running = running;
    this.violations = violations;
  }

  @Override
  public Set<Resource<?>> looksAt() {
    return Set.of(CoreV1.PODS);
  }

  @Override
  public void committed(
      Resource<?> resource, @Nullable ApiObject before, @Nullable ApiObject after) {
    if (after instanceof Pod pod) {
      if (before instanceof Pod earlier) {
        checkChange(earlier, pod);
      }
      checkIdentities();
    }
  }

  private void checkChange(Pod before, Pod after) {
    String node = before.spec().nodeName();
    if (!node.isEmpty() && !node.equals(after.spec().nodeName())) {
      violations.add(name(after) + " moved from " + node + " to " + after.spec().nodeName());
    }
    String phase = before.status().phase();
    boolean over = phase.equals("Succeeded") || phase.equals("Failed");
    if (over && !phase.equals(after.status().phase())) {
      violations.add(name(after) + " was " + phase + " and is " + after.status().phase());
    }
    if (!Objects.equals(before.metadata().uid(), after.metadata().uid())) {
      violations.add(name(after) + " became another pod without being deleted");
    }
  }

  private void checkIdentities() {
    Map<String, String> places = new HashMap<>();
    running
        .get()
        .forEach(
            (node, pods) -> {
              for (HollowMachine.Running pod : pods) {
                String name = pod.namespace() + "/" + pod.name();
                String other = places.put(name, node);
                if (other != null) {
                  violations.add(name + " runs on " + other + " and on " + node);
                }
              }
            });
  }

  private static String name(Pod pod) {
    return "pod " + pod.namespace() + "/" + pod.name();
  }
}
