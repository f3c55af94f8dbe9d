package io.tiphys.node.engine.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs this engine runs.
 *
 * @param runtime an OCI runtime: runc, or one that takes the same arguments
 * @param conmon the monitor that stays with a container
 */
public record Programs(Path runtime, Path conmon) {

  /** What was found, and what is missing with the command that brings it. */
  public record Search(Optional<Programs> found, List<String> missing) {
    public Search {
      missing = List.copyOf(missing);
    }
  }

  /** Looks for runc and conmon in {@code folders}, such as those of PATH. */
  public static Search find(List<Path> folders) {
    Optional<Path> runc = program(folders, "runc");
    Optional<Path> conmon = program(folders, "conmon");
    List<String> missing = new ArrayList<>();
    if (runc.isEmpty()) {
      missing.add("runc is not installed: apt-get install -y runc");
    }
    if (conmon.isEmpty()) {
      missing.add("conmon is not installed: apt-get install -y conmon");
    }
    return new Search(runc.flatMap(r -> conmon.map(c -> new Programs(r, c))), missing);
  }

  private static Optional<Path> program(List<Path> folders, String name) {
    return folders.stream().map(f -> f.resolve(name)).filter(Files::isExecutable).findFirst();
  }

  /** The folders of a PATH, and those where system programs are even if PATH forgets them. */
  public static List<Path> folders(String path) {
    List<Path> folders = new ArrayList<>();
    for (String folder : (path + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin").split(":")) {
      if (!folder.isEmpty()) {
        folders.add(Path.of(folder));
      }
    }
    return folders;
  }
}
