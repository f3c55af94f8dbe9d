package io.tiphys.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A kubectl of some version, pointed at one kubeconfig. */
final class Kubectl {
  private final Path program;
  private final Map<String, String> environment;

  Kubectl(Path program, Path kubeconfig, Path home) {
    this.program = program;
    environment = Map.of("KUBECONFIG", kubeconfig.toString(), "HOME", home.toString());
  }

  /**
   * The oldest and the newest kubectl on this machine: those named {@code kubectl.1.N} beside the
   * one on the PATH, or only that one.
   */
  static List<Path> oldestAndNewest() {
    Path own = onPath();
    try (Stream<Path> beside = Files.list(own.toRealPath().getParent())) {
      List<Path> versions =
          beside
              .filter(file -> file.getFileName().toString().matches("kubectl\\.1\\.\\d+"))
              .sorted(Comparator.comparingInt(Kubectl::minor))
              .toList();
      return versions.isEmpty() ? List.of(own) : List.of(versions.getFirst(), versions.getLast());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path newest() {
    return oldestAndNewest().getLast();
  }

  private static int minor(Path file) {
    String name = file.getFileName().toString();
    return Integer.parseInt(name.substring(name.lastIndexOf('.') + 1));
  }

  private static Path onPath() {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, "kubectl"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no kubectl on the PATH: run ./dev test"));
  }

  /** Runs it and returns what happened, good or bad. */
  Command run(String... words) {
    return Command.run(environment, "", command(words));
  }

  /** Runs it with something to read. */
  Command runWith(String input, String... words) {
    return Command.run(environment, input, command(words));
  }

  /** Runs it and expects success; its output. */
  String ok(String... words) {
    return run(words).ok().out();
  }

  /** The value at a JSONPath of an object. */
  String value(String resource, String jsonPath) {
    return ok("get", resource, "-o", "jsonpath={" + jsonPath + "}");
  }

  /** Starts it and lets it run. */
  Process start(String... words) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command(words)).redirectErrorStream(true);
      builder.environment().putAll(environment);
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command(String... words) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(words));
    return command;
  }
}
