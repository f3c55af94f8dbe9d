package io.tiphys.simulation;

import io.tiphys.base.Clock;
import io.tiphys.base.SystemClock;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code ./dev simulate --seed N[,N...] [--seeds COUNT] [--hours H] [--seconds LIMIT] [--trace
 * FILE]}: the named seeds, or so many from the first on, one after the other; none is begun after
 * the limit.
 */
final class SimulateCommand {
  private static final String FOR_EVER = "1000000";

  private SimulateCommand() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> options = new HashMap<>();
    for (int i = 0; i + 1 < args.length; i += 2) {
      options.put(args[i], args[i + 1]);
    }
    List<Long> seeds =
        seeds(
            options.getOrDefault("--seed", "1"),
            Long.parseLong(options.getOrDefault("--seeds", "1")));
    Clock clock = new SystemClock();
    long end =
        clock.nanoTime()
            + Duration.ofSeconds(Long.parseLong(options.getOrDefault("--seconds", FOR_EVER)))
                .toNanos();
    double hours = Double.parseDouble(options.getOrDefault("--hours", "1"));
    Duration faulty = Duration.ofSeconds((long) (hours * 3600));
    boolean broken = false;
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (long seed : seeds) {
      if (clock.nanoTime() - end > 0) {
        break;
      }
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

  private static List<Long> seeds(String named, long count) {
    List<Long> seeds = Stream.of(named.split(",")).map(Long::valueOf).toList();
    long first = seeds.getFirst();
    return seeds.size() > 1 ? seeds : LongStream.range(first, first + count).boxed().toList();
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
