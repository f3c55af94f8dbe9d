package io.tiphys.node.engine.spec;

import io.tiphys.codec.Json;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.LinuxContainerUser;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.engine.document.Writing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes OCI's {@code config.json}. Checked against containerd's {@code
 * internal/cri/server/container_create.go} and {@code pkg/oci/spec.go} for what users see.
 */
public final class RuntimeSpec {
  private RuntimeSpec() {}

  /**
   * As whom the container will run.
   *
   * @param passwd the lines of the {@code /etc/passwd} in its file system, {@code group} likewise
   */
  public static LinuxContainerUser user(
      SpecRequest request, List<String> passwd, List<String> group) {
    return ContainerUser.resolve(
        request.config().linux().securityContext(), request.image().user(), passwd, group);
  }

  /** The whole configuration. */
  public static Json.Obj config(SpecRequest request, LinuxContainerUser user) {
    ContainerConfig config = request.config();
    LinuxContainerSecurityContext security = config.linux().securityContext();
    return Writing.object()
        .put("ociVersion", "1.0.2")
        .put("process", ProcessSpec.of(request, user))
        .put(
            "root",
            Writing.object()
                .put("path", request.rootfs().toString())
                .put("readonly", security.readonlyRootfs()))
        .list("mounts", MountsSpec.of(request), MountsSpec.Entry::json)
        .put("linux", linux(request))
        .json();
  }

  /**
   * The process of an exec: that of the container with another command.
   *
   * @param container what {@link #config} said
   */
  public static Json.Obj exec(Json.Obj container, List<String> command, boolean terminal) {
    if (!(container.get("process") instanceof Json.Obj process)) {
      throw new CriException(CriException.Code.INTERNAL, "container without a process");
    }
    Json.Obj changed =
        process
            .with("args", new Json.Arr(command.stream().<Json>map(Json.Str::new).toList()))
            .with("terminal", new Json.Bool(terminal));
    if (terminal && process.get("env") instanceof Json.Arr env) {
      List<Json> more = new ArrayList<>(env.elements());
      boolean known =
          more.stream().anyMatch(e -> e instanceof Json.Str s && s.value().startsWith("TERM="));
      if (!known) {
        more.add(new Json.Str("TERM=xterm"));
      }
      return changed.with("env", new Json.Arr(more));
    }
    return changed;
  }

  private static Writing linux(SpecRequest request) {
    ContainerConfig config = request.config();
    LinuxContainerSecurityContext security = config.linux().securityContext();
    boolean privileged = security.privileged();
    List<DevicesSpec.Node> devices =
        privileged ? DevicesSpec.all() : DevicesSpec.asked(config.devices());
    List<Json> rules = new ArrayList<>();
    rules.add(ResourcesSpec.deviceRule(privileged, "rwm"));
    if (!privileged) {
      devices.forEach(device -> rules.add(ResourcesSpec.deviceRule(device)));
    }
    Writing linux =
        Writing.object()
            .put("cgroupsPath", request.cgroup())
            .list("namespaces", namespaces(request), namespace -> namespace)
            .put(
                "resources",
                ResourcesSpec.of(config.linux().resources(), request.host())
                    .put("devices", new Json.Arr(rules)))
            .list("devices", devices, RuntimeSpec::device)
            .putUnlessEmpty("rootfsPropagation", MountsSpec.rootPropagation(config.mounts()));
    if (!privileged) {
      // As asked: none are what procMount Unmasked sends, and containerd takes it so.
      linux.texts("maskedPaths", security.maskedPaths());
      linux.texts("readonlyPaths", security.readonlyPaths());
    }
    List<String> capabilities =
        CapabilitySet.of(security.capabilities(), privileged, request.host());
    SeccompSpec.of(security.seccomp(), privileged, capabilities)
        .ifPresent(seccomp -> linux.put("seccomp", seccomp));
    return linux;
  }

  private static Json device(DevicesSpec.Node device) {
    return Writing.object()
        .put("path", device.path())
        .put("type", device.type())
        .put("major", device.file().major())
        .put("minor", device.file().minor())
        .put("fileMode", device.file().permissions())
        .put("uid", device.file().uid())
        .put("gid", device.file().gid())
        .json();
  }

  private static List<Json> namespaces(SpecRequest request) {
    List<Json> namespaces = new ArrayList<>();
    namespaces.add(namespace("mount", Optional.empty()));
    SandboxSpace sandbox = request.sandbox();
    sandbox.network().ifPresent(path -> namespaces.add(namespace("network", Optional.of(path))));
    sandbox.ipc().ifPresent(path -> namespaces.add(namespace("ipc", Optional.of(path))));
    sandbox.uts().ifPresent(path -> namespaces.add(namespace("uts", Optional.of(path))));
    NamespaceMode pid = request.config().linux().securityContext().namespaceOptions().pid();
    switch (pid) {
      case CONTAINER -> namespaces.add(namespace("pid", Optional.empty()));
      case TARGET, POD ->
          namespaces.add(
              namespace("pid", request.targetPid().map(p -> Path.of("/proc/" + p + "/ns/pid"))));
      case NODE -> {}
    }
    if (request.host().cgroupVersion() == 2) {
      namespaces.add(namespace("cgroup", Optional.empty()));
    }
    return namespaces;
  }

  private static Json namespace(String type, Optional<Path> path) {
    Writing namespace = Writing.object().put("type", type);
    path.ifPresent(p -> namespace.put("path", p.toString()));
    return namespace.json();
  }
}
