package io.tiphys.node.engine;

import io.tiphys.linux.Cgroups;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.Mount;
import io.tiphys.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What a life that ended in the middle of something may have left, and nobody knows any more. */
final class Leftovers {
  private static final System.Logger LOG = System.getLogger(Leftovers.class.getName());

  private final EngineConfig config;
  private final Containers containers;
  private final Sandboxes sandboxes;
  private final Cgroups cgroups;
  private final SandboxNetwork network;

  Leftovers(
      EngineConfig config,
      Containers containers,
      Sandboxes sandboxes,
      Cgroups cgroups,
      SandboxNetwork network) {
    this.network = network;
    this.config = config;
    this.containers = containers;
    this.sandboxes = sandboxes;
    this.cgroups = cgroups;
  }

  void clear() throws IOException {
    for (Path mount : strayMounts()) {
      LOG.log(System.Logger.Level.INFO, "unmounts what nobody knows: " + mount);
      Mounts.detachAll(mount);
    }
    for (Path notes : Engine.folders(config.runtime())) {
      if (containers.find(notes.getFileName().toString()).isEmpty()) {
        FileTree.delete(notes);
      }
    }
    network.retain(
        sandboxes.all().stream().map(sandbox -> sandbox.record().id()).collect(Collectors.toSet()));
    for (Sandbox sandbox : sandboxes.all()) {
      clearCgroups(sandbox.record().cgroup());
    }
  }

  private List<Path> strayMounts() {
    return Mounts.list().stream()
        .map(Mount::target)
        .filter(target -> strays(target, config.containers()) || strays(target, config.sandboxes()))
        .toList();
  }

  /** Whether a mount is in a folder of {@code all} that belongs to nobody. */
  private boolean strays(Path target, Path all) {
    if (!target.startsWith(all) || target.getNameCount() <= all.getNameCount()) {
      return false;
    }
    String owner = target.getName(all.getNameCount()).toString();
    return containers.find(owner).isEmpty() && !sandboxes.has(owner);
  }

  /** Our containers' cgroups have their names; others in the same parent are somebody else's. */
  private void clearCgroups(String parent) {
    for (String child : cgroups.children(parent)) {
      if (child.matches("[0-9a-f]{32}") && containers.find(child).isEmpty()) {
        cgroups.killAll(parent + "/" + child);
        CgroupParents.remove(cgroups, parent + "/" + child);
      }
    }
  }
}
