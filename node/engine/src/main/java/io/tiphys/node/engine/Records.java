package io.tiphys.node.engine;

import io.tiphys.codec.Json;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerMetadata;
import io.tiphys.node.cri.ImageSpec;
import io.tiphys.node.cri.LinuxContainerConfig;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.LinuxPodSandboxConfig;
import io.tiphys.node.cri.LinuxSandboxSecurityContext;
import io.tiphys.node.cri.Mount;
import io.tiphys.node.cri.MountPropagation;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxMetadata;
import io.tiphys.node.cri.PodSandboxNetworkStatus;
import io.tiphys.node.cri.PortMapping;
import io.tiphys.node.cri.Protocol;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.document.Writing;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;

/** The records as they lie on disk: all that adopting a sandbox or container takes. */
final class Records {
  private Records() {}

  static Writing write(SandboxRecord record) {
    PodSandboxConfig config = record.config();
    return Writing.object()
        .put("id", record.id())
        .put("name", config.metadata().name())
        .put("uid", config.metadata().uid())
        .put("namespace", config.metadata().namespace())
        .put("attempt", config.metadata().attempt())
        .put("hostname", config.hostname())
        .put("logDirectory", config.logDirectory())
        .list("portMappings", config.portMappings(), Records::write)
        .texts("labels", config.labels())
        .texts("annotations", config.annotations())
        .put("namespaces", write(config.linux().securityContext().namespaceOptions()))
        .put("runtimeHandler", record.runtimeHandler())
        .put("cgroup", record.cgroup())
        .put("createdAt", record.createdAt().toString())
        .put("bootId", record.bootId());
  }

  private static Json write(PortMapping mapping) {
    return Writing.object()
        .put("protocol", mapping.protocol().name())
        .put("containerPort", mapping.containerPort())
        .put("hostPort", mapping.hostPort())
        .put("hostIp", mapping.hostIp())
        .json();
  }

  static SandboxRecord readSandbox(Document from) {
    LinuxSandboxSecurityContext security = LinuxSandboxSecurityContext.EMPTY;
    PodSandboxConfig config =
        PodSandboxConfig.builder()
            .metadata(
                new PodSandboxMetadata(
                    from.text("name"),
                    from.text("uid"),
                    from.text("namespace"),
                    (int) from.number("attempt")))
            .hostname(from.text("hostname"))
            .logDirectory(from.text("logDirectory"))
            .portMappings(from.elements("portMappings").stream().map(Records::mapping).toList())
            .labels(from.textMembers("labels"))
            .annotations(from.textMembers("annotations"))
            .linux(
                new LinuxPodSandboxConfig(
                    from.text("cgroup"),
                    new LinuxSandboxSecurityContext(
                        namespaces(from.get("namespaces")),
                        null,
                        null,
                        false,
                        security.supplementalGroups(),
                        false),
                    Map.of(),
                    LinuxContainerResources.EMPTY,
                    LinuxContainerResources.EMPTY))
            .build();
    return new SandboxRecord(
        from.text("id"),
        config,
        from.text("runtimeHandler"),
        from.text("cgroup"),
        Instant.parse(from.text("createdAt")),
        from.text("bootId"));
  }

  private static PortMapping mapping(Document from) {
    return new PortMapping(
        Protocol.valueOf(from.text("protocol")),
        (int) from.number("containerPort"),
        (int) from.number("hostPort"),
        from.text("hostIp"));
  }

  private static Writing write(NamespaceOption options) {
    return Writing.object()
        .put("network", options.network().name())
        .put("pid", options.pid().name())
        .put("ipc", options.ipc().name())
        .put("target", options.targetId());
  }

  private static NamespaceOption namespaces(Document from) {
    return new NamespaceOption(
        NamespaceMode.valueOf(from.text("network")),
        NamespaceMode.valueOf(from.text("pid")),
        NamespaceMode.valueOf(from.text("ipc")),
        from.text("target"));
  }

  static Writing write(ContainerRecord record) {
    ContainerConfig config = record.config();
    return Writing.object()
        .put("id", record.id())
        .put("sandbox", record.sandboxId())
        .put("name", config.metadata().name())
        .put("attempt", config.metadata().attempt())
        .put("image", config.image().image())
        .put("userSpecifiedImage", config.image().userSpecifiedImage())
        .put("imageId", record.imageId())
        .put("imageRef", record.imageRef())
        .texts("layers", record.layers().stream().map(Path::toString).toList())
        .texts("labels", config.labels())
        .texts("annotations", config.annotations())
        .list("mounts", config.mounts(), Records::write)
        .put("logPath", record.logPath())
        .put("stdin", config.stdin())
        .put("stdinOnce", config.stdinOnce())
        .put("tty", config.tty())
        .put("namespaces", write(config.linux().securityContext().namespaceOptions()))
        .put("resources", write(config.linux().resources()))
        .put("cgroup", record.cgroup())
        .put("stopSignal", record.stopSignal())
        .put("createdAt", record.createdAt().toString())
        .put("bootId", record.bootId());
  }

  private static Json write(Mount mount) {
    return Writing.object()
        .put("containerPath", mount.containerPath())
        .put("hostPath", mount.hostPath())
        .put("readonly", mount.readonly())
        .put("recursiveReadOnly", mount.recursiveReadOnly())
        .put("propagation", mount.propagation().name())
        .json();
  }

  static Writing write(LinuxContainerResources resources) {
    return Writing.object()
        .put("cpuPeriod", resources.cpuPeriod())
        .put("cpuQuota", resources.cpuQuota())
        .put("cpuShares", resources.cpuShares())
        .put("memoryLimit", resources.memoryLimitInBytes())
        .put("memorySwapLimit", resources.memorySwapLimitInBytes())
        .put("oomScoreAdj", resources.oomScoreAdj())
        .put("cpusetCpus", resources.cpusetCpus())
        .put("cpusetMems", resources.cpusetMems())
        .texts("unified", resources.unified());
  }

  static LinuxContainerResources readResources(Document from) {
    return LinuxContainerResources.builder()
        .cpuPeriod(from.number("cpuPeriod"))
        .cpuQuota(from.number("cpuQuota"))
        .cpuShares(from.number("cpuShares"))
        .memoryLimitInBytes(from.number("memoryLimit"))
        .memorySwapLimitInBytes(from.number("memorySwapLimit"))
        .oomScoreAdj(from.number("oomScoreAdj"))
        .cpusetCpus(from.text("cpusetCpus"))
        .cpusetMems(from.text("cpusetMems"))
        .unified(from.textMembers("unified"))
        .build();
  }

  static ContainerRecord readContainer(Document from) {
    ContainerConfig config =
        ContainerConfig.builder()
            .metadata(new ContainerMetadata(from.text("name"), (int) from.number("attempt")))
            .image(new ImageSpec(from.text("image"), Map.of(), from.text("userSpecifiedImage"), ""))
            .labels(from.textMembers("labels"))
            .annotations(from.textMembers("annotations"))
            .mounts(from.elements("mounts").stream().map(Records::mount).toList())
            .stdin(from.flag("stdin"))
            .stdinOnce(from.flag("stdinOnce"))
            .tty(from.flag("tty"))
            .linux(
                new LinuxContainerConfig(
                    readResources(from.get("resources")),
                    LinuxContainerSecurityContext.builder()
                        .namespaceOptions(namespaces(from.get("namespaces")))
                        .build()))
            .build();
    return new ContainerRecord(
        from.text("id"),
        from.text("sandbox"),
        config,
        from.text("imageId"),
        from.text("imageRef"),
        from.texts("layers").stream().map(Path::of).toList(),
        from.text("logPath"),
        from.text("cgroup"),
        from.text("stopSignal"),
        Instant.parse(from.text("createdAt")),
        from.text("bootId"));
  }

  private static Mount mount(Document from) {
    return new Mount(
        from.text("containerPath"),
        from.text("hostPath"),
        from.flag("readonly"),
        from.flag("recursiveReadOnly"),
        MountPropagation.valueOf(from.text("propagation")));
  }

  static Writing write(PodSandboxNetworkStatus network) {
    return Writing.object().put("ip", network.ip()).texts("more", network.additionalIps());
  }

  static PodSandboxNetworkStatus readNetwork(Document from) {
    return new PodSandboxNetworkStatus(from.text("ip"), from.texts("more"));
  }
}
