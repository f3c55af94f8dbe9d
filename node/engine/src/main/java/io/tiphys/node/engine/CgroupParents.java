package io.tiphys.node.engine;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.linux.Cgroups;
import io.tiphys.linux.LinuxFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

/**
 * The cgroups that sandboxes were ever put into, so that whoever deletes the engine can remove
 * those that the OCI runtime made on the way. One line each in a file that grows to the handful of
 * parents that an agent uses.
 */
final class CgroupParents {
  private static final System.Logger LOG = System.getLogger(CgroupParents.class.getName());

  private final Path file;
  private final Set<String> known;

  CgroupParents(Path file) throws IOException {
    this.file = file;
    this.known = new TreeSet<>(Files.exists(file) ? Files.readAllLines(file) : Set.of());
  }

  /** Remembers what lies above {@code cgroup}. */
  synchronized void remember(String cgroup) throws IOException {
    int slash = cgroup.lastIndexOf('/');
    if (slash > 0 && known.add(cgroup.substring(0, slash))) {
      AtomicFile.writeUnsynced(
          file, (String.join("\n", known) + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Removes all that is empty, upwards. */
  synchronized void removeAll(Cgroups cgroups) {
    Set<String> all =
        new TreeSet<>(Comparator.comparingInt(String::length).reversed().thenComparing(c -> c));
    for (String parent : known) {
      for (String each = parent; !each.isEmpty(); each = above(each)) {
        all.add(each);
      }
    }
    all.forEach(each -> remove(cgroups, each));
  }

  private static String above(String cgroup) {
    return cgroup.substring(0, Math.max(0, cgroup.lastIndexOf('/')));
  }

  /** Removes a cgroup, unless others use it. */
  static void remove(Cgroups cgroups, String cgroup) {
    try {
      if (cgroups.children(cgroup).isEmpty()) {
        cgroups.delete(cgroup);
      }
    } catch (LinuxFailure e) {
      LOG.log(System.Logger.Level.DEBUG, "a cgroup stays", e);
    }
  }
}
