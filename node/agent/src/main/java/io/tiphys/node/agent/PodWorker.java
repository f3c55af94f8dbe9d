package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.Probe;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.node.agent.admission.PodAdmission;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /** As upstream's sync period: when what volumes show of the API is brought up to date. */
  private static final Duration RELIST = Duration.ofMinutes(1);

  /** What a pod gets whose object was taken away without asking it: no more than it must. */
  private static final Duration GRACE_WHEN_GONE = Duration.ofSeconds(2);

  /** As upstream's immediateEvictionGracePeriodSeconds. */
  private static final Duration GRACE_WHEN_EVICTED = Duration.ofSeconds(1);

  /** The key of a look at the pod among its back-offs. */
  private static final String LOOK = "look";

  private final Node node;
  private final String namespace;
  private final String name;
  private final String uid;
  private final Consumer<String> onGone;
  private final Semaphore signal = new Semaphore(1);
  private final BackgroundTasks errands;
  private final PodStarter starter;
  private final PodEnd end;
  private final PodReport report;
  private final Probing probing;
  private final Backoffs failures;
  private final StorageLimits storage;
  private final PodAdmission.@Nullable Rejection rejection;

  /** Containers that a probe wants dead, by id; a new one takes their place. */
  private final Map<String, String> condemned = new ConcurrentHashMap<>();

  private Loops.@Nullable Loop loop;
  private volatile boolean closed;
  private Pod last;
  private boolean over;
  private boolean released;
  private Duration next = RELIST;
  private ObjectMeta shown;
  private long refreshedAt;
  private long measuredAt;

  /**
   * @param rejection why the pod is not run, or null
   * @param onGone told the uid when nothing of the pod is left
   */
  PodWorker(
      Node node, Pod pod, PodAdmission.@Nullable Rejection rejection, Consumer<String> onGone) {
    this.node = node;
    this.rejection = rejection;
    namespace = pod.namespace();
    name = pod.name();
    uid = pod.metadata().uid();
    this.onGone = onGone;
    last = pod;
    shown = pod.metadata();
    refreshedAt = node.clock().nanoTime();
    probing =
        new Probing(node.clock(), node.loops(), node.prober(), node.events(), new ProbeListener());
    errands = new BackgroundTasks(node.loops());
    end = new PodEnd(node);
    starter = new PodStarter(node, errands, end);
    report = new PodReport(node, probing);
    failures = new Backoffs(node.clock());
    storage = new StorageLimits(node);
    measuredAt = node.clock().nanoTime();
  }

  void start() {
    loop = node.loops().start("pod", namespace + "/" + name, this::run);
  }

  /** The pod has changed; when it is to end, what is under way gives way to that. */
  void changed(Pod pod) {
    if (pod.metadata().deletionTimestamp() != null) {
      errands.callOff();
      end.hurry(PodEnd.grace(pod));
    }
    wake();
  }

  /** The pod's object is gone. */
  void vanished() {
    errands.callOff();
    end.hurry(GRACE_WHEN_GONE);
    wake();
  }

  /** Something has changed; a look is due. */
  void wake() {
    if (signal.availablePermits() == 0) {
      signal.release();
    }
  }

  private void wakeAfter(Duration delay) {
    next = delay.compareTo(next) < 0 ? delay : next;
  }

  /** Stops looking after the pod; its containers run on. */
  @Override
  public void close() {
    closed = true;
    if (loop != null) {
      loop.close();
    }
    probing.retain(Set.of());
  }

  /** Looks until nothing of the pod is left. */
  private void run() throws InterruptedException {
    while (!closed) {
      signal.drainPermits();
      Pod present = present();
      last = present == null ? last : present;
      next = RELIST;
      if (look(last, present == null)) {
        onGone.accept(uid);
        return;
      }
      Clock.Timer timer = node.clock().schedule(next, this::wake);
      try {
        signal.acquire();
      } finally {
        timer.cancel();
      }
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
      failures.forget(LOOK);
    } catch (RuntimeException e) {
      if (!closed) {
        failed(pod, deleted, e);
      }
    }
    return false;
  }

  /** Whatever goes wrong with a pod is that pod's affair: it is said, and tried again later. */
  private void failed(Pod pod, boolean deleted, RuntimeException e) {
    log.log(Level.WARNING, "pod " + namespace + "/" + name + ": " + e.getMessage(), traced(e));
    boolean ends = deleted || pod.metadata().deletionTimestamp() != null;
    if (failures.left(LOOK).isZero()) {
      failures.failed(LOOK);
      node.events()
          .warning(
              pod,
              ends ? "FailedKillPod" : "FailedSync",
              (ends ? "error killing pod: " : "error syncing pod: ") + e.getMessage());
    }
    wakeAfter(failures.left(LOOK));
  }

  /** What engine and API say needs no trace, what nobody thought of does. */
  private static @Nullable Throwable traced(RuntimeException e) {
    return e instanceof CriException || e instanceof ApiFailure ? null : e;
  }

  private void sync(Pod pod) throws InterruptedException {
    over |= PodPhase.isFinal(pod.status().phase());
    if (rejection != null) {
      reject(pod, rejection);
      return;
    }
    PodView view = PodView.of(node.runtime(), uid);
    if (!over) {
      kill(pod, view);
      view = bringOn(pod, view);
    }
    if (over && !released) {
      probing.retain(Set.of());
      end.release(pod, view);
      released = true;
      view = PodView.of(node.runtime(), uid);
    }
    if (!over && !view.earlier().isEmpty()) {
      starter.removeOld(view);
      view = PodView.of(node.runtime(), uid);
    }
    if (!over) {
      refresh(pod);
      watch(pod, view);
    }
    report.write(pod, view, starter.troubles());
    starter.retryAfter().ifPresent(this::wakeAfter);
  }

  /** What volumes show of the pod follows at once, what they show of other objects in a while. */
  private void refresh(Pod pod) {
    long now = node.clock().nanoTime();
    boolean same =
        pod.metadata().labels().equals(shown.labels())
            && pod.metadata().annotations().equals(shown.annotations());
    if (!same || now - refreshedAt >= RELIST.toNanos()) {
      node.volumes().refresh(pod);
      shown = pod.metadata();
      refreshedAt = now;
    }
  }

  private PodView bringOn(Pod pod, PodView seen) throws InterruptedException {
    PodStep step = PodStep.of(pod, seen, container -> sidecarStarted(pod, seen, container));
    if (step instanceof PodStep.Finish || deadlinePassed(pod) || isEvicted(pod, seen)) {
      over = true;
      return seen;
    }
    if (step instanceof PodStep.MakeSandbox && !pod.status().containerStatuses().isEmpty()) {
      // Nobody may take it for ready, nor its address for its own, while it is made anew.
      report.write(pod, seen, starter.troubles());
    }
    boolean changed = starter.carryOut(pod, seen, step, report);
    if (!changed) {
      return seen;
    }
    PodView view = PodView.of(node.runtime(), uid);
    PodStep following = PodStep.of(pod, view, container -> sidecarStarted(pod, view, container));
    boolean more =
        step instanceof PodStep.MakeSandbox
            && following instanceof PodStep.Start start
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
    String message = "Pod was active on the node longer than the specified deadline";
    node.events().normal(pod, "DeadlineExceeded", message);
    report.failAs(new PodStatuses.Failure("DeadlineExceeded", message));
    return true;
  }

  private void reject(Pod pod, PodAdmission.Rejection rejection) {
    if (!over) {
      report.reject(pod, rejection);
      node.events().warning(pod, rejection.reason(), rejection.message());
    }
    over = true;
  }

  /** Measured now and then, since nothing tells when a file grows. */
  private boolean isEvicted(Pod pod, PodView view) {
    if (!StorageLimits.has(pod)) {
      return false;
    }
    Duration since = Duration.ofNanos(node.clock().nanoTime() - measuredAt);
    if (since.compareTo(StorageLimits.INTERVAL) < 0) {
      wakeAfter(StorageLimits.INTERVAL.minus(since));
      return false;
    }
    measuredAt = node.clock().nanoTime();
    wakeAfter(StorageLimits.INTERVAL);
    Optional<String> message = storage.exceeded(pod, view);
    if (message.isEmpty()) {
      return false;
    }
    node.events().warning(pod, "Evicted", message.get());
    report.failAs(new PodStatuses.Failure("Evicted", message.get()));
    end.hurry(GRACE_WHEN_EVICTED);
    return true;
  }

  /** Ends containers that a probe has condemned or whose image is another now. */
  private void kill(Pod pod, PodView view) {
    for (Container container : probed(pod)) {
      ContainerStatus status = view.newest(container.name());
      if (status == null || !Containers.isRunning(status) || end.isStopping(status.id())) {
        continue;
      }
      String probe = condemned.remove(status.id());
      String asked = status.image().userSpecifiedImage();
      if (probe == null && (asked.isEmpty() || asked.equals(container.image()))) {
        continue;
      }
      String what = probe == null ? "definition changed" : "failed " + probe + " probe";
      String why = "Container %s %s".formatted(container.name(), what);
      boolean restarts = probe == null || Containers.restarts(pod, container, 137);
      var subject =
          new Probing.Subject(pod, container, status, view.address(pod, node.config().hostIp()));
      end.stop(subject, restarts ? why + ", will be restarted" : why, grace(pod, container, probe));
    }
  }

  /** A probe may give less grace than the pod; checked against setTerminationGracePeriod. */
  private static Duration grace(Pod pod, Container container, @Nullable String what) {
    Probe probe =
        what == null
            ? null
            : what.equals("startup") ? container.startupProbe() : container.livenessProbe();
    Long own = probe == null ? null : probe.terminationGracePeriodSeconds();
    return own == null ? PodEnd.grace(pod) : Duration.ofSeconds(own);
  }

  private void watch(Pod pod, PodView view) {
    Set<String> running = new HashSet<>();
    for (ContainerStatus status : view.containers()) {
      if (Containers.isRunning(status)) {
        running.add(status.id());
      }
    }
    probing.retain(running);
    String address = view.address(pod, node.config().hostIp());
    for (Container container : probed(pod)) {
      ContainerStatus status = view.newest(container.name());
      if (status != null && Containers.isRunning(status)) {
        probing.watch(pod, container, status, address);
      }
    }
  }

  /** The containers that are meant to run on: sidecars and main ones. */
  private static List<Container> probed(Pod pod) {
    List<Container> all = new ArrayList<>();
    pod.spec().initContainers().stream().filter(Containers::isSidecar).forEach(all::add);
    all.addAll(pod.spec().containers());
    return all;
  }

  private final class ProbeListener implements Probing.Listener {
    @Override
    public void changed() {
      wake();
    }

    @Override
    public void failed(String containerId, String what) {
      condemned.put(containerId, what);
      wake();
    }
  }
}
