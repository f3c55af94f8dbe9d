package io.tiphys.node.agent.containers;

import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.ContainerPort;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodSecurityContext;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.VolumeMount;
import io.tiphys.base.machine.Disk;
import io.tiphys.client.Source;
import io.tiphys.linux.FileTree;
import io.tiphys.meta.Quantity;
import io.tiphys.node.agent.volumes.PodVolumes;
import io.tiphys.node.agent.volumes.SubPaths;
import io.tiphys.node.agent.volumes.VolumeProblem;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerMetadata;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.ImageSpec;
import io.tiphys.node.cri.KeyValue;
import io.tiphys.node.cri.LinuxContainerConfig;
import io.tiphys.node.cri.LinuxContainerResources;
import io.tiphys.node.cri.LinuxPodSandboxConfig;
import io.tiphys.node.cri.LinuxSandboxSecurityContext;
import io.tiphys.node.cri.Mount;
import io.tiphys.node.cri.MountPropagation;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxMetadata;
import io.tiphys.node.cri.PortMapping;
import io.tiphys.node.cri.Protocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the engine is asked for; checked against pkg/kubelet/kuberuntime/kuberuntime_sandbox.go and
 * kuberuntime_container.go.
 */
public final class ContainerConfigs {
  private static final Logger log = System.getLogger(ContainerConfigs.class.getName());
  private static final int LONGEST_HOSTNAME = 63;

  private final NodeFacts facts;
  private final Source source;
  private final Supplier<List<Service>> services;
  private final Disk disk;
  private final List<String> maskedPaths;

  /** What is the same for all pods of the node. */
  public record NodeFacts(
      String nodeName,
      String hostIp,
      String clusterDomain,
      String dnsAddress,
      Path podsRoot,
      Map<String, Quantity> allocatable) {
    public NodeFacts {
      allocatable = Map.copyOf(allocatable);
    }
  }

  /**
   * What is known when a container is about to be made.
   *
   * @param podIp the sandbox's address
   * @param attempt how many there were before it
   * @param volumes where each of the pod's volumes lies on the host
   * @param targetId the container whose processes it sees; null for its own
   */
  public record Start(
      String podIp,
      int attempt,
      Map<String, Path> volumes,
      Image image,
      @Nullable String targetId) {
    public Start {
      volumes = Map.copyOf(volumes);
    }
  }

  public ContainerConfigs(
      NodeFacts facts, Source source, Supplier<List<Service>> services, Disk disk) {
    this.facts = facts;
    this.source = source;
    this.services = services;
    this.disk = disk;
    maskedPaths = MaskedPaths.of(disk, Path.of("/"));
  }

  /**
   * @throws ConfigProblem for a pod with users of its own, which nobody here can give it: with the
   *     host's users instead, it would be less apart than it asked for; checked against
   *     GetOrCreateUserNamespaceMappings in pkg/kubelet/userns/userns_manager.go
   */
  public PodSandboxConfig sandbox(Pod pod, int attempt) throws ConfigProblem {
    if (Boolean.FALSE.equals(pod.spec().hostUsers())) {
      throw new ConfigProblem(
          "can't set `spec.hostUsers: false`, runtime does not support user namespaces");
    }
    PodSecurityContext security = security(pod);
    return PodSandboxConfig.builder()
        .metadata(
            new PodSandboxMetadata(pod.name(), pod.metadata().uid(), pod.namespace(), attempt))
        .hostname(pod.spec().hostNetwork() ? "" : sandboxHostname(pod))
        .logDirectory(logFolder(pod).toString())
        .dnsConfig(Resolver.of(disk, pod, facts))
        .portMappings(portMappings(pod))
        .labels(labels(pod))
        .annotations(pod.metadata().annotations())
        .linux(
            new LinuxPodSandboxConfig(
                "/tiphys/%s/pod%s".formatted(facts.nodeName, pod.metadata().uid()),
                new LinuxSandboxSecurityContext(
                    namespaces(pod, null),
                    security.runAsUser(),
                    security.runAsGroup(),
                    false,
                    security.supplementalGroups(),
                    pod.spec().containers().stream().anyMatch(Security::isPrivileged)),
                sysctls(security),
                LinuxContainerResources.EMPTY,
                LinuxContainerResources.EMPTY))
        .build();
  }

  public ContainerConfig container(Pod pod, Container container, Start start) throws ConfigProblem {
    Fields fields = new Fields(start.podIp, facts.hostIp, facts.allocatable);
    Map<String, String> environment =
        new Environment(source, fields, pod, container).of(services.get());
    List<KeyValue> variables = new ArrayList<>();
    environment.forEach((name, value) -> variables.add(new KeyValue(name, value)));
    return ContainerConfig.builder()
        .metadata(new ContainerMetadata(container.name(), start.attempt))
        .image(new ImageSpec(start.image.id(), Map.of(), container.image(), ""))
        .command(expanded(container.command(), environment))
        .args(expanded(container.args(), environment))
        .workingDir(container.workingDir())
        .envs(variables)
        .mounts(mounts(pod, container, start, environment))
        .labels(labels(pod, container))
        .annotations(annotations(pod, container, start.attempt))
        .logPath(container.name() + "/" + start.attempt + ".log")
        .stdin(container.stdin())
        .stdinOnce(container.stdinOnce())
        .tty(container.tty())
        .linux(
            new LinuxContainerConfig(
                Limits.of(pod, container, memory()),
                Security.of(
                    pod, container, namespaces(pod, start.targetId), start.image, maskedPaths)))
        .build();
  }

  /** Deletes the logs of a pod that is gone. */
  public void deleteLogs(Pod pod) {
    FileTree.delete(logFolder(pod));
  }

  /**
   * Deletes the logs of pods that do not live.
   *
   * @param lives asked about each uid just before
   */
  public void deleteLogsOfAllBut(Predicate<String> lives) {
    if (!disk.isDirectory(logsRoot())) {
      return;
    }
    try {
      for (Path folder : disk.list(logsRoot())) {
        String name = folder.getFileName().toString();
        if (!lives.test(name.substring(name.lastIndexOf('_') + 1))) {
          FileTree.delete(folder);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long memory() {
    return facts.allocatable().getOrDefault("memory", Quantity.ZERO).value();
  }

  private static List<String> expanded(List<String> words, Map<String, String> known) {
    return words.stream().map(word -> Expansion.of(word, known)).toList();
  }

  /** The name the pod knows itself by. */
  static String hostname(Pod pod) {
    String name = pod.spec().hostname().isEmpty() ? pod.name() : pod.spec().hostname();
    return name.length() <= LONGEST_HOSTNAME
        ? name
        : name.substring(0, LONGEST_HOSTNAME).replaceAll("[-.]+$", "");
  }

  private String sandboxHostname(Pod pod) {
    boolean full =
        Boolean.TRUE.equals(pod.spec().setHostnameAsFQDN()) && !pod.spec().subdomain().isEmpty();
    return full
        ? "%s.%s.%s.svc.%s"
            .formatted(hostname(pod), pod.spec().subdomain(), pod.namespace(), facts.clusterDomain)
        : hostname(pod);
  }

  private Path logFolder(Pod pod) {
    return logsRoot()
        .resolve("%s_%s_%s".formatted(pod.namespace(), pod.name(), pod.metadata().uid()));
  }

  private Path logsRoot() {
    return facts.podsRoot.resolveSibling("logs");
  }

  private static List<PortMapping> portMappings(Pod pod) {
    List<PortMapping> mappings = new ArrayList<>();
    for (Container container : pod.spec().containers()) {
      for (ContainerPort port : container.ports()) {
        if (port.hostPort() != 0 && !pod.spec().hostNetwork()) {
          mappings.add(
              new PortMapping(
                  Protocol.valueOf(port.protocol().toUpperCase(Locale.ROOT)),
                  port.containerPort(),
                  port.hostPort(),
                  port.hostIP()));
        }
      }
    }
    return mappings;
  }

  private static Map<String, String> labels(Pod pod) {
    Map<String, String> labels = new LinkedHashMap<>(pod.metadata().labels());
    labels.put("io.kubernetes.pod.name", pod.name());
    labels.put("io.kubernetes.pod.namespace", pod.namespace());
    labels.put("io.kubernetes.pod.uid", pod.metadata().uid());
    return labels;
  }

  private static Map<String, String> labels(Pod pod, Container container) {
    return Map.of(
        "io.kubernetes.pod.name", pod.name(),
        "io.kubernetes.pod.namespace", pod.namespace(),
        "io.kubernetes.pod.uid", pod.metadata().uid(),
        "io.kubernetes.container.name", container.name());
  }

  private static Map<String, String> annotations(Pod pod, Container container, int attempt) {
    Long grace = pod.spec().terminationGracePeriodSeconds();
    return Map.of(
        "io.kubernetes.container.restartCount", String.valueOf(attempt),
        "io.kubernetes.container.terminationMessagePath", container.terminationMessagePath(),
        "io.kubernetes.container.terminationMessagePolicy", container.terminationMessagePolicy(),
        "io.kubernetes.pod.terminationGracePeriod", String.valueOf(grace == null ? 30 : grace));
  }

  private static NamespaceOption namespaces(Pod pod, @Nullable String targetId) {
    boolean shared = Boolean.TRUE.equals(pod.spec().shareProcessNamespace());
    return new NamespaceOption(
        pod.spec().hostNetwork() ? NamespaceMode.NODE : NamespaceMode.POD,
        pod.spec().hostPID()
            ? NamespaceMode.NODE
            : shared
                ? NamespaceMode.POD
                : targetId == null ? NamespaceMode.CONTAINER : NamespaceMode.TARGET,
        pod.spec().hostIPC() ? NamespaceMode.NODE : NamespaceMode.POD,
        pod.spec().hostPID() || shared || targetId == null ? "" : targetId);
  }

  private static PodSecurityContext security(Pod pod) {
    return pod.spec().securityContext() == null
        ? PodSecurityContext.EMPTY
        : pod.spec().securityContext();
  }

  private static Map<String, String> sysctls(PodSecurityContext security) {
    Map<String, String> sysctls = new LinkedHashMap<>();
    security.sysctls().forEach(sysctl -> sysctls.put(sysctl.name(), sysctl.value()));
    return sysctls;
  }

  private List<Mount> mounts(
      Pod pod, Container container, Start start, Map<String, String> environment)
      throws ConfigProblem {
    List<Mount> mounts = new ArrayList<>();
    Path folder = facts.podsRoot.resolve(pod.metadata().uid());
    boolean ownHosts = false;
    for (int i = 0; i < container.volumeMounts().size(); i++) {
      VolumeMount mount = container.volumeMounts().get(i);
      Path volume = start.volumes.get(mount.name());
      if (volume == null) {
        throw new ConfigProblem(
            "cannot find volume \"%s\" to mount into container \"%s\""
                .formatted(mount.name(), container.name()));
      }
      ownHosts |= mount.mountPath().equals("/etc/hosts");
      SubPaths.Use use = new SubPaths.Use(mount.name(), container.name(), i);
      Path hostPath = part(folder, use, volume, subPath(mount, environment));
      mounts.add(
          new Mount(
              mount.mountPath(),
              hostPath.toString(),
              mount.readOnly() || PodVolumes.isReadOnly(pod, mount.name()),
              false,
              propagation(mount)));
    }
    if (!ownHosts) {
      Path hosts = HostsFile.write(disk, folder, pod, start.podIp, facts.clusterDomain);
      mounts.add(Mount.of(hosts.toString(), "/etc/hosts"));
    }
    if (!container.terminationMessagePath().isEmpty()) {
      Path message = folder.resolve("containers/" + container.name() + "/" + start.attempt);
      if (touch(message)) {
        mounts.add(Mount.of(message.toString(), container.terminationMessagePath()));
      }
    }
    return mounts;
  }

  /** Checked against makeMounts in pkg/kubelet/kubelet_pods.go. */
  private static String subPath(VolumeMount mount, Map<String, String> environment)
      throws ConfigProblem {
    String below =
        mount.subPathExpr().isEmpty()
            ? mount.subPath()
            : Expansion.complete(mount.subPathExpr(), environment);
    if (below.startsWith("/")) {
      throw new ConfigProblem("error SubPath `%s` must not be an absolute path".formatted(below));
    }
    if (List.of(below.split("/")).contains("..")) {
      throw new ConfigProblem(
          "unable to provision SubPath `%s`: must not contain '..'".formatted(below));
    }
    return below;
  }

  private Path part(Path podFolder, SubPaths.Use use, Path volume, String below)
      throws ConfigProblem {
    if (below.isEmpty()) {
      return volume;
    }
    try {
      return new SubPaths(disk, podFolder).bind(use, volume, Path.of(below).normalize());
    } catch (VolumeProblem | InvalidPathException e) {
      throw new ConfigProblem(e);
    }
  }

  private static MountPropagation propagation(VolumeMount mount) {
    String mode = mount.mountPropagation() == null ? "None" : mount.mountPropagation();
    return switch (mode) {
      case "HostToContainer" -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
      case "Bidirectional" -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
      default -> MountPropagation.PROPAGATION_PRIVATE;
    };
  }

  /** Without it a container runs all the same, as upstream's does: it cannot say its last words. */
  private boolean touch(Path file) {
    try {
      disk.createParents(file);
      if (!disk.exists(file)) {
        disk.createFile(file);
      }
      disk.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
      return true;
    } catch (IOException e) {
      log.log(
          Level.WARNING, "error on creating termination-log file {0}: {1}", file, e.getMessage());
      return false;
    }
  }
}
