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
  private final VerbContext context;
  private final Events events;
  private final Clock clock;

  /** What does the work. */
  record VerbContext(
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

  EngineRuntime(VerbContext context, Events events, Clock clock) {
    this.context = context;
    this.events = events;
    this.clock = clock;
  }

  @Override
  public Version version() {
    return VERSION;
  }

  @Override
  public String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
    Sandbox sandbox = context.sandboxes().run(config, runtimeHandler);
    announce(ContainerEventType.CONTAINER_CREATED_EVENT, sandbox.id(), sandbox.id());
    announce(ContainerEventType.CONTAINER_STARTED_EVENT, sandbox.id(), sandbox.id());
    return sandbox.id();
  }

  @Override
  public void stopPodSandbox(String podSandboxId) {
    if (!context.sandboxes().has(podSandboxId)) {
      return;
    }
    Sandbox sandbox = context.sandboxes().require(podSandboxId);
    sandbox.lock.lock();
    try {
      boolean wasReady = sandbox.isReady();
      sandbox.setNotReady();
      context.lives().stopAll(context.containers().in(podSandboxId));
      context.sandboxes().stop(sandbox);
      if (wasReady) {
        announce(ContainerEventType.CONTAINER_STOPPED_EVENT, podSandboxId, podSandboxId);
      }
    } finally {
      sandbox.lock.unlock();
    }
  }

  @Override
  public void removePodSandbox(String podSandboxId) {
    if (!context.sandboxes().has(podSandboxId)) {
      return;
    }
    Sandbox sandbox = context.sandboxes().require(podSandboxId);
    sandbox.lock.lock();
    try {
      stopPodSandbox(podSandboxId);
      context.containers().in(podSandboxId).forEach(context.lives()::remove);
      context.sandboxes().remove(sandbox);
    } finally {
      sandbox.lock.unlock();
    }
    announce(ContainerEventType.CONTAINER_DELETED_EVENT, podSandboxId, podSandboxId);
  }

  @Override
  public PodSandboxStatusResponse podSandboxStatus(String podSandboxId) {
    Sandbox sandbox = context.sandboxes().require(podSandboxId);
    return new PodSandboxStatusResponse(sandbox.status(), statuses(podSandboxId), clock.now());
  }

  private List<ContainerStatus> statuses(String sandboxId) {
    return context.containers().in(sandboxId).stream()
        .map(io.tiphys.node.engine.Container::status)
        .toList();
  }

  @Override
  public List<PodSandbox> listPodSandbox(PodSandboxFilter filter) {
    return context.sandboxes().list(filter).stream().map(Sandbox::listed).toList();
  }

  @Override
  public String createContainer(
      String podSandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig) {
    Sandbox sandbox = context.sandboxes().require(podSandboxId);
    sandbox.lock.lock();
    try {
      if (!sandbox.isReady()) {
        throw new CriException(
            CriException.Code.FAILED_PRECONDITION,
            "sandbox \"%s\" is not running".formatted(podSandboxId));
      }
      var container = context.containers().create(sandbox, config);
      happened(ContainerEventType.CONTAINER_CREATED_EVENT, container);
      return container.id();
    } finally {
      sandbox.lock.unlock();
    }
  }

  @Override
  public void startContainer(String containerId) {
    context.lives().start(context.containers().require(containerId));
  }

  @Override
  public void stopContainer(String containerId, Duration timeout) {
    context.containers().find(containerId).ifPresent(c -> context.lives().stop(c, timeout));
  }

  @Override
  public void removeContainer(String containerId) {
    context.containers().find(containerId).ifPresent(context.lives()::remove);
  }

  @Override
  public List<Container> listContainers(ContainerFilter filter) {
    return context.containers().list(filter).stream()
        .map(io.tiphys.node.engine.Container::listed)
        .toList();
  }

  @Override
  public ContainerStatus containerStatus(String containerId) {
    return context.containers().require(containerId).status();
  }

  @Override
  public void updateContainerResources(String containerId, LinuxContainerResources resources) {
    var container = context.containers().require(containerId);
    LinuxContainerResources merged = Resources.merge(container.resources(), resources);
    container.lock.lock();
    try {
      byte[] text = ResourcesSpec.of(resources, context.host()).bytes();
      switch (container.life()) {
        case Life.Created _ -> Resources.intoSpec(container.folder(), merged, context.host());
        case Life.Running _ -> context.runtime().update(containerId, text);
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
    context.streams().reopenLog(context.containers().require(containerId));
  }

  @Override
  public ExecSyncResponse execSync(String containerId, List<String> cmd, Duration timeout) {
    return context.streams().execSync(context.containers().require(containerId), cmd, timeout);
  }

  @Override
  public StreamingSession exec(String containerId, List<String> cmd, StdioOptions stdio) {
    return context.streams().exec(context.containers().require(containerId), cmd, stdio);
  }

  @Override
  public StreamingSession attach(String containerId, StdioOptions stdio) {
    return context.streams().attach(context.containers().require(containerId), stdio);
  }

  @Override
  public PortConnection portForward(String podSandboxId, int port) {
    return context.streams().portForward(context.sandboxes().require(podSandboxId), port);
  }

  @Override
  public ContainerStats containerStats(String containerId) {
    return stats(context.containers().require(containerId));
  }

  @Override
  public List<ContainerStats> listContainerStats(ContainerStatsFilter filter) {
    return context
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
            ? context.cgroups().usage(container.record().cgroup())
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
    Optional<String> network = context.network().notReady();
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
            context.sandboxes().has(sandboxId)
                ? context.sandboxes().require(sandboxId).status()
                : null,
            statuses(sandboxId)));
  }
}
