package io.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * Whatever fails, the cluster keeps its laws, and comes to rest once nothing fails any more. Runs
 * have JVMs of their own, started as {@code ./dev simulate} does.
 */
class SimulationTest {
  private static final int SEEDS = 200;
  private static final int JVMS = 2;
  private static final String EACH = String.valueOf(SEEDS / JVMS);

  /** Seconds after which no seed is begun, so that all of them take three minutes at most. */
  private static final String LIMIT = "165";

  private record Run(int code, String output) {}

  @Test
  void aSeedRunsTheSameWayInAnotherJvm() throws Exception {
    Run here = simulate("--seed", "9", "--hours", "0.3");
    Run there = simulate("--seed", "9", "--hours", "0.3");
    Run another = simulate("--seed", "10", "--hours", "0.3");

    assertThat(digest(here)).isEqualTo(digest(there)).isNotEqualTo(digest(another));
  }

  @Test
  void whatAnotherSeedLeftInTheJvmChangesNothing() throws Exception {
    Run alone = simulate("--seed", "9", "--hours", "0.3");
    Run after = simulate("--seed", "10,9", "--hours", "0.3");

    assertThat(after.output().lines().toList().getLast()).startsWith("seed 9: " + digest(alone));
  }

  @Test
  void seedsThatFoundFaultsFindNoneAnyMore() throws Exception {
    List<String> kept = kept();
    assertThat(kept).isNotEmpty();

    Run run = simulate("--seed", String.join(",", kept), "--hours", "1");

    assertThat(run.code()).as(run.output()).isZero();
    assertThat(run.output()).contains("seed " + kept.getLast() + ": ");
  }

  /** One JVM for each core of the build's machine; a slow one runs fewer seeds, not longer. */
  @Test
  void noSeedBreaksALaw() throws Exception {
    List<FutureTask<Run>> runs = new ArrayList<>();
    for (int first = 1; first <= SEEDS; first += SEEDS / JVMS) {
      String from = String.valueOf(first);
      FutureTask<Run> run =
          new FutureTask<>(
              () -> simulate("--seed", from, "--seeds", EACH, "--seconds", LIMIT, "--hours", "1"));
      Thread.ofVirtual().start(run);
      runs.add(run);
    }

    long simulated = 0;
    for (FutureTask<Run> run : runs) {
      assertThat(run.get().code()).as(run.get().output()).isZero();
      simulated += run.get().output().lines().count();
    }
    System.out.println("simulated hours: " + simulated);
    assertThat(simulated).isPositive();
  }

  private static List<String> kept() throws IOException {
    List<String> kept = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                SimulationTest.class.getResourceAsStream("seeds.txt"), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(line -> kept.add(line.split(" ", 2)[0]));
    }
    return kept;
  }

  /** What a run printed of everything that happened in it. */
  private static String digest(Run run) {
    assertThat(run.output()).matches("(?s)seed \\d+: [0-9a-f]{16}, .*");
    return run.output().replaceAll("(?s)seed \\d+: ([0-9a-f]{16}), .*", "$1");
  }

  private static Run simulate(String... words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Djdk.trackAllThreads=false",
            "-Djava.util.logging.config.file=" + System.getProperty("simulation.logging"),
            "-XX:+UseSerialGC",
            "-Xmx1g",
            // Whatever grows, it ends here, and what it was can be seen.
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:+HeapDumpOnOutOfMemoryError",
            "-XX:HeapDumpPath=target",
            "-cp",
            System.getProperty("java.class.path"),
            SimulateCommand.class.getName()));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (InputStream out = process.getInputStream()) {
      String output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      return new Run(process.waitFor(), output);
    }
  }
}
