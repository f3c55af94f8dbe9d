package io.tiphys.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line that starts this program once more, in a session of its own. */
final class Launcher {
  private Launcher() {}

  static List<String> detached() {
    String java =
        ProcessHandle.current()
            .info()
            .command()
            .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    List<String> command = new ArrayList<>(List.of("setsid", java));
    String distribution = System.getProperty("tiphys.dist", "");
    if (!distribution.isEmpty()) {
      Path folder = Path.of(distribution);
      command.add("@" + folder.resolve("java.options"));
      if (Files.exists(folder.resolve("tiphys.aot"))) {
        command.add("-XX:AOTCache=" + folder.resolve("tiphys.aot"));
      }
      command.add("-Dtiphys.dist=" + distribution);
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(System.getProperty("tiphys.main", "io.tiphys.assembly.Main"));
    return command;
  }
}
