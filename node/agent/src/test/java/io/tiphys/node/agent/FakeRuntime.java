package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import io.tiphys.node.cri.Container;
import io.tiphys.node.cri.ContainerAttributes;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerEvent;
import io.tiphys.node.cri.ContainerEventStream;
import io.tiphys.node.cri.ContainerEventType;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.ContainerState;
import io.tiphys.node.cri.ContainerStats;
import io.tiphys.node.cri.ContainerStatsFilter;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ExecSyncResponse;
import io.tiphys.node.cri.FilesystemUsage;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.PodSandboxNetworkStatus;
import io.tiphys.node.cri.PodSandboxState;
import io.tiphys.node.cri.PodSandboxStatus;
import io.tiphys.node.cri.PodSandboxStatusResponse;
import io.tiphys.node.cri.PortConnection;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.cri.RuntimeStatus;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import io.tiphys.node.cri.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * An engine whose containers are entries in a map. They end when a test says so or when they are
 * stopped; one that {@link #ignoresSignals} ends only without grace. Each sandbox has an address of
 * its own. {@link #calls} tells what was asked of it, {@link #faults} what it refuses.
 */
final class FakeRuntime implements RuntimeService {
  /** The host part of the first sandbox's address; each further one gets the next. */
  private static final int FIRST_HOST = 7;

  /** The exit code of a container that could not be started, as containerd has it. */
  private static final int START_ERROR = 128;

  /** What calls do first. */
  final EngineFaults faults;

  private final Clock clock;
  private final Map<String, Made> sandboxes = new LinkedHashMap<>();
  private final Map<String, ContainerStatus> containers = new LinkedHashMap<>();
  private final Map<String, String> sandboxOf = new LinkedHashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final BlockingQueue<Optional<ContainerEvent>> events = new LinkedBlockingQueue<>();
  private boolean ignoresSignals;
  private int execCode;
  private int execs;
  private @Nullable RuntimeException execFailure;
  private int ids;
  private int runs;
  private long written;
  private final List<Instant> starts = new ArrayList<>();
  private @Nullable Crash crash;
  private @Nullable RuntimeException failure;

  private record Crash(int code, Duration after) {}

  private record Made(PodSandboxConfig config, PodSandboxState state, Instant at, String address) {
    Made stopped() {
      return new Made(config, PodSandboxState.SANDBOX_NOTREADY, at, address);
    }
  }

  FakeRuntime(Clock clock) {
    this.clock = clock;
    faults = new EngineFaults(clock);
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  synchronized void ignoresSignals() {
    ignoresSignals = true;
  }

  /** Every container that starts from now on ends like this, so long after. */
  synchronized void crash(int code, Duration after) {
    crash = new Crash(code, after);
  }

  /** When containers were started. */
  synchronized List<Instant> starts() {
    return List.copyOf(starts);
  }

  /** How every command ends from now on. */
  synchronized void execsEndWith(int code) {
    execCode = code;
  }

  /** What every command from now on throws. */
  synchronized void failExecs(RuntimeException failure) {
    execFailure = failure;
  }

  /** How many commands there were. */
  synchronized int execs() {
    return execs;
  }

  /** The newest container of a name, or null. */
  synchronized @Nullable ContainerStatus container(String name) {
    ContainerStatus found = null;
    for (ContainerStatus status : containers.values()) {
      found = status.metadata().name().equals(name) ? status : found;
    }
    return found;
  }

  /** As after a restart of the machine: nothing runs any more, what there was is remembered. */
  void loseAll() {
    List<String> ids;
    synchronized (this) {
      sandboxes.replaceAll((_, made) -> made.stopped());
      ids = List.copyOf(containers.keySet());
    }
    ids.forEach(id -> end(id, 255));
  }

  /** Throws this at whoever asks for sandboxes; null to be well again. */
  synchronized void fail(@Nullable RuntimeException failure) {
    this.failure = failure;
  }

  synchronized List<String> sandboxes() {
    return List.copyOf(sandboxes.keySet());
  }

  /** Ends the newest container of a name. */
  void exit(String name, int code) {
    ContainerStatus status = container(name);
    if (status != null) {
      end(status.id(), code);
    }
  }

  private synchronized void end(String id, int code) {
    ContainerStatus status = containers.get(id);
    if (status != null && status.state() == ContainerState.CONTAINER_RUNNING) {
      put(status, ContainerState.CONTAINER_EXITED, code);
      tell(ContainerEventType.CONTAINER_STOPPED_EVENT, id);
      notifyAll();
    }
  }

  private void put(ContainerStatus s, ContainerState state, int code) {
    put(s, state, code, code == 0 ? "Completed" : "Error", "");
  }

  private void put(
      ContainerStatus s, ContainerState state, int code, String reason, String message) {
    boolean over = state == ContainerState.CONTAINER_EXITED;
    containers.put(
        s.id(),
        new ContainerStatus(
            s.id(),
            s.metadata(),
            state,
            s.createdAt(),
            over ? s.startedAt() : clock.now(),
            over ? clock.now() : null,
            code,
            s.image(),
            s.imageRef(),
            s.imageId(),
            over ? reason : "",
            message,
            s.labels(),
            s.annotations(),
            s.mounts(),
            s.logPath(),
            s.resources(),
            null,
            ""));
  }

  private void tell(ContainerEventType type, String id) {
    String sandbox = sandboxOf.getOrDefault(id, id);
    Made made = sandboxes.get(sandbox);
    events.add(
        Optional.of(
            new ContainerEvent(
                id, type, clock.now(), made == null ? null : status(sandbox, made), List.of())));
  }

  @Override
  public synchronized String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
    faults.meet("runPodSandbox");
    String id = "sandbox" + ids++;
    calls.add("run " + id);
    sandboxes.put(
        id,
        new Made(
            config,
            PodSandboxState.SANDBOX_READY,
            clock.now().plusNanos(ids),
            "10.244.0." + (FIRST_HOST + runs++)));
    return id;
  }

  @Override
  public void stopPodSandbox(String id) {
    faults.meet("stopPodSandbox");
    List<String> inside;
    synchronized (this) {
      calls.add("stop " + id);
      Made made = sandboxes.get(id);
      if (made != null) {
        sandboxes.put(id, made.stopped());
      }
      inside = List.copyOf(sandboxOf.keySet());
    }
    inside.stream().filter(c -> id.equals(sandboxOf.get(c))).forEach(c -> end(c, 137));
  }

  @Override
  public synchronized void removePodSandbox(String id) {
    faults.meet("removePodSandbox");
    calls.add("remove " + id);
    sandboxes.remove(id);
    containers.keySet().removeIf(c -> id.equals(sandboxOf.get(c)));
  }

  @Override
  public synchronized PodSandboxStatusResponse podSandboxStatus(String id) {
    faults.meet("podSandboxStatus");
    Made made = sandboxes.get(id);
    if (made == null) {
      throw CriException.notFound(id);
    }
    List<ContainerStatus> inside =
        containers.values().stream().filter(c -> id.equals(sandboxOf.get(c.id()))).toList();
    return new PodSandboxStatusResponse(status(id, made), inside, clock.now());
  }

  private static PodSandboxStatus status(String id, Made made) {
    return new PodSandboxStatus(
        id,
        made.config.metadata(),
        made.state,
        made.at,
        new PodSandboxNetworkStatus(made.address, List.of()),
        new NamespaceOption(NamespaceMode.POD, NamespaceMode.CONTAINER, NamespaceMode.POD, ""),
        made.config.labels(),
        Map.of(),
        "");
  }

  @Override
  public synchronized List<PodSandbox> listPodSandbox(PodSandboxFilter filter) {
    faults.meet("listPodSandbox");
    if (failure != null) {
      throw failure;
    }
    List<PodSandbox> found = new ArrayList<>();
    sandboxes.forEach(
        (id, made) -> {
          if (made.config.labels().entrySet().containsAll(filter.labelSelector().entrySet())) {
            found.add(
                new PodSandbox(
                    id,
                    made.config.metadata(),
                    made.state,
                    made.at,
                    made.config.labels(),
                    Map.of(),
                    ""));
          }
        });
    return found;
  }

  @Override
  public synchronized String createContainer(
      String sandbox, ContainerConfig config, PodSandboxConfig sandboxConfig) {
    faults.meet("createContainer");
    String id = config.metadata().name() + "-" + ids++;
    calls.add("create " + config.metadata().name());
    sandboxOf.put(id, sandbox);
    containers.put(
        id,
        new ContainerStatus(
            id,
            config.metadata(),
            ContainerState.CONTAINER_CREATED,
            clock.now().plusNanos(ids),
            null,
            null,
            0,
            config.image(),
            "",
            "",
            "",
            "",
            config.labels(),
            config.annotations(),
            config.mounts(),
            sandboxConfig.logDirectory() + "/" + config.logPath(),
            LinuxContainerResources.EMPTY,
            null,
            ""));
    return id;
  }

  /** One that cannot be started has ended, as every engine has it. */
  @Override
  public void startContainer(String id) {
    try {
      faults.meet("startContainer");
    } catch (CriException e) {
      synchronized (this) {
        put(
            containerStatus(id),
            ContainerState.CONTAINER_EXITED,
            START_ERROR,
            "StartError",
            String.valueOf(e.getMessage()));
      }
      throw e;
    }
    Crash next;
    synchronized (this) {
      put(containerStatus(id), ContainerState.CONTAINER_RUNNING, 0);
      starts.add(clock.now());
      tell(ContainerEventType.CONTAINER_STARTED_EVENT, id);
      next = crash;
    }
    if (next != null && next.after.isZero()) {
      end(id, next.code);
    } else if (next != null) {
      clock.schedule(next.after, () -> end(id, next.code));
    }
  }

  @Override
  public void stopContainer(String id, Duration timeout) {
    faults.meet("stopContainer");
    synchronized (this) {
      ContainerStatus status = containers.get(id);
      if (status == null || status.state() != ContainerState.CONTAINER_RUNNING) {
        return;
      }
      calls.add("stop %s %ds".formatted(status.metadata().name(), timeout.toSeconds()));
      try {
        // Only somebody in a hurry ends what does not listen.
        while (ignoresSignals && timeout.toSeconds() > 2 && isRunning(id)) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CriException(CriException.Code.UNAVAILABLE, "interrupted", e);
      }
    }
    end(id, 143);
  }

  private boolean isRunning(String id) {
    return containerStatus(id).state() == ContainerState.CONTAINER_RUNNING;
  }

  @Override
  public synchronized void removeContainer(String id) {
    calls.add("remove " + containerStatus(id).metadata().name());
    containers.remove(id);
  }

  @Override
  public synchronized List<Container> listContainers(ContainerFilter filter) {
    return List.of();
  }

  @Override
  public synchronized ContainerStatus containerStatus(String id) {
    ContainerStatus status = containers.get(id);
    if (status == null) {
      throw CriException.notFound(id);
    }
    return status;
  }

  @Override
  public ContainerEventStream getContainerEvents() {
    return new ContainerEventStream() {
      @Override
      public @Nullable ContainerEvent next() throws InterruptedException {
        return events.take().orElse(null);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public ExecSyncResponse execSync(String id, List<String> cmd, Duration timeout) {
    faults.meet("execSync", timeout);
    return execSync();
  }

  private synchronized ExecSyncResponse execSync() {
    execs++;
    if (execFailure != null) {
      throw execFailure;
    }
    return new ExecSyncResponse(new byte[0], "no".getBytes(StandardCharsets.UTF_8), execCode);
  }

  @Override
  public Version version() {
    return new Version("0.1.0", "fake", "1", "v1");
  }

  @Override
  public RuntimeStatus status() {
    return new RuntimeStatus(List.of(), List.of(), true);
  }

  @Override
  public void updateContainerResources(String id, LinuxContainerResources resources) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void reopenContainerLog(String id) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StreamingSession exec(String id, List<String> cmd, StdioOptions stdio) {
    throw new UnsupportedOperationException();
  }

  @Override
  public StreamingSession attach(String id, StdioOptions stdio) {
    throw new UnsupportedOperationException();
  }

  @Override
  public PortConnection portForward(String sandbox, int port) {
    throw new UnsupportedOperationException();
  }

  /** What every container says it has written. */
  synchronized void written(long bytes) {
    written = bytes;
  }

  @Override
  public synchronized ContainerStats containerStats(String id) {
    ContainerStatus status = containerStatus(id);
    return new ContainerStats(
        new ContainerAttributes(id, status.metadata(), status.labels(), status.annotations()),
        null,
        null,
        new FilesystemUsage(clock.now(), "/", written, 1));
  }

  @Override
  public List<ContainerStats> listContainerStats(ContainerStatsFilter filter) {
    throw new UnsupportedOperationException();
  }
}
