package io.tiphys.node.engine;

import io.tiphys.base.Clock;
import io.tiphys.base.files.AtomicFile;
import io.tiphys.base.files.FileTrees;
import io.tiphys.linux.CgroupUsage;
import io.tiphys.linux.Cgroups;
import io.tiphys.node.cri.Container;
import io.tiphys.node.cri.ContainerAttributes;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerEvent;
import io.tiphys.node.cri.ContainerEventStream;
import io.tiphys.node.cri.ContainerEventType;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.ContainerStats;
import io.tiphys.node.cri.ContainerStatsFilter;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CpuUsage;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ExecSyncResponse;
import io.tiphys.node.cri.FilesystemUsage;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.MemoryUsage;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.PodSandboxStatusResponse;
import io.tiphys.node.cri.PortConnection;
import io.tiphys.node.cri.RuntimeCondition;
import io.tiphys.node.cri.RuntimeHandler;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.cri.RuntimeStatus;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import io.tiphys.node.cri.Version;
import io.tiphys.node.engine.process.OciRuntime;
import io.tiphys.node.engine.spec.HostAbilities;
import io.tiphys.node.engine.spec.ResourcesSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The engine's face as CRI's RuntimeService: finds whom a call is for and hands it on. */
final class EngineRuntime implements RuntimeService {
  private final Rooms rooms;
  private final Events events;
  private final Clock clock;

  /** What does the work. */
  record Rooms(
      Sandboxes sandboxes,
      Containers containers,
      Lives lives,
      Streams streams,
      OciRuntime runtime,
      HostAbilities host,
      Cgroups cgroups,
      SandboxNetwork network) {}

  /** CRI's own version, and this engine's. */
  static final Version VERSION = new Version("0.1.0", "tiphys", "0.1.0", "v1");

  EngineRuntime(Rooms rooms, Events events, Clock clock) {
    this.rooms = rooms;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public Version version() {
    return VERSION;
  }

  @Override
  public String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
    Sandbox sandbox = rooms.sandboxes().run(config, runtimeHandler);
    announce(ContainerEventType.CONTAINER_CREATED_EVENT, sandbox.id(), sandbox.id());
    announce(ContainerEventType.CONTAINER_STARTED_EVENT, sandbox.id(), sandbox.id());
    return sandbox.id();
  }

  @Override
  public void stopPodSandbox(String podSandboxId) {
    if (!rooms.sandboxes().has(podSandboxId)) {
      return;
    }
    Sandbox sandbox = rooms.sandboxes().require(podSandboxId);
    sandbox.lock.lock();
    try {
      boolean wasReady = sandbox.isReady();
      sandbox.setNotReady();
      rooms.lives().stopAll(rooms.containers().in(podSandboxId));
      rooms.sandboxes().stop(sandbox);
      if (wasReady) {
        announce(ContainerEventType.CONTAINER_STOPPED_EVENT, podSandboxId, podSandboxId);
      }
    } finally {
      sandbox.lock.unlock();
    }
  }

  @Override
  public void removePodSandbox(String podSandboxId) {
    if (!rooms.sandboxes().has(podSandboxId)) {
      return;
    }
    Sandbox sandbox = rooms.sandboxes().require(podSandboxId);
    sandbox.lock.lock();
    try {
      stopPodSandbox(podSandboxId);
      rooms.containers().in(podSandboxId).forEach(rooms.lives()::remove);
      rooms.sandboxes().remove(sandbox);
    } finally {
      sandbox.lock.unlock();
    }
    announce(ContainerEventType.CONTAINER_DELETED_EVENT, podSandboxId, podSandboxId);
  }

  @Override
  public PodSandboxStatusResponse podSandboxStatus(String podSandboxId) {
    Sandbox sandbox = rooms.sandboxes().require(podSandboxId);
    return new PodSandboxStatusResponse(sandbox.status(), statuses(podSandboxId), clock.now());
  }

  private List<ContainerStatus> statuses(String sandboxId) {
    return rooms.containers().in(sandboxId).stream()
        .map(io.tiphys.node.engine.Container::status)
        .toList();
  }

  @Override
  public List<PodSandbox> listPodSandbox(PodSandboxFilter filter) {
    return rooms.sandboxes().list(filter).stream().map(Sandbox::listed).toList();
  }

  @Override
  public String createContainer(
      String podSandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig) {
    Sandbox sandbox = rooms.sandboxes().require(podSandboxId);
    sandbox.lock.lock();
    try {
      if (!sandbox.isReady()) {
        throw new CriException(
            CriException.Code.FAILED_PRECONDITION,
            "sandbox \"%s\" is not running".formatted(podSandboxId));
      }
      var container = rooms.containers().create(sandbox, config);
      happened(ContainerEventType.CONTAINER_CREATED_EVENT, container);
      return container.id();
    } finally {
      sandbox.lock.unlock();
    }
  }

  @Override
  public void startContainer(String containerId) {
    rooms.lives().start(rooms.containers().require(containerId));
  }

  @Override
  public void stopContainer(String containerId, Duration timeout) {
    rooms.containers().find(containerId).ifPresent(c -> rooms.lives().stop(c, timeout));
  }

  @Override
  public void removeContainer(String containerId) {
    rooms.containers().find(containerId).ifPresent(rooms.lives()::remove);
  }

  @Override
  public List<Container> listContainers(ContainerFilter filter) {
    return rooms.containers().list(filter).stream()
        .map(io.tiphys.node.engine.Container::listed)
        .toList();
  }

  @Override
  public ContainerStatus containerStatus(String containerId) {
    return rooms.containers().require(containerId).status();
  }

  @Override
  public void updateContainerResources(String containerId, LinuxContainerResources resources) {
    var container = rooms.containers().require(containerId);
    LinuxContainerResources merged = Resources.merge(container.resources(), resources);
    container.lock.lock();
    try {
      byte[] text = ResourcesSpec.of(resources, rooms.host()).bytes();
      switch (container.life()) {
        case Life.Created _ -> Resources.intoSpec(container.folder(), merged, rooms.host());
        case Life.Running _ -> rooms.runtime().update(containerId, text);
        case Life.Exited _ ->
            throw new CriException(
                CriException.Code.FAILED_PRECONDITION,
                "container \"%s\" has exited".formatted(containerId));
      }
      AtomicFile.writeUnsynced(
          container.folder().resolve("resources.json"), Records.write(merged).bytes());
      container.setResources(merged);
    } catch (IOException e) {
      throw new CriException(
          CriException.Code.INTERNAL, "failed to update resources: " + e.getMessage(), e);
    } finally {
      container.lock.unlock();
    }
  }

  @Override
  public void reopenContainerLog(String containerId) {
    rooms.streams().reopenLog(rooms.containers().require(containerId));
  }

  @Override
  public ExecSyncResponse execSync(String containerId, List<String> cmd, Duration timeout) {
    return rooms.streams().execSync(rooms.containers().require(containerId), cmd, timeout);
  }

  @Override
  public StreamingSession exec(String containerId, List<String> cmd, StdioOptions stdio) {
    return rooms.streams().exec(rooms.containers().require(containerId), cmd, stdio);
  }

  @Override
  public StreamingSession attach(String containerId, StdioOptions stdio) {
    return rooms.streams().attach(rooms.containers().require(containerId), stdio);
  }

  @Override
  public PortConnection portForward(String podSandboxId, int port) {
    return rooms.streams().portForward(rooms.sandboxes().require(podSandboxId), port);
  }

  @Override
  public ContainerStats containerStats(String containerId) {
    return stats(rooms.containers().require(containerId));
  }

  @Override
  public List<ContainerStats> listContainerStats(ContainerStatsFilter filter) {
    return rooms
        .containers()
        .list(new ContainerFilter(filter.id(), null, filter.podSandboxId(), filter.labelSelector()))
        .stream()
        .map(this::stats)
        .toList();
  }

  private ContainerStats stats(io.tiphys.node.engine.Container container) {
    Instant now = clock.now();
    ContainerConfig config = container.record().config();
    Optional<CgroupUsage> usage =
        container.life() instanceof Life.Running
            ? rooms.cgroups().usage(container.record().cgroup())
            : Optional.empty();
    long limit = container.resources().memoryLimitInBytes();
    Path upper = container.folder().resolve("upper");
    FileTrees.Usage files = FileTrees.usage(upper);
    return new ContainerStats(
        new ContainerAttributes(
            container.id(), config.metadata(), config.labels(), config.annotations()),
        usage.map(u -> new CpuUsage(now, u.cpuNanos())).orElse(null),
        usage
            .map(
                u ->
                    new MemoryUsage(
                        now,
                        u.workingSetBytes(),
                        limit > 0 ? Math.max(0, limit - u.workingSetBytes()) : null,
                        u.memoryBytes(),
                        u.rssBytes(),
                        0,
                        0))
            .orElse(null),
        new FilesystemUsage(now, upper.toString(), files.bytes(), files.inodes()));
  }

  @Override
  public RuntimeStatus status() {
    Optional<String> network = rooms.network().notReady();
    return new RuntimeStatus(
        List.of(
            new RuntimeCondition(RuntimeCondition.RUNTIME_READY, true, "", ""),
            new RuntimeCondition(
                RuntimeCondition.NETWORK_READY,
                network.isEmpty(),
                network.isEmpty() ? "" : "NetworkPluginNotReady",
                network.orElse(""))),
        List.of(new RuntimeHandler("", true, false)),
        true);
  }

  @Override
  public ContainerEventStream getContainerEvents() {
    return events.subscribe();
  }

  /** Tells whoever listens. */
  void happened(ContainerEventType type, io.tiphys.node.engine.Container container) {
    announce(type, container.id(), container.record().sandboxId());
  }

  private void announce(ContainerEventType type, String id, String sandboxId) {
    if (!events.isHeard()) {
      return;
    }
    events.publish(
        new ContainerEvent(
            id,
            type,
            clock.now(),
            rooms.sandboxes().has(sandboxId) ? rooms.sandboxes().require(sandboxId).status() : null,
            statuses(sandboxId)));
  }
}
