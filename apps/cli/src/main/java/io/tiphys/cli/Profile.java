package io.tiphys.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One cluster on this machine and the folder that holds everything of it.
 *
 * @param root {@code /var/lib/tiphys/<name>} for root, {@code ~/.tiphys/<name>} for others, {@code
 *     $TIPHYS_HOME/<name>} when set
 */
public record Profile(String name, Path root) {
  public static final String DEFAULT = "tiphys";

  /** Names become parts of link, table and cgroup names, so they are kept short and plain. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?");

  public static Profile of(String name, Map<String, String> environment, boolean superuser) {
    if (!NAME.matcher(name).matches()) {
      throw new CliException(
          "profile \"%s\" is no name: use up to 40 lower-case letters, digits and dashes"
              .formatted(name));
    }
    return new Profile(name, home(environment, superuser).resolve(name));
  }

  /** The folder that holds all profiles. */
  public static Path home(Map<String, String> environment, boolean superuser) {
    String chosen = environment.getOrDefault("TIPHYS_HOME", "");
    if (!chosen.isEmpty()) {
      return Path.of(chosen).toAbsolutePath();
    }
    return superuser
        ? Path.of("/var/lib/tiphys")
        : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".tiphys");
  }

  /** Makes the folder. Only its owner may look into it: the store holds every Secret. */
  public void makeFolder() throws IOException {
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
  }

  /** The other profiles in the same home. */
  public List<Profile> neighbours() {
    Path home = root.toAbsolutePath().getParent();
    if (home == null || !Files.isDirectory(home)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(home)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> new Profile(String.valueOf(folder.getFileName()), folder))
          .filter(profile -> !profile.name.equals(name))
          .sorted((a, b) -> a.name.compareTo(b.name))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the running process says of itself, see {@link DaemonRecord}. */
  public Path daemonRecord() {
    return root.resolve("daemon.json");
  }

  /** The cluster's own kubeconfig, apart from the user's. */
  public Path kubeconfig() {
    return root.resolve("kubeconfig");
  }

  /** What the running process logs. */
  public Path log() {
    return root.resolve("tiphys.log");
  }

  public boolean exists() {
    return Files.isDirectory(root);
  }
}
