package io.tiphys.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The control groups of this host, in whichever version it has them.
 *
 * <p>A cgroup is named by its path from the root of every hierarchy, {@code /tiphys/default/pod1};
 * the same text is what an OCI configuration wants as {@code cgroupsPath}. Thread-safe.
 */
public sealed interface Cgroups permits CgroupsV1, CgroupsV2 {
  /** What this host has mounted; hybrid counts as v1, as for the OCI runtimes. */
  static Optional<Cgroups> detect() {
    return detect(Mounts.list());
  }

  /** As {@link #detect()} from a mount table, oldest mount first. */
  static Optional<Cgroups> detect(List<Mount> mounts) {
    List<Mount> cgroups =
        mounts.stream()
            .filter(m -> m.type().equals("cgroup") || m.type().equals("cgroup2"))
            .filter(m -> m.target().startsWith("/sys/fs/cgroup"))
            .toList();
    List<Mount> v1 = cgroups.stream().filter(m -> m.type().equals("cgroup")).toList();
    if (!v1.isEmpty()) {
      return Optional.of(new CgroupsV1(cgroups));
    }
    return cgroups.stream().findFirst().map(m -> new CgroupsV2(m.target()));
  }

  /** 1 or 2. */
  int version();

  /** Makes the cgroup, with its parents, and sets its limits; one that exists gets the limits. */
  void create(String cgroup, CgroupLimits limits);

  /** What is used, or empty if there is no such cgroup. */
  Optional<CgroupUsage> usage(String cgroup);

  /** The folders of this cgroup, one per hierarchy; some may not exist. */
  List<Path> folders(String cgroup);

  /** Whether the cgroup is there in any hierarchy. */
  default boolean exists(String cgroup) {
    return folders(cgroup).stream().anyMatch(Files::isDirectory);
  }

  /** The processes in the cgroup and those below it. */
  default List<Integer> processes(String cgroup) {
    TreeSet<Integer> pids = new TreeSet<>();
    for (Path folder : folders(cgroup)) {
      for (Path each : CgroupFiles.tree(folder)) {
        String text = CgroupFiles.read(each.resolve("cgroup.procs"));
        if (text != null) {
          text.lines().map(Integer::valueOf).forEach(pids::add);
        }
      }
    }
    return List.copyOf(pids);
  }

  /**
   * Kills every process in the cgroup and below. Dying takes time, and a process may fork
   * meanwhile: call again until it returns 0.
   *
   * @return how many there were
   */
  default int killAll(String cgroup) {
    List<Integer> pids = processes(cgroup);
    pids.forEach(pid -> Signals.send(pid, Signals.SIGKILL));
    return pids.size();
  }

  /** The cgroups directly below, by name; for finding what a former life left. */
  default List<String> children(String cgroup) {
    TreeSet<String> names = new TreeSet<>();
    for (Path folder : folders(cgroup)) {
      try (Stream<Path> entries = Files.list(folder)) {
        entries.filter(Files::isDirectory).forEach(e -> names.add(e.getFileName().toString()));
      } catch (IOException e) {
        // Not in this hierarchy.
      }
    }
    return List.copyOf(names);
  }

  /**
   * Removes the cgroup and those below it; none there is fine.
   *
   * @throws LinuxFailure with EBUSY while it has processes
   */
  default void delete(String cgroup) {
    for (Path folder : folders(cgroup)) {
      for (Path each : CgroupFiles.tree(folder).reversed()) {
        CgroupFiles.removeFolder(each);
      }
    }
  }
}
