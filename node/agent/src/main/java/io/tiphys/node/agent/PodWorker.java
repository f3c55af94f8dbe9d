package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Lifecycle;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks after one pod, from its binding to its end, on a thread of its own. It is woken when the
 * pod, its containers or its probes change, or a wait is over; it then looks at everything anew.
 */
final class PodWorker implements Lifecycle {
  private static final Logger log = System.getLogger(PodWorker.class.getName());

  /** In case an event was lost: a look at the pod costs little. */
  private static final Duration RELIST = Duration.ofMinutes(1);

  private final Node node;
  private final String namespace;
  private final String name;
  private final String uid;
  private final Consumer<String> onGone;
  private final Semaphore signal = new Semaphore(1);
  private final PodStarter starter;
  private final PodEnd end;
  private final PodReport report;
  private final Probing probing;

  /** Containers that a probe wants dead, by id; a new one takes their place. */
  private final Map<String, String> condemned = new ConcurrentHashMap<>();

  private final Thread thread;
  private volatile boolean closed;
  private boolean over;

  /**
   * @param onGone told the uid when nothing of the pod is left
   */
  PodWorker(Node node, Pod pod, Consumer<String> onGone) {
    this.node = node;
    namespace = pod.namespace();
    name = pod.name();
    uid = pod.metadata().uid();
    this.onGone = onGone;
    probing = new Probing(node.clock(), node.prober(), node.events(), new ProbeListener());
    starter = new PodStarter(node);
    end = new PodEnd(node);
    report = new PodReport(node, probing);
    thread = Thread.ofVirtual().name("pod " + namespace + "/" + name).unstarted(() -> run(pod));
  }

  void start() {
    thread.start();
  }

  /** Something has changed; a look is due. */
  void wake() {
    if (signal.availablePermits() == 0) {
      signal.release();
    }
  }

  private void wakeAfter(Duration delay) {
    var _ = node.clock().schedule(delay, this::wake);
  }

  /** Stops looking after the pod; its containers run on. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    probing.retain(Set.of());
  }

  private void run(Pod first) {
    Pod last = first;
    try {
      while (!closed) {
        signal.acquire();
        signal.drainPermits();
        Pod present = present();
        last = present == null ? last : present;
        if (look(last, present == null)) {
          onGone.accept(uid);
          return;
        }
        wakeAfter(RELIST);
      }
    } catch (InterruptedException _) {
      // Closed; what runs, runs on.
    }
  }

  private @Nullable Pod present() {
    Pod pod = node.pods().get(namespace, name);
    return pod == null || !pod.metadata().uid().equals(uid) ? null : pod;
  }

  /** Whether nothing of the pod is left. */
  private boolean look(Pod pod, boolean deleted) throws InterruptedException {
    try {
      if (deleted || pod.metadata().deletionTimestamp() != null) {
        probing.retain(Set.of());
        end.bringAbout(pod, deleted, report);
        return true;
      }
      sync(pod);
    } catch (CriException | ApiFailure e) {
      if (!closed) {
        log.log(Level.WARNING, "pod {0}/{1}: {2}", namespace, name, e.getMessage());
        wakeAfter(Backoffs.FIRST);
      }
    }
    return false;
  }

  private void sync(Pod pod) throws InterruptedException {
    PodView view = PodView.of(node.runtime(), uid);
    if (!over) {
      killCondemned(pod, view);
      view = bringOn(pod, view);
    }
    watch(pod, view);
    report.write(pod, view, starter.troubles());
    starter.retryAfter().ifPresent(this::wakeAfter);
  }

  private PodView bringOn(Pod pod, PodView seen) throws InterruptedException {
    PodStep step = PodStep.of(pod, seen, name -> sidecarStarted(pod, seen, name));
    if (step instanceof PodStep.Finish || deadlinePassed(pod)) {
      over = true;
      end.stopContainers(pod, seen, node.clock());
      return PodView.of(node.runtime(), uid);
    }
    boolean changed = starter.carryOut(pod, seen, step, report);
    if (!changed) {
      return seen;
    }
    PodView view = PodView.of(node.runtime(), uid);
    PodStep next = PodStep.of(pod, view, name -> sidecarStarted(pod, view, name));
    boolean more =
        step instanceof PodStep.MakeSandbox
            && next instanceof PodStep.Start start
            && !start.containers().isEmpty();
    return more ? bringOn(pod, view) : view;
  }

  private boolean sidecarStarted(Pod pod, PodView view, String container) {
    ContainerStatus status = view.newest(container);
    return pod.spec().initContainers().stream()
        .filter(c -> c.name().equals(container))
        .anyMatch(c -> status != null && probing.isStarted(c, status.id()));
  }

  private boolean deadlinePassed(Pod pod) {
    Long seconds = pod.spec().activeDeadlineSeconds();
    var begin = pod.status().startTime();
    if (seconds == null || begin == null) {
      return false;
    }
    Duration left = Duration.between(node.clock().now(), begin.plusSeconds(seconds));
    if (left.isPositive()) {
      wakeAfter(left);
      return false;
    }
    report.failAs(
        "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
    return true;
  }

  private void killCondemned(Pod pod, PodView view) {
    for (Container container : pod.spec().containers()) {
      ContainerStatus status = view.newest(container.name());
      String why = status == null ? null : condemned.remove(status.id());
      if (why != null && status != null && Containers.isRunning(status)) {
        node.events()
            .normal(
                pod,
                container,
                "Killing",
                "Container %s failed %s probe, will be restarted".formatted(container.name(), why));
        Long grace = pod.spec().terminationGracePeriodSeconds();
        node.runtime().stopContainer(status.id(), Duration.ofSeconds(grace == null ? 30 : grace));
      }
    }
  }

  private void watch(Pod pod, PodView view) {
    Set<String> running = new HashSet<>();
    String ip = view.sandbox() == null ? "" : view.sandbox().network().ip();
    String address = pod.spec().hostNetwork() ? node.config().hostIp() : ip;
    for (ContainerStatus status : view.containers()) {
      if (Containers.isRunning(status)) {
        running.add(status.id());
      }
    }
    probing.retain(running);
    if (over) {
      return;
    }
    for (Container container : pod.spec().initContainers()) {
      ContainerStatus status = view.newest(container.name());
      if (Containers.isSidecar(container) && status != null && Containers.isRunning(status)) {
        probing.watch(pod, container, status, address);
      }
    }
    for (Container container : pod.spec().containers()) {
      ContainerStatus status = view.newest(container.name());
      if (status != null && Containers.isRunning(status)) {
        probing.watch(pod, container, status, address);
      }
    }
  }

  private final class ProbeListener implements Probing.Listener {
    @Override
    public void changed() {
      wake();
    }

    @Override
    public void failed(Container container, String containerId, String what) {
      condemned.put(containerId, what);
      wake();
    }
  }
}
