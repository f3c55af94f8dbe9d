package io.tiphys.linux;

import static io.tiphys.linux.CgroupFiles.field;
import static io.tiphys.linux.CgroupFiles.number;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Cgroup v2: one hierarchy, whose controllers have to be handed down from folder to folder. */
final class CgroupsV2 implements Cgroups {
  private static final List<String> CONTROLLERS = List.of("cpu", "memory", "pids", "cpuset", "io");

  private final Path root;

  CgroupsV2(Path root) {
    this.root = root;
  }

  @Override
  public int version() {
    return 2;
  }

  @Override
  public List<Path> folders(String cgroup) {
    return List.of(CgroupFiles.below(root, cgroup));
  }

  @Override
  public void create(String cgroup, CgroupLimits limits) {
    Path folder = CgroupFiles.below(root, cgroup);
    Path each = root;
    for (Path name : root.relativize(folder)) {
      handDown(each);
      each = each.resolve(name);
      CgroupFiles.makeFolder(each);
    }
    if (limits.cpuShares() != 0) {
      CgroupFiles.write(folder.resolve("cpu.weight"), "" + limits.cpuWeight());
    }
    if (limits.cpuQuotaMicros() != 0) {
      String quota = limit(limits.cpuQuotaMicros()) + " " + limits.periodMicros();
      CgroupFiles.write(folder.resolve("cpu.max"), quota);
    }
    if (limits.memoryBytes() != 0) {
      CgroupFiles.write(folder.resolve("memory.max"), limit(limits.memoryBytes()));
    }
    if (limits.pids() != 0) {
      CgroupFiles.write(folder.resolve("pids.max"), limit(limits.pids()));
    }
  }

  private static String limit(long value) {
    return value < 0 ? "max" : Long.toString(value);
  }

  /** Enables in the children of {@code folder} what it has itself. */
  private void handDown(Path folder) {
    List<String> present = words(folder.resolve("cgroup.controllers"));
    List<String> given = words(folder.resolve("cgroup.subtree_control"));
    for (String controller : CONTROLLERS) {
      if (!present.contains(controller) || given.contains(controller)) {
        continue;
      }
      try {
        CgroupFiles.write(folder.resolve("cgroup.subtree_control"), "+" + controller);
      } catch (LinuxFailure e) {
        if (!folder.equals(root)) {
          throw e;
        }
        // The root of a container's own hierarchy has processes, and a folder with processes
        // hands nothing down. Those processes move one level below, once.
        moveProcesses(root.resolve("init"));
        CgroupFiles.write(folder.resolve("cgroup.subtree_control"), "+" + controller);
      }
    }
  }

  private void moveProcesses(Path leaf) {
    CgroupFiles.makeFolder(leaf);
    for (String pid : words(root.resolve("cgroup.procs"))) {
      try {
        CgroupFiles.write(leaf.resolve("cgroup.procs"), pid);
      } catch (LinuxFailure e) {
        // Ended meanwhile, or a thread of the kernel; the caller's next write tells.
      }
    }
  }

  private static List<String> words(Path file) {
    String text = CgroupFiles.read(file);
    return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
  }

  @Override
  public int killAll(String cgroup) {
    Path kill = CgroupFiles.below(root, cgroup).resolve("cgroup.kill");
    if (!Files.exists(kill)) {
      return Cgroups.super.killAll(cgroup);
    }
    int found = processes(cgroup).size();
    CgroupFiles.write(kill, "1");
    return found;
  }

  @Override
  public Optional<CgroupUsage> usage(String cgroup) {
    Path folder = CgroupFiles.below(root, cgroup);
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    long used = number(folder.resolve("memory.current"), 0);
    long inactive = field(folder.resolve("memory.stat"), "inactive_file");
    return Optional.of(
        new CgroupUsage(
            field(folder.resolve("cpu.stat"), "usage_usec") * 1000,
            used,
            Math.max(0, used - inactive),
            field(folder.resolve("memory.stat"), "anon"),
            number(folder.resolve("pids.current"), 0),
            field(folder.resolve("memory.events"), "oom_kill")));
  }
}
