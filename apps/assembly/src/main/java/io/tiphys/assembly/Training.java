package io.tiphys.assembly;

import io.tiphys.cli.ClusterOptions;
import io.tiphys.cli.Context;
import io.tiphys.cli.DaemonRecord;
import io.tiphys.cli.Profile;
import io.tiphys.cli.ProfileLock;
import io.tiphys.cli.Progress;
import io.tiphys.cli.TiphysCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import picocli.CommandLine;

/**
 * What the build runs once so that the JVM can write its ahead-of-time cache: a cluster comes up,
 * is looked at as a user does, and goes; and every class of ours is loaded. With a node only in a
 * network namespace of its own, see {@code train.sh}.
 */
final class Training {
  /** Asks for a node. */
  private static final String WITH_NODE = "--node";

  private Training() {}

  static int run(Host host, List<String> words) {
    try {
      Path distribution = Path.of(System.getProperty("tiphys.dist"));
      Path home = Files.createDirectories(distribution.resolveSibling("training"));
      ClusterOptions options = new ClusterOptions();
      new CommandLine(options)
          .parseArgs(
              words.contains(WITH_NODE)
                  ? new String[] {"--ephemeral"}
                  : new String[] {"--ephemeral", "--no-node"});
      Context user = user(home, host);
      Profile profile = Profile.of("training", user.environment(), false);
      Files.createDirectories(profile.root());
      Progress progress = new Progress(System.out, host.clock());
      // Without the lock "start" would believe that nothing runs and leave a cluster of its own.
      try (ProfileLock _ = ProfileLock.take(profile).orElseThrow();
          AllInOne assembly = AllInOne.open(profile, options, host, progress)) {
        loadOwnClasses();
        DaemonRecord.of(ProcessHandle.current(), assembly.serverUrl(), true)
            .write(profile.daemonRecord());
        TiphysCommand.run(user, "start", "--profile", profile.name()); // it runs: says so
        return TiphysCommand.run(user, "status", "--profile", profile.name());
      } finally {
        Files.deleteIfExists(profile.daemonRecord());
        TiphysCommand.run(user, "delete", "--profile", profile.name());
      }
    } catch (IOException e) {
      System.err.println("training failed: " + e);
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
  }

  private static Context user(Path home, Host host) {
    Map<String, String> environment =
        Map.of("TIPHYS_HOME", home.toString(), "KUBECONFIG", home.resolve("config").toString());
    return new Context(
        new LocalCluster(host), host.clock(), environment, false, "", System.out, System.err);
  }

  private static void loadOwnClasses() throws IOException {
    for (String entry : System.getProperty("java.class.path").split(":")) {
      if (entry.contains("/tiphys-") && entry.endsWith(".jar")) {
        try (JarFile jar = new JarFile(entry)) {
          load(jar.entries());
        }
      }
    }
  }

  private static void load(Enumeration<JarEntry> entries) {
    while (entries.hasMoreElements()) {
      String name = entries.nextElement().getName();
      if (name.endsWith(".class") && !name.endsWith("-info.class")) {
        try {
          Class.forName(
              name.substring(0, name.length() - ".class".length()).replace('/', '.'),
              false,
              Training.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
          System.err.println("not trained: " + name + ": " + e);
        }
      }
    }
  }
}
