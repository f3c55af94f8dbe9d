package io.tiphys.node.engine;

import io.tiphys.node.cri.Container;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerEventStream;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.ContainerStats;
import io.tiphys.node.cri.ContainerStatsFilter;
import io.tiphys.node.cri.ContainerStatus;
import io.tiphys.node.cri.ExecSyncResponse;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.PodSandboxStatusResponse;
import io.tiphys.node.cri.PortConnection;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.cri.RuntimeStatus;
import io.tiphys.node.cri.StdioOptions;
import io.tiphys.node.cri.StreamingSession;
import io.tiphys.node.cri.Version;
import java.time.Duration;
import java.util.List;

/** A runtime whose every failure is a CriException, as the contract says. */
record ContractRuntime(RuntimeService guarded) implements RuntimeService {
  @Override
  public Version version() {
    return Failures.mapped(() -> guarded.version());
  }

  @Override
  public String runPodSandbox(PodSandboxConfig config, String runtimeHandler) {
    return Failures.mapped(() -> guarded.runPodSandbox(config, runtimeHandler));
  }

  @Override
  public void stopPodSandbox(String podSandboxId) {
    Failures.mapped(() -> guarded.stopPodSandbox(podSandboxId));
  }

  @Override
  public void removePodSandbox(String podSandboxId) {
    Failures.mapped(() -> guarded.removePodSandbox(podSandboxId));
  }

  @Override
  public PodSandboxStatusResponse podSandboxStatus(String podSandboxId) {
    return Failures.mapped(() -> guarded.podSandboxStatus(podSandboxId));
  }

  @Override
  public List<PodSandbox> listPodSandbox(PodSandboxFilter filter) {
    return Failures.mapped(() -> guarded.listPodSandbox(filter));
  }

  @Override
  public String createContainer(
      String podSandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig) {
    return Failures.mapped(() -> guarded.createContainer(podSandboxId, config, sandboxConfig));
  }

  @Override
  public void startContainer(String containerId) {
    Failures.mapped(() -> guarded.startContainer(containerId));
  }

  @Override
  public void stopContainer(String containerId, Duration timeout) {
    Failures.mapped(() -> guarded.stopContainer(containerId, timeout));
  }

  @Override
  public void removeContainer(String containerId) {
    Failures.mapped(() -> guarded.removeContainer(containerId));
  }

  @Override
  public List<Container> listContainers(ContainerFilter filter) {
    return Failures.mapped(() -> guarded.listContainers(filter));
  }

  @Override
  public ContainerStatus containerStatus(String containerId) {
    return Failures.mapped(() -> guarded.containerStatus(containerId));
  }

  @Override
  public void updateContainerResources(String containerId, LinuxContainerResources resources) {
    Failures.mapped(() -> guarded.updateContainerResources(containerId, resources));
  }

  @Override
  public void reopenContainerLog(String containerId) {
    Failures.mapped(() -> guarded.reopenContainerLog(containerId));
  }

  @Override
  public ExecSyncResponse execSync(String containerId, List<String> cmd, Duration timeout) {
    return Failures.mapped(() -> guarded.execSync(containerId, cmd, timeout));
  }

  @Override
  public StreamingSession exec(String containerId, List<String> cmd, StdioOptions stdio) {
    return new ContractSession(Failures.mapped(() -> guarded.exec(containerId, cmd, stdio)));
  }

  @Override
  public StreamingSession attach(String containerId, StdioOptions stdio) {
    return new ContractSession(Failures.mapped(() -> guarded.attach(containerId, stdio)));
  }

  @Override
  public PortConnection portForward(String podSandboxId, int port) {
    return new ContractConnection(Failures.mapped(() -> guarded.portForward(podSandboxId, port)));
  }

  @Override
  public ContainerStats containerStats(String containerId) {
    return Failures.mapped(() -> guarded.containerStats(containerId));
  }

  @Override
  public List<ContainerStats> listContainerStats(ContainerStatsFilter filter) {
    return Failures.mapped(() -> guarded.listContainerStats(filter));
  }

  @Override
  public RuntimeStatus status() {
    return Failures.mapped(() -> guarded.status());
  }

  @Override
  public ContainerEventStream getContainerEvents() {
    return Failures.mapped(() -> guarded.getContainerEvents());
  }
}
