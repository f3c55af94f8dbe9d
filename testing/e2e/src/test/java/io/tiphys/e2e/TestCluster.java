package io.tiphys.e2e;

import io.tiphys.codec.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A cluster of its own for one test class, run by the tiphys command as built. */
final class TestCluster implements AutoCloseable {
  private final String profile;
  private final Path home;
  private final Map<String, String> environment = new HashMap<>();

  private TestCluster(String profile, Path home) {
    this.profile = profile;
    this.home = home;
    environment.put("TIPHYS_HOME", home.resolve("clusters").toString());
    environment.put("TIPHYS_DIST", distribution().toString());
    environment.put("HOME", home.toString());
    environment.put("KUBECONFIG", kubeconfig().toString());
  }

  /** Starts a cluster; {@code name} becomes part of its profile's name. */
  static TestCluster start(String name, String... options) {
    return start(name, 0, options);
  }

  /**
   * Starts a cluster whose folder is on a disk of its own.
   *
   * @param megabytes the size of that disk; 0 for the machine's own
   */
  static TestCluster start(String name, int megabytes, String... options) {
    try {
      Path home = Files.createTempDirectory("tiphys-e2e-");
      TestCluster cluster = new TestCluster("e2e-" + name, home);
      if (megabytes > 0) {
        Path disk = Files.createDirectory(cluster.disk());
        String size = "size=" + megabytes + "m";
        root("mount", "-t", "tmpfs", "-o", size, "tmpfs", disk.toString());
      }
      List<String> words = new ArrayList<>(List.of("start"));
      words.addAll(List.of(options));
      cluster.tiphys(words.toArray(String[]::new)).ok();
      return cluster;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs {@code tiphys VERB --profile ... WORDS}. */
  Command tiphys(String... words) {
    List<String> command = new ArrayList<>(List.of(root().resolve("tiphys").toString()));
    command.add(words[0]);
    List<String> rest = new ArrayList<>(List.of(words).subList(1, words.length));
    if (words[0].equals("image")) {
      command.add(rest.removeFirst());
    }
    command.add("--profile=" + profile);
    command.addAll(rest);
    return Command.run(environment, "", command);
  }

  Kubectl kubectl() {
    return kubectl(Kubectl.newest());
  }

  Kubectl kubectl(Path program) {
    return new Kubectl(program, kubeconfig(), home);
  }

  Path kubeconfig() {
    return home.resolve("kubeconfig");
  }

  /** The folder with all clusters of this home; what a test may mount a disk on. */
  Path disk() {
    return home.resolve("clusters");
  }

  /** The folder with everything of this cluster. */
  Path state() {
    return home.resolve("clusters").resolve(profile);
  }

  String profile() {
    return profile;
  }

  Json.Obj status() {
    return (Json.Obj)
        Json.parse(tiphys("status", "-o", "json").ok().out().getBytes(StandardCharsets.UTF_8));
  }

  long pid() {
    return ((Json.Int) java.util.Objects.requireNonNull(status().members().get("pid"))).value();
  }

  /** Kills the process as a crash would. */
  void kill() {
    ProcessHandle process = ProcessHandle.of(pid()).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Applies a manifest given as text. */
  void apply(String manifest) {
    kubectl().runWith(manifest, "apply", "-f", "-").ok();
  }

  @Override
  public void close() {
    tiphys("delete").ok();
    if (Command.run(Map.of(), "", List.of("mountpoint", "-q", disk().toString())).exitCode() == 0) {
      root("umount", disk().toString());
    }
    deleteTree(home);
  }

  private static void root(String... words) {
    Command.run(Map.of(), "", List.of(words)).ok();
  }

  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("tiphys"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException("run inside a checkout: no tiphys command above");
    }
    return folder;
  }

  private static Path distribution() {
    return root().resolve("apps/assembly/target/tiphys");
  }

  private static void deleteTree(Path folder) {
    Command.run(Map.of(), "", List.of("rm", "-rf", "--one-file-system", folder.toString())).ok();
  }
}
