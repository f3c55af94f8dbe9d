package io.tiphys.assembly;

import io.tiphys.base.Clock;
import io.tiphys.cli.ClusterOptions;
import io.tiphys.cli.Profile;
import io.tiphys.cli.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import picocli.CommandLine;

/**
 * What the build runs once so that the JVM can write its ahead-of-time cache: a control plane comes
 * up and goes, and every class of ours is loaded.
 */
final class Training {
  private Training() {}

  static int run(Clock clock) {
    try {
      Path distribution = Path.of(System.getProperty("tiphys.dist"));
      Path folder = Files.createDirectories(distribution.resolveSibling("training/training"));
      ClusterOptions options = new ClusterOptions();
      new CommandLine(options).parseArgs("--ephemeral", "--no-node");
      Progress progress = new Progress(System.out, clock);
      Profile profile = new Profile("training", folder);
      try (AllInOne house = AllInOne.open(profile, options, clock, progress)) {
        loadOwnClasses();
        System.out.println("trained against " + house.serverUrl());
      }
      return 0;
    } catch (IOException e) {
      System.err.println("training failed: " + e);
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
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
