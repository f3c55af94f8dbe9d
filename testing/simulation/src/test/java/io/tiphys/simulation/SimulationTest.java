package io.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Whatever fails, the cluster keeps its laws, and comes to rest once nothing fails any more. */
class SimulationTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final long SEEDS = 150;

  /** A slow machine runs fewer seeds rather than longer. */
  private static final Duration PATIENCE = Duration.ofSeconds(75);

  @Test
  void aSeedRunsTheSameWayInAnotherJvm() throws Exception {
    Simulation.Outcome here = Simulation.run(1, Duration.ofMinutes(20), null);
    Process there =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                SimulateCommand.class.getName(),
                "--seed",
                "1",
                "--hours",
                String.valueOf(1.0 / 3))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output;
    try (InputStream out = there.getInputStream()) {
      output = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }

    assertThat(output).contains(here.digest());
  }

  @Test
  void seedsThatFoundFaultsFindNoneAnyMore() throws Exception {
    List<Long> kept = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                SimulationTest.class.getResourceAsStream("seeds.txt"), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .forEach(line -> kept.add(Long.parseLong(line.split(" ", 2)[0])));
    }
    assertThat(kept).isNotEmpty();
    assertThat(failing(kept.stream().mapToLong(Long::longValue), Duration.ofHours(1))).isEmpty();
  }

  @Test
  void noSeedBreaksALaw() {
    assertThat(failing(LongStream.rangeClosed(1, SEEDS), PATIENCE)).isEmpty();
  }

  /** The seeds that break a law, each with the command that shows it again. */
  private static List<String> failing(LongStream seeds, Duration patience) {
    List<String> failing = new ArrayList<>();
    int runs = 0;
    long end = System.nanoTime() + patience.toNanos();
    // One after the other: what the JVM shares between two runs would wake the threads of both.
    for (long seed : seeds.toArray()) {
      if (System.nanoTime() - end < 0) {
        runs++;
        Simulation.Outcome outcome = Simulation.run(seed, HOUR, null);
        outcome.violations().stream().limit(1).forEach(what -> failing.add(told(seed, what)));
      }
    }
    System.out.println("simulated hours: " + runs);
    assertThat(runs).isPositive();
    return List.copyOf(failing);
  }

  private static String told(long seed, Throwable violation) {
    return "./dev simulate --seed " + seed + " --hours 1: " + violation.getMessage();
  }
}
