package io.tiphys.scheduler;

import io.tiphys.api.CoreV1;
import io.tiphys.api.PolicyV1;
import io.tiphys.api.StorageV1;
import io.tiphys.api.core.v1.Namespace;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.PersistentVolume;
import io.tiphys.api.core.v1.PersistentVolumeClaim;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.policy.v1.PodDisruptionBudget;
import io.tiphys.api.storage.v1.StorageClass;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives pods nodes. One thread decides, pod after pod, on the state that informers keep; what it
 * has decided counts at once, while {@link Binder} carries it out beside it.
 *
 * <p>{@code state} guards the cluster's state; the queue has a lock of its own, taken after it.
 */
public final class Scheduler implements Lifecycle {
  /** The {@code spec.schedulerName} this scheduler answers to. */
  public static final String NAME = "default-scheduler";

  private static final Logger log = System.getLogger(Scheduler.class.getName());

  /** As upstream: how often pods are looked for that no event has helped. */
  private static final Duration FORGOTTEN_CHECK = Duration.ofSeconds(30);

  private final Clock clock;
  private final ReentrantLock state = new ReentrantLock();
  private final ClusterState cluster = new ClusterState();
  private final SchedulingQueue queue;
  private final Placement placement;
  private final Binder binder;
  private final Volumes volumes;
  private final Informers informers;
  private final Closer running = new Closer();

  private Scheduler(
      Source source,
      Informers informers,
      EventRecorder events,
      Clock clock,
      RandomGenerator random,
      Loops loops) {
    this.clock = clock;
    this.informers = informers;
    queue = new SchedulingQueue(clock, random);
    Informer<PodDisruptionBudget> budgets = informers.of(PolicyV1.PODDISRUPTIONBUDGETS);
    placement = new Placement(random, budgets::list);
    volumes = InformedVolumes.of(informers);
    binder = new Binder(source, events, clock, loops, this::bindingFailed);
    informers.of(CoreV1.NAMESPACES).addHandler(namespaces());
    informers.of(CoreV1.NODES).addHandler(nodes());
    informers.of(CoreV1.PODS).addHandler(pods());
    Handler<Object> storage = Handler.of(_ -> queue.clusterChanged());
    informers.of(CoreV1.PERSISTENTVOLUMECLAIMS).addHandler(claims());
    informers.of(CoreV1.PERSISTENTVOLUMES).addHandler(Handler.of(storage::onAdd));
    informers.of(StorageV1.STORAGECLASSES).addHandler(Handler.of(storage::onAdd));
  }

  /**
   * Starts to schedule, once the informers have synced.
   *
   * @param informers their handlers keep the scheduler's state
   */
  public static Scheduler open(
      Source source,
      Informers informers,
      EventRecorder events,
      Clock clock,
      RandomGenerator random,
      Loops loops) {
    Scheduler scheduler = new Scheduler(source, informers, events, clock, random, loops);
    scheduler.running.add(loops.startOnPlatform("scheduler", scheduler::run));
    scheduler.running.add(loops.start("scheduler-forgotten", scheduler::checkForgotten));
    return scheduler;
  }

  @Override
  public void close() {
    queue.close();
    binder.close();
    running.close();
  }

  /** Who does not know all pods and nodes yet would give away what is taken. */
  private void run() throws InterruptedException {
    informers.awaitSync();
    for (Candidate pod = queue.take(); pod != null; pod = queue.take()) {
      try {
        schedule(pod);
      } catch (RuntimeException | Error e) {
        log.log(Level.ERROR, "cannot schedule " + pod.key(), e);
        bindingFailed(pod);
      }
    }
  }

  private void schedule(Candidate pod) throws InterruptedException {
    Placement.Decision decision;
    state.lock();
    try {
      decision = decide(pod);
    } finally {
      state.unlock();
    }
    switch (decision) {
      case Placement.Place place when place.needs().delayed().isEmpty() -> binder.bind(pod, place);
      case Placement.Place place -> {
        binder.provision(pod, place);
        queue.failed(pod.uid());
      }
      case Placement.Unschedulable(String message) -> unschedulable(pod, message, "");
      case Placement.Waiting(String message) ->
          unschedulable(pod, message, pod.pod().status().nominatedNodeName());
      case Placement.Preempt(String message, String node, List<Candidate> victims) -> {
        unschedulable(pod, message, node);
        binder.preempt(pod, node, victims);
      }
    }
  }

  private void unschedulable(Candidate pod, String message, String nominatedNode) {
    change(() -> cluster.nominate(pod, nominatedNode));
    binder.unschedulable(pod, message, nominatedNode);
    queue.failed(pod.uid());
  }

  private Placement.Decision decide(Candidate pod) {
    Placement.Decision decision = placement.decide(pod, cluster, volumes);
    if (decision instanceof Placement.Place place) {
      if (place.needs().delayed().isEmpty()) {
        cluster.assume(pod, place.node());
      } else {
        // Its room is kept while its volumes are made; it is decided about again when they are.
        cluster.nominate(pod, place.node());
      }
    }
    return decision;
  }

  private void bindingFailed(Candidate pod) {
    change(() -> cluster.forget(pod.uid()));
    queue.failed(pod.uid());
  }

  private void checkForgotten() throws InterruptedException {
    while (true) {
      clock.sleep(FORGOTTEN_CHECK);
      queue.releaseForgotten();
    }
  }

  private void change(Runnable change) {
    state.lock();
    try {
      change.run();
    } finally {
      state.unlock();
    }
  }

  private Handler<Namespace> namespaces() {
    return new Handler<>() {
      @Override
      public void onAdd(Namespace added) {
        change(() -> cluster.putNamespace(added.name(), added.metadata().labels()));
      }

      @Override
      public void onUpdate(Namespace before, Namespace after) {
        onAdd(after);
      }

      @Override
      public void onDelete(Namespace last) {
        change(() -> cluster.removeNamespace(last.name()));
      }
    };
  }

  private Handler<Node> nodes() {
    return new Handler<>() {
      @Override
      public void onAdd(Node added) {
        change(() -> cluster.putNode(added));
        queue.clusterChanged();
      }

      @Override
      public void onUpdate(Node before, Node after) {
        change(() -> cluster.putNode(after));
        if (makesRoom(before, after)) {
          queue.clusterChanged();
        }
      }

      @Override
      public void onDelete(Node last) {
        change(() -> cluster.removeNode(last.name()));
      }
    };
  }

  /** A heartbeat changes nothing for pods that wait; these do. */
  private static boolean makesRoom(Node before, Node after) {
    return !before.spec().equals(after.spec())
        || !before.metadata().labels().equals(after.metadata().labels())
        || !before.status().allocatable().equals(after.status().allocatable());
  }

  private Handler<PersistentVolumeClaim> claims() {
    return Handler.of(_ -> queue.clusterChanged());
  }

  private Handler<Pod> pods() {
    return new Handler<>() {
      @Override
      public void onAdd(Pod pod) {
        if (hasEnded(pod)) {
          remove(pod);
        } else if (!pod.spec().nodeName().isEmpty()) {
          change(() -> cluster.putPod(pod));
          queue.remove(pod.metadata().uid());
          queue.release(Scheduler::looksAtOtherPods);
        } else if (isOurs(pod)) {
          Candidate candidate = Candidate.of(pod);
          String nominated = pod.status().nominatedNodeName();
          if (!nominated.isEmpty()) {
            change(() -> cluster.nominate(candidate, nominated));
          }
          queue.put(candidate);
        } else {
          queue.remove(pod.metadata().uid());
        }
      }

      @Override
      public void onUpdate(Pod before, Pod after) {
        if (!before.metadata().uid().equals(after.metadata().uid())) {
          remove(before);
        }
        boolean placedAsBefore =
            !after.spec().nodeName().isEmpty()
                && before.spec().equals(after.spec())
                && before.metadata().labels().equals(after.metadata().labels())
                && Objects.equals(
                    before.metadata().deletionTimestamp(), after.metadata().deletionTimestamp())
                && !hasEnded(after);
        if (!placedAsBefore) {
          onAdd(after);
        }
      }

      @Override
      public void onDelete(Pod last) {
        remove(last);
      }

      private void remove(Pod pod) {
        String uid = pod.metadata().uid();
        queue.remove(uid);
        boolean placed;
        state.lock();
        try {
          placed = cluster.isPlaced(uid);
          cluster.removePod(uid);
        } finally {
          state.unlock();
        }
        if (placed) {
          queue.clusterChanged();
        }
      }
    };
  }

  private static boolean hasEnded(Pod pod) {
    return pod.status().phase().equals("Succeeded") || pod.status().phase().equals("Failed");
  }

  private static boolean isOurs(Pod pod) {
    String name = pod.spec().schedulerName();
    return (name.isEmpty() || name.equals(NAME))
        && pod.metadata().deletionTimestamp() == null
        && pod.spec().schedulingGates().isEmpty();
  }

  private static boolean looksAtOtherPods(Candidate pod) {
    return pod.pod().spec().affinity() != null
        || !pod.pod().spec().topologySpreadConstraints().isEmpty();
  }

  /** Storage as informers know it. */
  private record InformedVolumes(
      Informer<PersistentVolumeClaim> claims,
      Informer<PersistentVolume> persistentVolumes,
      Informer<StorageClass> classes)
      implements Volumes {
    static InformedVolumes of(Informers informers) {
      return new InformedVolumes(
          informers.of(CoreV1.PERSISTENTVOLUMECLAIMS),
          informers.of(CoreV1.PERSISTENTVOLUMES),
          informers.of(StorageV1.STORAGECLASSES));
    }

    @Override
    public @Nullable PersistentVolumeClaim claim(String namespace, String name) {
      return claims.get(namespace, name);
    }

    @Override
    public @Nullable PersistentVolume volume(String name) {
      return persistentVolumes.get("", name);
    }

    @Override
    public @Nullable StorageClass storageClass(String name) {
      return classes.get("", name);
    }
  }
}
