package io.tiphys.node.engine.spec;

import io.tiphys.codec.Json;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.SecurityProfile;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.document.Writing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which system calls a container may make.
 *
 * <p>Our default forbids by name what Docker's documentation lists as forbidden by its own, and
 * allows the rest; a capability that a call is about brings it back. Docker's is a list of what is
 * allowed, which is stricter about calls that are yet to come.
 */
final class SeccompSpec {
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;

  /** CLONE_NEW* but for CLONE_NEWCGROUP's successor: what makes namespaces. */
  private static final long CLONE_NAMESPACES = 0x7E020000L;

  private static final List<String> ALWAYS =
      List.of(
          "add_key",
          "create_module",
          "get_kernel_syms",
          "get_mempolicy",
          "keyctl",
          "mbind",
          "migrate_pages",
          "move_pages",
          "nfsservctl",
          "query_module",
          "request_key",
          "set_mempolicy",
          "sysfs",
          "_sysctl",
          "uselib",
          "userfaultfd",
          "ustat",
          "vm86",
          "vm86old");

  private static final Map<String, List<String>> BY_CAPABILITY =
      Map.of(
          "CAP_SYS_ADMIN",
          List.of(
              "bpf",
              "fsconfig",
              "fsmount",
              "fsopen",
              "fspick",
              "lookup_dcookie",
              "mount",
              "mount_setattr",
              "move_mount",
              "open_tree",
              "perf_event_open",
              "pivot_root",
              "quotactl",
              "setns",
              "swapoff",
              "swapon",
              "umount",
              "umount2",
              "unshare"),
          "CAP_SYS_PACCT",
          List.of("acct"),
          "CAP_SYS_TIME",
          List.of("clock_adjtime", "clock_settime", "settimeofday", "stime"),
          "CAP_SYS_MODULE",
          List.of("delete_module", "finit_module", "init_module"),
          "CAP_SYS_RAWIO",
          List.of("ioperm", "iopl"),
          "CAP_SYS_PTRACE",
          List.of("kcmp", "process_madvise", "process_vm_readv", "process_vm_writev"),
          "CAP_SYS_BOOT",
          List.of("kexec_file_load", "kexec_load", "reboot"),
          "CAP_DAC_READ_SEARCH",
          List.of("open_by_handle_at"));

  private SeccompSpec() {}

  /** The {@code seccomp} of an OCI configuration; empty for an unconfined container. */
  static Optional<Json> of(
      @Nullable SecurityProfile profile, boolean privileged, List<String> capabilities) {
    if (profile == null || privileged) {
      return Optional.empty();
    }
    return switch (profile.type()) {
      case UNCONFINED -> Optional.empty();
      case RUNTIME_DEFAULT -> Optional.of(runtimeDefault(capabilities));
      case LOCALHOST -> Optional.of(localhost(Path.of(profile.localhostRef())));
    };
  }

  private static Json runtimeDefault(List<String> capabilities) {
    List<Json> rules = new ArrayList<>();
    List<String> forbidden = new ArrayList<>(ALWAYS);
    BY_CAPABILITY.forEach(
        (capability, calls) -> {
          if (!capabilities.contains(capability)) {
            forbidden.addAll(calls);
          }
        });
    rules.add(rule(forbidden.stream().sorted().toList(), EPERM).json());
    if (!capabilities.contains("CAP_SYS_ADMIN")) {
      // clone3 hides its flags in memory; without it, libraries fall back to clone.
      rules.add(rule(List.of("clone3"), ENOSYS).json());
      for (int bit = 0; bit < Long.SIZE; bit++) {
        long flag = 1L << bit;
        if ((CLONE_NAMESPACES & flag) != 0) {
          Json argument =
              Writing.object()
                  .put("index", 0)
                  .put("value", flag)
                  .put("valueTwo", flag)
                  .put("op", "SCMP_CMP_MASKED_EQ")
                  .json();
          rules.add(
              rule(List.of("clone"), EPERM).put("args", new Json.Arr(List.of(argument))).json());
        }
      }
    }
    return Writing.object()
        .put("defaultAction", "SCMP_ACT_ALLOW")
        .put("syscalls", new Json.Arr(rules))
        .json();
  }

  private static Writing rule(List<String> calls, int errno) {
    return Writing.object()
        .texts("names", calls)
        .put("action", "SCMP_ACT_ERRNO")
        .put("errnoRet", errno);
  }

  private static Json localhost(Path file) {
    try {
      Document profile = Document.parse(Files.readAllBytes(file));
      if (profile.text("defaultAction").isEmpty()) {
        throw CriException.invalid("seccomp profile %s has no defaultAction".formatted(file));
      }
      return profile.value();
    } catch (IOException e) {
      throw CriException.invalid(
          "cannot read seccomp profile %s: %s".formatted(file, e.getMessage()));
    }
  }
}
