package io.tiphys.node.engine.spec;

import io.tiphys.node.cri.Capability;
import io.tiphys.node.cri.CriException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which capabilities a container gets. */
final class CapabilitySet {
  /** By bit, from {@code linux/capability.h}. */
  static final List<String> NAMES =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_DAC_READ_SEARCH",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETPCAP",
          "CAP_LINUX_IMMUTABLE",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_BROADCAST",
          "CAP_NET_ADMIN",
          "CAP_NET_RAW",
          "CAP_IPC_LOCK",
          "CAP_IPC_OWNER",
          "CAP_SYS_MODULE",
          "CAP_SYS_RAWIO",
          "CAP_SYS_CHROOT",
          "CAP_SYS_PTRACE",
          "CAP_SYS_PACCT",
          "CAP_SYS_ADMIN",
          "CAP_SYS_BOOT",
          "CAP_SYS_NICE",
          "CAP_SYS_RESOURCE",
          "CAP_SYS_TIME",
          "CAP_SYS_TTY_CONFIG",
          "CAP_MKNOD",
          "CAP_LEASE",
          "CAP_AUDIT_WRITE",
          "CAP_AUDIT_CONTROL",
          "CAP_SETFCAP",
          "CAP_MAC_OVERRIDE",
          "CAP_MAC_ADMIN",
          "CAP_SYSLOG",
          "CAP_WAKE_ALARM",
          "CAP_BLOCK_SUSPEND",
          "CAP_AUDIT_READ",
          "CAP_PERFMON",
          "CAP_BPF",
          "CAP_CHECKPOINT_RESTORE");

  /** What every runtime gives by default since Docker; users count on it. */
  private static final List<String> DEFAULT =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FSETID",
          "CAP_FOWNER",
          "CAP_MKNOD",
          "CAP_NET_RAW",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETFCAP",
          "CAP_SETPCAP",
          "CAP_NET_BIND_SERVICE",
          "CAP_SYS_CHROOT",
          "CAP_KILL",
          "CAP_AUDIT_WRITE");

  private CapabilitySet() {}

  /**
   * The set for a container; what this process lacks itself cannot be given and is left out.
   *
   * @throws CriException INVALID_ARGUMENT for a name that is no capability
   */
  static List<String> of(Capability wanted, boolean privileged, HostAbilities host) {
    Set<String> set = new LinkedHashSet<>(privileged ? NAMES : DEFAULT);
    // As containerd orders them: ALL first, then single names, so that "drop ALL, add X" works.
    if (isAll(wanted.addCapabilities())) {
      set.addAll(NAMES);
    }
    if (isAll(wanted.dropCapabilities())) {
      set.clear();
    }
    set.addAll(names(wanted.addCapabilities()));
    names(wanted.dropCapabilities()).forEach(set::remove);
    return set.stream().filter(host::has).toList();
  }

  static List<String> ambient(Capability wanted, List<String> set) {
    return names(wanted.addAmbientCapabilities()).stream().filter(set::contains).toList();
  }

  private static boolean isAll(List<String> names) {
    return names.stream().anyMatch(name -> name.equalsIgnoreCase("ALL"));
  }

  private static List<String> names(List<String> given) {
    return given.stream()
        .filter(name -> !name.equalsIgnoreCase("ALL"))
        .map(CapabilitySet::name)
        .toList();
  }

  private static String name(String given) {
    String upper = given.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
    if (!NAMES.contains(name)) {
      throw CriException.invalid("unknown capability: " + given);
    }
    return name;
  }
}
