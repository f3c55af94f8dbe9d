package io.tiphys.linux;

import static io.tiphys.linux.CgroupFiles.field;
import static io.tiphys.linux.CgroupFiles.number;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Cgroup v1: one hierarchy per controller; a v2 hierarchy without controllers may stand by. */
final class CgroupsV1 implements Cgroups {
  private final List<Path> roots;
  private final @Nullable Path cpu;
  private final @Nullable Path cpuacct;
  private final @Nullable Path memory;
  private final @Nullable Path pids;

  CgroupsV1(List<Mount> mounts) {
    roots = mounts.stream().map(Mount::target).distinct().toList();
    cpu = root(mounts, "cpu");
    cpuacct = root(mounts, "cpuacct");
    memory = root(mounts, "memory");
    pids = root(mounts, "pids");
  }

  private static @Nullable Path root(List<Mount> mounts, String controller) {
    return mounts.stream()
        .filter(m -> m.type().equals("cgroup") && m.superOptions().contains(controller))
        .map(Mount::target)
        .findFirst()
        .orElse(null);
  }

  @Override
  public int version() {
    return 1;
  }

  @Override
  public List<Path> folders(String cgroup) {
    return roots.stream().map(root -> CgroupFiles.below(root, cgroup)).toList();
  }

  @Override
  public void create(String cgroup, CgroupLimits limits) {
    if (cpuacct != null) {
      CgroupFiles.makeFolder(CgroupFiles.below(cpuacct, cgroup));
    }
    if (cpu != null) {
      Path folder = CgroupFiles.below(cpu, cgroup);
      CgroupFiles.makeFolder(folder);
      setCpu(folder, limits);
    }
    if (memory != null) {
      Path folder = CgroupFiles.below(memory, cgroup);
      CgroupFiles.makeFolder(folder);
      if (limits.memoryBytes() != 0) {
        CgroupFiles.write(folder.resolve("memory.limit_in_bytes"), "" + limits.memoryBytes());
      }
    }
    if (pids != null) {
      Path folder = CgroupFiles.below(pids, cgroup);
      CgroupFiles.makeFolder(folder);
      if (limits.pids() != 0) {
        String value = limits.pids() < 0 ? "max" : "" + limits.pids();
        CgroupFiles.write(folder.resolve("pids.max"), value);
      }
    }
  }

  private static void setCpu(Path folder, CgroupLimits limits) {
    if (limits.cpuShares() != 0) {
      CgroupFiles.write(folder.resolve("cpu.shares"), "" + limits.cpuShares());
    }
    if (limits.cpuQuotaMicros() != 0) {
      CgroupFiles.write(folder.resolve("cpu.cfs_period_us"), "" + limits.periodMicros());
      CgroupFiles.write(folder.resolve("cpu.cfs_quota_us"), "" + limits.cpuQuotaMicros());
    }
  }

  @Override
  public Optional<CgroupUsage> usage(String cgroup) {
    if (!exists(cgroup)) {
      return Optional.empty();
    }
    long nanos = 0;
    if (cpuacct != null) {
      nanos = number(CgroupFiles.below(cpuacct, cgroup).resolve("cpuacct.usage"), 0);
    }
    long used = 0;
    long inactive = 0;
    long rss = 0;
    long kills = 0;
    if (memory != null) {
      Path folder = CgroupFiles.below(memory, cgroup);
      used = number(folder.resolve("memory.usage_in_bytes"), 0);
      inactive = field(folder.resolve("memory.stat"), "total_inactive_file");
      rss = field(folder.resolve("memory.stat"), "total_rss");
      // v1 counts per cgroup, not per subtree.
      for (Path each : CgroupFiles.tree(folder)) {
        kills += field(each.resolve("memory.oom_control"), "oom_kill");
      }
    }
    long tasks = 0;
    if (pids != null && Files.isDirectory(CgroupFiles.below(pids, cgroup))) {
      tasks = number(CgroupFiles.below(pids, cgroup).resolve("pids.current"), 0);
    }
    return Optional.of(
        new CgroupUsage(nanos, used, Math.max(0, used - inactive), rss, tasks, kills));
  }
}
