package io.tiphys.simulation;

import io.tiphys.api.ApiObject;
import io.tiphys.api.AppsV1;
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
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A Deployment stays within its bounds: no ReplicaSet of it is raised beyond its replicas and the
 * surge, and none is lowered so that fewer pods are available than its replicas without those that
 * may be missing. What counts is what its controller may still believe in: how many replicas were
 * wished, and how many were available, at any time that a late watch may show.
 */
final class DeploymentLaw implements Commits.Observer {
  private static final String DESIRED = "deployment.kubernetes.io/desired-replicas";

  /** Later than any watch of a run is late. */
  private static final long BELIEF_NANOS = Duration.ofMinutes(15).toNanos();

  private final SimulatedRuntime runtime;
  private final Violations violations;
  private final Map<String, Beliefs> wishes = new HashMap<>();
  private final Map<String, Map<String, Size>> sizes = new HashMap<>();

  /** The values that something had of late, the present one last. */
  private final class Beliefs {
    private final Deque<Belief> known = new ArrayDeque<>();

    void add(int value) {
      if (!known.isEmpty() && known.getLast().value != value) {
        Belief last = known.removeLast();
        known.add(new Belief(last.value, runtime.nanoTime() + BELIEF_NANOS));
      }
      if (known.isEmpty() || known.getLast().value != value) {
        known.add(new Belief(value, Long.MAX_VALUE));
      }
      known.removeIf(belief -> belief.untilNanos < runtime.nanoTime());
    }

    int most() {
      known.removeIf(belief -> belief.untilNanos < runtime.nanoTime());
      return known.stream().mapToInt(Belief::value).max().orElse(0);
    }

    int least() {
      known.removeIf(belief -> belief.untilNanos < runtime.nanoTime());
      return known.stream().mapToInt(Belief::value).min().orElse(0);
    }
  }

  private record Belief(int value, long untilNanos) {}

  /** Of a ReplicaSet: how many pods it shall have, and how many were available. */
  private record Size(int wished, Beliefs available) {
    int remaining() {
      return Math.min(wished, available.most());
    }
  }

  DeploymentLaw(SimulatedRuntime runtime, Violations violations) {
    this.runtime = runtime;
    this.violations = violations;
  }

  @Override
  public Set<Resource<?>> looksAt() {
    return Set.of(AppsV1.DEPLOYMENTS, AppsV1.REPLICASETS);
  }

  @Override
  public void committed(
      Resource<?> resource, @Nullable ApiObject before, @Nullable ApiObject after) {
    if (after instanceof Deployment deployment) {
      wishes
          .computeIfAbsent(deployment.metadata().uid(), _ -> new Beliefs())
          .add(replicas(deployment.spec().replicas()));
    } else if (after instanceof ReplicaSet set) {
      sized(set, before instanceof ReplicaSet known ? known : null);
    } else if (before instanceof ReplicaSet gone) {
      sizes.values().forEach(of -> of.remove(gone.metadata().uid()));
    }
  }

  private void sized(ReplicaSet set, @Nullable ReplicaSet before) {
    int size = replicas(set.spec().replicas());
    int earlier = before == null ? 0 : replicas(before.spec().replicas());
    for (OwnerReference owner : set.metadata().ownerReferences()) {
      Beliefs wished = wishes.get(owner.uid());
      if (wished == null) {
        continue;
      }
      Map<String, Size> of = sizes.computeIfAbsent(owner.uid(), _ -> new HashMap<>());
      Size former = of.get(set.metadata().uid());
      Beliefs available = former == null ? new Beliefs() : former.available;
      available.add(set.status().availableReplicas());
      of.put(set.metadata().uid(), new Size(size, available));
      String name = "deployment " + set.namespace() + "/" + owner.name();
      if (size > earlier) {
        checkMost(name, sum(of, Size::wished), wished.most());
      } else if (before != null && size < earlier && desired(before).equals(desired(set))) {
        int others = sum(of, Size::remaining) - new Size(size, available).remaining();
        checkLeast(name, others, before.status().availableReplicas(), size, wished.least());
      }
    }
  }

  /**
   * Of how many replicas its controller made a set part. When that changes the Deployment itself is
   * scaled: the loss is spread over its sets, available or not, as upstream does.
   */
  private static String desired(ReplicaSet set) {
    return set.metadata().annotations().getOrDefault(DESIRED, "");
  }

  private void checkMost(String name, int sum, int replicas) {
    int bound = replicas + (replicas + 3) / 4; // a surge of 25 %, rounded up
    if (sum > bound) {
      violations.add("%s has ReplicaSets of %d together, more than %d".formatted(name, sum, bound));
    }
  }

  /**
   * What is lowered may be what was not available anyway. Of the set itself the present state
   * counts: who writes a set has seen it.
   *
   * @param others that are available in the other sets
   */
  private void checkLeast(String name, int others, int available, int size, int replicas) {
    int bound = replicas - replicas / 4; // 25 % may be missing, rounded down
    if (size < available && others + size < bound) {
      violations.add(
          "%s is left with %d of %d available pods, fewer than %d"
              .formatted(name, others + size, others + available, bound));
    }
  }

  private static int sum(Map<String, Size> sizes, ToIntFunction<Size> value) {
    return sizes.values().stream().mapToInt(value).sum();
  }

  private static int replicas(@Nullable Integer wished) {
    return wished == null ? 1 : wished;
  }
}
