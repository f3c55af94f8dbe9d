package io.tiphys.node.agent;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.core.v1.ContainerImage;
import io.tiphys.api.core.v1.Node;
import io.tiphys.api.core.v1.NodeAddress;
import io.tiphys.api.core.v1.NodeCondition;
import io.tiphys.api.core.v1.NodeStatus;
import io.tiphys.api.core.v1.NodeSystemInfo;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.machine.Disk;
import io.tiphys.base.machine.Environment;
import io.tiphys.client.Source;
import io.tiphys.codec.Json;
import io.tiphys.meta.Quantity;
import io.tiphys.node.agent.admission.PodRequests;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.Image;
import io.tiphys.node.cri.ImageService;
import io.tiphys.node.cri.RuntimeCondition;
import io.tiphys.node.cri.RuntimeService;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What this machine is and has, as the node's object says it. */
final class NodeFacts {
  /** As upstream's maxPods. */
  private static final int MAX_PODS = 110;

  /** As upstream's nodeStatusMaxImages. */
  private static final int MAX_IMAGES = 50;

  private final KubeletConfig config;
  private final RuntimeService runtime;
  private final ImageService images;
  private final Environment environment;
  private final Disk disk;
  private final Clock clock;
  private final Map<String, Quantity> capacity;
  private final NodeSystemInfo info;

  NodeFacts(KubeletConfig config, Kubelet.Dependencies given) {
    this.config = config;
    runtime = given.runtime();
    images = given.images();
    environment = given.machine().environment();
    disk = given.machine().disk();
    clock = given.clock();
    capacity = whole(config.folder());
    info = info();
  }

  /** The labels that a node gets anew with each start; checked against updateDefaultLabels. */
  Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("beta.kubernetes.io/arch", environment.architecture());
    labels.put("beta.kubernetes.io/os", "linux");
    labels.put("kubernetes.io/arch", environment.architecture());
    labels.put("kubernetes.io/hostname", config.nodeName());
    labels.put("kubernetes.io/os", "linux");
    return labels;
  }

  /** The node as the API has it, with what it can give away, or as it will be registered. */
  Node present(Source source) {
    Node present;
    try {
      present = source.get(CoreV1.NODES, "", config.nodeName());
    } catch (ApiFailure e) {
      return node();
    }
    NodeStatus status = present.status();
    return present.withStatus(status.withAllocatable(allocatable(status, whole(status))));
  }

  private Map<String, Quantity> whole(NodeStatus status) {
    Map<String, Quantity> whole = new LinkedHashMap<>(status.capacity());
    whole.putAll(capacity);
    return whole;
  }

  /** The node as it is registered; its role is a label that whoever likes may take away. */
  Node node() {
    Map<String, String> labels = labels();
    labels.put("node-role.kubernetes.io/control-plane", "");
    return Node.builder()
        .metadata(ObjectMeta.builder().name(config.nodeName()).labels(labels).build())
        .status(status(NodeStatus.EMPTY))
        .build();
  }

  /**
   * What the node's status is to be: what this node knows replaces what there is of it, the rest is
   * others' and stays: extended resources, conditions of other agents, volumes. Checked against
   * pkg/kubelet/nodestatus/setters.go.
   *
   * @param before the status as it is in the API; conditions that did not change keep their time
   */
  NodeStatus status(NodeStatus before) {
    Map<String, Quantity> whole = whole(before);
    return before.toBuilder()
        .capacity(whole)
        .allocatable(allocatable(before, whole))
        .conditions(conditions(before))
        .addresses(
            List.of(
                new NodeAddress("InternalIP", config.hostIp()),
                new NodeAddress("Hostname", config.nodeName())))
        .nodeInfo(info)
        .images(images())
        .build();
  }

  /** All of the capacity; extended resources that are gone from there are gone here. */
  private static Map<String, Quantity> allocatable(NodeStatus before, Map<String, Quantity> whole) {
    Map<String, Quantity> allocatable = new LinkedHashMap<>(before.allocatable());
    allocatable.keySet().removeIf(name -> PodRequests.isExtended(name) && !whole.containsKey(name));
    allocatable.putAll(whole);
    return allocatable;
  }

  /** Whether two statuses say the same but for the heartbeat. */
  static boolean same(NodeStatus a, NodeStatus b) {
    return tree(a).equals(tree(b));
  }

  /** As it is written: times in an object that was stored have no fractions. */
  private static Json tree(NodeStatus status) {
    List<NodeCondition> still =
        status.conditions().stream().map(c -> c.withLastHeartbeatTime(null)).toList();
    return ObjectCodec.toTree(Node.EMPTY.withStatus(status.withConditions(still)));
  }

  /** Those of this node in their places, those of others as they are. */
  private List<NodeCondition> conditions(NodeStatus before) {
    Map<String, NodeCondition> all = new LinkedHashMap<>();
    before.conditions().forEach(condition -> all.put(condition.type(), condition));
    own(before).forEach(condition -> all.put(condition.type(), condition));
    return List.copyOf(all.values());
  }

  private List<NodeCondition> own(NodeStatus before) {
    List<NodeCondition> all = new ArrayList<>();
    all.add(
        condition(
            before,
            "MemoryPressure",
            "False",
            "KubeletHasSufficientMemory",
            "kubelet has sufficient memory available"));
    all.add(
        condition(
            before,
            "DiskPressure",
            "False",
            "KubeletHasNoDiskPressure",
            "kubelet has no disk pressure"));
    all.add(
        condition(
            before,
            "PIDPressure",
            "False",
            "KubeletHasSufficientPID",
            "kubelet has sufficient PID available"));
    String trouble = trouble();
    all.add(
        trouble.isEmpty()
            ? condition(before, "Ready", "True", "KubeletReady", "kubelet is posting ready status")
            : condition(before, "Ready", "False", "KubeletNotReady", trouble));
    return all;
  }

  private String trouble() {
    if (!config.reasons().isEmpty()) {
      return "container runtime is down: " + String.join("; ", config.reasons());
    }
    try {
      List<String> troubles = new ArrayList<>();
      for (RuntimeCondition condition : runtime.status().conditions()) {
        if (!condition.status()) {
          troubles.add("%s is false: %s".formatted(condition.type(), condition.message()));
        }
      }
      return String.join("; ", troubles);
    } catch (CriException e) {
      return "container runtime is down: " + e.getMessage();
    }
  }

  private NodeCondition condition(
      NodeStatus before, String type, String status, String reason, String message) {
    Instant now = clock.now();
    Instant since = now;
    for (NodeCondition known : before.conditions()) {
      if (known.type().equals(type)
          && known.status().equals(status)
          && known.lastTransitionTime() != null) {
        since = known.lastTransitionTime();
      }
    }
    return new NodeCondition(type, status, now, since, reason, message);
  }

  private List<ContainerImage> images() {
    List<ContainerImage> found = new ArrayList<>();
    for (Image image : images.listImages(null)) {
      List<String> names = new ArrayList<>(image.repoDigests());
      names.addAll(image.repoTags());
      if (!names.isEmpty() && found.size() < MAX_IMAGES) {
        found.add(new ContainerImage(names, image.size()));
      }
    }
    return found;
  }

  private NodeSystemInfo info() {
    String runtimeVersion = "";
    try {
      var version = runtime.version();
      runtimeVersion = version.runtimeName() + "://" + version.runtimeVersion();
    } catch (CriException _) {
      runtimeVersion = "tiphys://unavailable";
    }
    return NodeSystemInfo.builder()
        .machineID(line(Path.of("/etc/machine-id")))
        .systemUUID(line(Path.of("/etc/machine-id")))
        .bootID(line(Path.of("/proc/sys/kernel/random/boot_id")))
        .kernelVersion(line(Path.of("/proc/sys/kernel/osrelease")))
        .osImage(osImage())
        .containerRuntimeVersion(runtimeVersion)
        .kubeletVersion(config.version())
        .operatingSystem("linux")
        .architecture(environment.architecture())
        .build();
  }

  private String osImage() {
    for (String line : lines(Path.of("/etc/os-release"))) {
      if (line.startsWith("PRETTY_NAME=")) {
        return line.substring("PRETTY_NAME=".length()).replace("\"", "");
      }
    }
    return "Linux";
  }

  /** All that this machine has. */
  Map<String, Quantity> capacity() {
    return capacity;
  }

  private Map<String, Quantity> whole(Path folder) {
    Map<String, Quantity> capacity = new LinkedHashMap<>();
    capacity.put("cpu", Quantity.of(environment.processors()));
    capacity.put("memory", memory());
    capacity.put("pods", Quantity.of(MAX_PODS));
    try {
      disk.createDirectories(folder);
      long kibibytes = disk.totalSpace(folder) / 1024;
      capacity.put("ephemeral-storage", Quantity.parse(kibibytes + "Ki"));
    } catch (IOException _) {
      capacity.put("ephemeral-storage", Quantity.ZERO);
    }
    return capacity;
  }

  private Quantity memory() {
    for (String line : lines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) {
        return Quantity.parse(line.replaceAll("\\D", "") + "Ki");
      }
    }
    return Quantity.ZERO;
  }

  private String line(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? "" : lines.getFirst().strip();
  }

  private List<String> lines(Path file) {
    try {
      return disk.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
