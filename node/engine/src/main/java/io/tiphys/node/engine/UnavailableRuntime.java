package io.tiphys.node.engine;

import io.tiphys.node.cri.Container;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerEventStream;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.ContainerStats;
import io.tiphys.node.cri.ContainerStatsFilter;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.ExecSyncResponse;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.PodSandboxStatusResponse;
import io.tiphys.node.cri.PortConnection;
import io.tiphys.node.cri.RuntimeCondition;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.cri.RuntimeStatus;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import io.tiphys.node.cri.Version;
import java.time.Duration;
import java.util.List;

/** A machine that cannot run containers: it has none, and says why it makes none. */
final class UnavailableRuntime implements RuntimeService {
  private final EngineReadiness readiness;
  private final Events events;

  UnavailableRuntime(EngineReadiness readiness, Events events) {
    this.readiness = readiness;
    this.events = events;
  }

  private CriException unavailable() {
    return new CriException(CriException.Code.UNAVAILABLE, readiness.toString());
  }

  private static CriException noContainer(String id) {
    return CriException.notFound("container \"%s\" not found".formatted(id));
  }

  private static CriException noSandbox(String id) {
    return CriException.notFound("pod sandbox \"%s\" not found".formatted(id));
  }

  @Override
  public Version version() {
    return EngineRuntime.VERSION;
  }

  @Override
  public String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
    throw unavailable();
  }

  @Override
  public void stopPodSandbox(String podSandboxId) {}

  @Override
  public void removePodSandbox(String podSandboxId) {}

  @Override
  public PodSandboxStatusResponse podSandboxStatus(String podSandboxId) {
    throw noSandbox(podSandboxId);
  }

  @Override
  public List<PodSandbox> listPodSandbox(PodSandboxFilter filter) {
    return List.of();
  }

  @Override
  public String createContainer(
      String podSandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig) {
    throw unavailable();
  }

  @Override
  public void startContainer(String containerId) {
    throw noContainer(containerId);
  }

  @Override
  public void stopContainer(String containerId, Duration timeout) {}

  @Override
  public void removeContainer(String containerId) {}

  @Override
  public List<Container> listContainers(ContainerFilter filter) {
    return List.of();
  }

  @Override
  public ContainerStatus containerStatus(String containerId) {
    throw noContainer(containerId);
  }

  @Override
  public void updateContainerResources(String containerId, LinuxContainerResources resources) {
    throw noContainer(containerId);
  }

  @Override
  public void reopenContainerLog(String containerId) {
    throw noContainer(containerId);
  }

  @Override
  public ExecSyncResponse execSync(String containerId, List<String> cmd, Duration timeout) {
    throw noContainer(containerId);
  }

  @Override
  public StreamingSession exec(String containerId, List<String> cmd, StdioOptions stdio) {
    throw noContainer(containerId);
  }

  @Override
  public StreamingSession attach(String containerId, StdioOptions stdio) {
    throw noContainer(containerId);
  }

  @Override
  public PortConnection portForward(String podSandboxId, int port) {
    throw noSandbox(podSandboxId);
  }

  @Override
  public ContainerStats containerStats(String containerId) {
    throw noContainer(containerId);
  }

  @Override
  public List<ContainerStats> listContainerStats(ContainerStatsFilter filter) {
    return List.of();
  }

  @Override
  public RuntimeStatus status() {
    return new RuntimeStatus(
        List.of(
            new RuntimeCondition(
                RuntimeCondition.RUNTIME_READY,
                false,
                "ContainersUnsupported",
                readiness.toString()),
            new RuntimeCondition(
                RuntimeCondition.NETWORK_READY,
                false,
                "ContainersUnsupported",
                readiness.toString())),
        List.of(),
        false);
  }

  @Override
  public ContainerEventStream getContainerEvents() {
    return events.subscribe();
  }
}
