package io.tiphys.node.engine.spec;

import io.tiphys.codec.Json;
import io.tiphys.node.cri.LinuxContainerSecurityContext;
import io.tiphys.node.cri.Mount;
import io.tiphys.node.cri.MountPropagation;
import io.tiphys.node.engine.document.Writing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The {@code mounts} of an OCI configuration. */
final class MountsSpec {
  private MountsSpec() {}

  /** One mount in OCI's words. */
  record Entry(String destination, String type, String source, List<String> options) {
    Json json() {
      return Writing.object()
          .put("destination", destination)
          .put("type", type)
          .put("source", source)
          .texts("options", options)
          .json();
    }
  }

  /** The system's mounts first, then what was asked for, parents before what lies in them. */
  static List<Entry> of(SpecRequest request) {
    List<Entry> asked =
        request.config().mounts().stream()
            .map(MountsSpec::entry)
            .sorted(Comparator.comparingInt(m -> Path.of(m.destination).getNameCount()))
            .toList();
    Set<String> taken = new HashSet<>();
    asked.forEach(mount -> taken.add(mount.destination));
    List<Entry> mounts = new ArrayList<>();
    system(request).stream().filter(m -> !taken.contains(m.destination)).forEach(mounts::add);
    mounts.addAll(asked);
    return mounts;
  }

  private static List<Entry> system(SpecRequest request) {
    LinuxContainerSecurityContext security = request.config().linux().securityContext();
    String sysMode = security.privileged() ? "rw" : "ro";
    SandboxSpace sandbox = request.sandbox();
    return List.of(
        new Entry("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")),
        new Entry(
            "/dev", "tmpfs", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k")),
        new Entry(
            "/dev/pts",
            "devpts",
            "devpts",
            List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
        new Entry("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")),
        new Entry("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", sysMode)),
        new Entry(
            "/sys/fs/cgroup",
            "cgroup",
            "cgroup",
            List.of("nosuid", "noexec", "nodev", "relatime", sysMode)),
        new Entry("/dev/shm", "bind", sandbox.shm().toString(), List.of("rbind", "rw")),
        file("/etc/hostname", sandbox.etcHostname(), security),
        file("/etc/hosts", sandbox.etcHosts(), security),
        file("/etc/resolv.conf", sandbox.etcResolvConf(), security));
  }

  private static Entry file(
      String destination, Path source, LinuxContainerSecurityContext security) {
    String mode = security.readonlyRootfs() ? "ro" : "rw";
    return new Entry(destination, "bind", source.toString(), List.of("rbind", "rprivate", mode));
  }

  private static Entry entry(Mount mount) {
    String propagation =
        switch (mount.propagation()) {
          case PROPAGATION_PRIVATE -> "rprivate";
          case PROPAGATION_HOST_TO_CONTAINER -> "rslave";
          case PROPAGATION_BIDIRECTIONAL -> "rshared";
        };
    String mode = !mount.readonly() ? "rw" : mount.recursiveReadOnly() ? "rro" : "ro";
    String destination = Path.of("/").resolve(mount.containerPath()).normalize().toString();
    return new Entry(destination, "bind", mount.hostPath(), List.of("rbind", propagation, mode));
  }

  /** What the root of the container must be for the mounts in it to spread as asked. */
  static String rootPropagation(List<Mount> mounts) {
    if (mounts.stream()
        .anyMatch(m -> m.propagation() == MountPropagation.PROPAGATION_BIDIRECTIONAL)) {
      return "rshared";
    }
    boolean slave =
        mounts.stream()
            .anyMatch(m -> m.propagation() == MountPropagation.PROPAGATION_HOST_TO_CONTAINER);
    return slave ? "rslave" : "";
  }
}
