package io.tiphys.simulation;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code ./dev simulate --seed N [--seeds COUNT] [--hours H] [--trace FILE]}. */
final class SimulateCommand {
  private SimulateCommand() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    long first = Long.parseLong(options.getOrDefault("--seed", "1"));
    long count = Long.parseLong(options.getOrDefault("--seeds", "1"));
    double hours = Double.parseDouble(options.getOrDefault("--hours", "1"));
    Duration faulty = Duration.ofSeconds((long) (hours * 3600));
    boolean broken = false;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (long seed = first; seed < first + count; seed++) {
      long began = threads.getCurrentThreadCpuTime();
      Simulation.Outcome outcome = run(seed, faulty, options.get("--trace"));
      System.out.printf(
          "seed %d: %s, %d steps, %d ms of the processor%n",
          seed,
          outcome.digest(),
          outcome.steps(),
          (threads.getCurrentThreadCpuTime() - began) / 1_000_000);
      for (Throwable violation : outcome.violations()) {
        broken = true;
        System.out.println("  " + violation.getMessage());
        if (violation.getCause() != null) {
          violation.getCause().printStackTrace(System.out);
        }
      }
    }
    System.exit(broken ? 1 : 0);
  }

  private static Simulation.Outcome run(long seed, Duration faulty, @Nullable String trace)
      throws Exception {
    if (trace == null) {
      return Simulation.run(seed, faulty, null);
    }
    try (PrintStream out = new PrintStream(Files.newOutputStream(Path.of(trace)))) {
      return Simulation.run(seed, faulty, out);
    }
  }
}
