package io.tiphys.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A run leaves nothing behind: as many of them fit one JVM as one likes. */
class ForgottenRunTest {
  /** The collector need not take everything at once; so often is more than enough. */
  private static final int COLLECTIONS = 20;

  @Test
  void nothingOfARunIsLeftWhenItIsOver() {
    List<WeakReference<Object>> left = run(12);
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    left = List.of(run(7), left).stream().flatMap(List::stream).toList();

    for (int i = 0; i < COLLECTIONS && left.stream().anyMatch(ref -> !ref.refersTo(null)); i++) {
      System.gc();
    }

    assertThat(left).extracting(Reference::get).containsOnlyNulls();
    assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads);
  }

  /** Crashes leave threads where they are and watches open, in every run. */
  private static List<WeakReference<Object>> run(long seed) {
    Simulation run = new Simulation(seed, null);
    SimulatedCluster cluster = run.cluster();
    assertThat(run.run(seed, Duration.ofMinutes(5)).violations()).isEmpty();
    List<WeakReference<Object>> parts =
        List.of(
            new WeakReference<>(run),
            new WeakReference<>(cluster.store()),
            new WeakReference<>(cluster.process(SimulatedCluster.API_SERVER)),
            new WeakReference<>(cluster.process(SimulatedCluster.CONTROLLERS)));
    for (String name : cluster.names()) {
      cluster.kill(name);
    }
    return parts;
  }
}
