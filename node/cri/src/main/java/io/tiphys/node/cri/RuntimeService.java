package io.tiphys.node.cri;

import java.time.Duration;
import java.util.List;

/**
 * Sandboxes and containers: CRI's RuntimeService.
 *
 * <p>Every method may be called from any thread and blocks until it is done; a failure is a {@link
 * CriException}. Stopping and removing are idempotent: what is stopped or gone already is a
 * success. What a call has done is on disk when it returns, and survives the death of the engine's
 * process.
 */
public interface RuntimeService {

  /** Who answers. */
  Version version();

  /**
   * Creates and starts a sandbox: namespaces, network, cgroup.
   *
   * @param runtimeHandler a {@link RuntimeHandler#name}; empty for the default
   * @return its id
   * @throws CriException ALREADY_EXISTS when a sandbox with the same metadata is there
   */
  String runPodSandbox(PodSandboxConfig config, String runtimeHandler);

  /** Kills what runs in the sandbox and gives back its network. */
  void stopPodSandbox(String podSandboxId);

  /** Removes the sandbox and every container in it, by force where they run. */
  void removePodSandbox(String podSandboxId);

  /**
   * @throws CriException NOT_FOUND
   */
  PodSandboxStatusResponse podSandboxStatus(String podSandboxId);

  List<PodSandbox> listPodSandbox(PodSandboxFilter filter);

  /**
   * Prepares a container: everything but running its process.
   *
   * @return its id
   * @throws CriException NOT_FOUND when the sandbox or the image is not there; FAILED_PRECONDITION
   *     when the sandbox is not ready; INVALID_ARGUMENT for a user or path that the image does not
   *     have
   */
  String createContainer(
      String podSandboxId, ContainerConfig config, PodSandboxConfig sandboxConfig);

  /**
   * Runs a created container's process.
   *
   * @throws CriException INTERNAL with the OCI runtime's words when it cannot start; the container
   *     is then exited with reason {@code StartError} and exit code 128
   */
  void startContainer(String containerId);

  /**
   * Sends the stop signal and, when the process is still there after {@code timeout}, SIGKILL.
   * Returns when the container has exited.
   */
  void stopContainer(String containerId, Duration timeout);

  /** Removes a container, by force if it runs. Its log stays. */
  void removeContainer(String containerId);

  List<Container> listContainers(ContainerFilter filter);

  /**
   * @throws CriException NOT_FOUND
   */
  ContainerStatus containerStatus(String containerId);

  /** Changes the limits of a created or running container; 0 and empty leave what is set. */
  void updateContainerResources(String containerId, LinuxContainerResources resources);

  /** Opens the log at its path anew, after the caller renamed the file away. */
  void reopenContainerLog(String containerId);

  /**
   * Runs a command in a container and collects what it says.
   *
   * @param timeout zero or less for none; after it the command is killed
   * @throws CriException DEADLINE_EXCEEDED after {@code timeout}; FAILED_PRECONDITION when the
   *     container does not run
   */
  ExecSyncResponse execSync(String containerId, List<String> cmd, Duration timeout);

  /**
   * Runs a command in a container with its streams at hand. CRI answers with a URL; in process the
   * session itself is the answer.
   */
  StreamingSession exec(String containerId, List<String> cmd, StdioOptions stdio);

  /**
   * Joins the main process of a container. Whether there is a terminal is the container's choice,
   * not the caller's. Leaving the session does not end the process.
   */
  StreamingSession attach(String containerId, StdioOptions stdio);

  /** Connects to a port inside the sandbox's network, at its loopback address. */
  PortConnection portForward(String podSandboxId, int port);

  ContainerStats containerStats(String containerId);

  List<ContainerStats> listContainerStats(ContainerStatsFilter filter);

  RuntimeStatus status();

  /**
   * What happens from now on: CRI's GetContainerEvents. To miss nothing: subscribe, then list.
   * Close it to end it.
   */
  ContainerEventStream getContainerEvents();
}
