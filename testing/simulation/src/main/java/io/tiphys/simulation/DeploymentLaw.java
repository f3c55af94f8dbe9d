package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.apps.v1.Deployment;
import io.tiphys.api.apps.v1.ReplicaSet;
import io.tiphys.api.meta.v1.OwnerReference;
import io.tiphys.simulation.runtime.SimulatedRuntime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment stays within its bounds: no ReplicaSet of it is raised beyond its replicas and the
 * surge, as it was wished at any time that its controller may still believe in.
 */
final class DeploymentLaw implements Commits.Observer {
  /** Later than any watch of a run is late. */
  private static final long BELIEF_NANOS = Duration.ofMinutes(15).toNanos();

  private final SimulatedRuntime runtime;
  private final Violations violations;
  private final Map<String, Deque<Wish>> wishes = new HashMap<>();
  private final Map<String, Map<String, Integer>> sizes = new HashMap<>();

  private record Wish(int replicas, long untilNanos) {}

  DeploymentLaw(SimulatedRuntime runtime, Violations violations) {
    this.runtime = runtime;
    this.violations = violations;
  }

  @Override
  public void committed(
      Resource<?> resource, @Nullable ApiObject before, @Nullable ApiObject after) {
    if (after instanceof Deployment deployment) {
      wished(deployment);
    } else if (after instanceof ReplicaSet set) {
      int earlier = before instanceof ReplicaSet known ? replicas(known.spec().replicas()) : 0;
      sized(set, earlier);
    } else if (before instanceof ReplicaSet gone) {
      sizes.values().forEach(of -> of.remove(gone.metadata().uid()));
    }
  }

  private void wished(Deployment deployment) {
    Deque<Wish> known =
        wishes.computeIfAbsent(deployment.metadata().uid(), _ -> new ArrayDeque<>());
    int replicas = replicas(deployment.spec().replicas());
    if (!known.isEmpty() && known.getLast().replicas != replicas) {
      Wish last = known.removeLast();
      known.add(new Wish(last.replicas, runtime.nanoTime() + BELIEF_NANOS));
    }
    if (known.isEmpty() || known.getLast().replicas != replicas) {
      known.add(new Wish(replicas, Long.MAX_VALUE));
    }
  }

  private void sized(ReplicaSet set, int earlier) {
    for (OwnerReference owner : set.metadata().ownerReferences()) {
      Deque<Wish> known = wishes.get(owner.uid());
      if (known == null) {
        continue;
      }
      Map<String, Integer> of = sizes.computeIfAbsent(owner.uid(), _ -> new HashMap<>());
      int size = replicas(set.spec().replicas());
      of.put(set.metadata().uid(), size);
      known.removeIf(wish -> wish.untilNanos < runtime.nanoTime());
      int most = known.stream().mapToInt(Wish::replicas).max().orElse(0);
      int bound = most + (most + 3) / 4; // a surge of 25 %, rounded up
      int sum = of.values().stream().mapToInt(Integer::intValue).sum();
      if (size > earlier && sum > bound) {
        violations.add(
            "deployment %s/%s has ReplicaSets of %d together, more than %d"
                .formatted(set.namespace(), owner.name(), sum, bound));
      }
    }
  }

  private static int replicas(@Nullable Integer wished) {
    return wished == null ? 1 : wished;
  }
}
