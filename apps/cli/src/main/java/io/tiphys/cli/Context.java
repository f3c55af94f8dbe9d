package io.tiphys.cli;

import io.tiphys.base.Clock;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command has at hand.
 *
 * @param superuser the user is root
 * @param version what {@code --version} says
 */
public record Context(
    ClusterProcess cluster,
    Clock clock,
    Map<String, String> environment,
    boolean superuser,
    String version,
    PrintStream out,
    PrintStream err) {

  Profile profile(String name) {
    return Profile.of(name, environment, superuser);
  }

  /** Adds the cluster to the user's kubeconfig and makes it current; the file that was changed. */
  Path makeCurrent(Profile profile) throws IOException {
    try (HomeLock _ = HomeLock.take(profile)) {
      Path file = Kubeconfig.userFile(environment);
      Kubeconfig.merge(file, profile.name(), Kubeconfig.read(profile.kubeconfig()));
      return file;
    }
  }

  /** Leaves no context current that was this cluster's. */
  void unsetCurrent(Profile profile) throws IOException {
    edit(profile, file -> Kubeconfig.unsetCurrent(file, profile.name()));
  }

  /** Takes the cluster out of every kubeconfig of the user's. */
  void forget(Profile profile) throws IOException {
    edit(profile, file -> Kubeconfig.remove(file, profile.name()));
  }

  /** A file that cannot be edited is named; it must not keep a cluster from ending. */
  private void edit(Profile profile, Edit edit) throws IOException {
    try (HomeLock _ = HomeLock.take(profile)) {
      for (Path file : Kubeconfig.userFiles(environment)) {
        try {
          edit.apply(file);
        } catch (CliException damaged) {
          err.println("tiphys: " + damaged.getMessage());
        }
      }
    }
  }

  /** A change of a kubeconfig. */
  @FunctionalInterface
  private interface Edit {
    void apply(Path file) throws IOException;
  }
}
