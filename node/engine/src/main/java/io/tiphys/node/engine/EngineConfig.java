package io.tiphys.node.engine;

import io.tiphys.node.engine.images.RegistryConfig;
import io.tiphys.node.engine.process.Programs;
import java.nio.file.Path;
import java.util.List;

/**
 * Where an engine keeps its things.
 *
 * @param root all its state; nothing else may be in it
 * @param programFolders where to look for runc and conmon
 */
public record EngineConfig(Path root, RegistryConfig registries, List<Path> programFolders) {
  public EngineConfig {
    root = root.toAbsolutePath().normalize();
    programFolders = List.copyOf(programFolders);
  }

  /**
   * An engine below {@code root} with programs from the system's folders and those of a {@code
   * PATH}.
   */
  public static EngineConfig at(Path root, String path) {
    return new EngineConfig(root, RegistryConfig.DEFAULT, Programs.folders(path));
  }

  Path images() {
    return root.resolve("images");
  }

  Path sandboxes() {
    return root.resolve("sandboxes");
  }

  Path containers() {
    return root.resolve("containers");
  }

  Path cgroupParents() {
    return root.resolve("cgroups");
  }

  Path runtime() {
    return root.resolve("runtime");
  }
}
