package io.tiphys.assembly;

import io.tiphys.base.Lifecycle;
import io.tiphys.base.machine.Disk;
import io.tiphys.linux.HostSupport;
import io.tiphys.linux.NetworkStack;
import io.tiphys.network.pods.Attachment;
import io.tiphys.network.pods.HostPort;
import io.tiphys.network.pods.PodNetwork;
import io.tiphys.network.pods.PodNetworkConfig;
import io.tiphys.network.pods.RoutedNetwork;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxNetworkStatus;
import io.tiphys.node.cri.PortMapping;
import io.tiphys.node.engine.SandboxNetwork;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The pod network as the engine asks for it, or the reason why there is none. */
final class PodNetworking implements SandboxNetwork, Lifecycle {
  private final Optional<PodNetwork> network;
  private final String reason;

  private PodNetworking(Optional<PodNetwork> network, String reason) {
    this.network = network;
    this.reason = reason;
  }

  static PodNetworking open(NodeAssembly.Plan plan, Disk disk) {
    HostSupport support = HostSupport.probe();
    return support.runsContainers()
        ? new PodNetworking(
            Optional.of(RoutedNetwork.open(config(plan), NetworkStack.host(), disk)), "")
        : new PodNetworking(Optional.empty(), String.join("; ", support.reasons()));
  }

  static PodNetworkConfig config(NodeAssembly.Plan plan) {
    return new PodNetworkConfig(
        plan.profile(), plan.settings().podCidr(), 0, plan.folder().resolve("pod-network"));
  }

  boolean present() {
    return network.isPresent();
  }

  @Override
  public PodSandboxNetworkStatus attach(String sandboxId, Path namespace, PodSandboxConfig config) {
    PodNetwork pods = network.orElseThrow(() -> new IllegalStateException(reason));
    Attachment at =
        pods.attach(
            new PodNetwork.Sandbox(
                sandboxId,
                namespace,
                config.metadata().namespace(),
                config.metadata().name(),
                config.portMappings().stream()
                    .filter(mapping -> mapping.hostPort() > 0)
                    .map(PodNetworking::hostPort)
                    .toList()));
    return new PodSandboxNetworkStatus(at.ip(), List.of());
  }

  private static HostPort hostPort(PortMapping mapping) {
    return new HostPort(
        mapping.protocol().name().toLowerCase(Locale.ROOT),
        mapping.hostIp(),
        mapping.hostPort(),
        mapping.containerPort());
  }

  @Override
  public void retain(Set<String> sandboxIds) {
    network.ifPresent(pods -> pods.retain(sandboxIds));
  }

  @Override
  public void detach(String sandboxId) {
    network.ifPresent(pods -> pods.detach(sandboxId));
  }

  @Override
  public Optional<String> notReady() {
    if (network.isEmpty()) {
      return Optional.of(reason);
    }
    List<String> problems = network.get().problems();
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  @Override
  public void close() {
    network.ifPresent(PodNetwork::close);
  }
}
