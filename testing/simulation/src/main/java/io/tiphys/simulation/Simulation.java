package io.tiphys.simulation;

import io.tiphys.client.Source;
import io.tiphys.server.http.User;
import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.simulation.runtime.SimulatedRuntime;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run: a cluster, people who use it and what goes wrong, all from one seed. Faults stop at the
 * end; then everything must come to rest as it was wished.
 */
public final class Simulation {
  private static final int NODES = 4;

  /** The cluster has so much time to start, without faults. */
  private static final Duration START = Duration.ofMinutes(1);

  /**
   * Rest must come within this time after the last fault: evictions from lost nodes wait for five
   * minutes, a failing job's pods for up to ten.
   */
  private static final Duration REST = Duration.ofMinutes(40);

  private static final Duration LOOK = Duration.ofMinutes(1);

  private final SimulatedRuntime runtime;
  private final Trace trace;
  private final Violations violations;
  private final Faults faults = new Faults();
  private final SimulatedCluster cluster;
  private final Chaos chaos;
  private final Workload workload;
  private final Disks disks;

  /**
   * How a run went.
   *
   * @param digest of everything that happened
   * @param steps how often a thread was let go on
   * @param violations of laws, the first ones
   */
  public record Outcome(long seed, String digest, long steps, List<Throwable> violations) {}

  Simulation(long seed, @Nullable PrintStream out) {
    runtime = new SimulatedRuntime(seed);
    trace = new Trace(out, runtime::nanoTime);
    violations = new Violations(trace);
    Commits commits = new Commits(trace);
    cluster = new SimulatedCluster(servers(seed), runtime, faults, commits, violations, trace);
    for (int i = 0; i < NODES; i++) {
      cluster.add(SimulatedNode.of(i, seed));
    }
    SimulatedProcess user = runtime.process("user");
    workload = new Workload(administrator(user), user, trace);
    SimulatedProcess storage = runtime.process("storage");
    disks = new Disks(administrator(storage), storage, trace);
    chaos = new Chaos(cluster, faults, runtime, runtime.process("chaos"), trace);
    commits.observe(new JobLaw(violations));
    commits.observe(new PodLaw(cluster::machines, violations));
    commits.observe(new DeploymentLaw(runtime, violations));
    commits.observe(new AddressLaw(violations));
    commits.observe(new VolumeLaw(violations));
  }

  private Source administrator(SimulatedProcess process) {
    return cluster.source(process, SimulatedCluster.user("admin", User.MASTERS), "kubectl");
  }

  /** Of three clusters one has two API servers. */
  private static int servers(long seed) {
    return new SplittableRandom(seed).nextInt(3) == 0 ? 2 : 1;
  }

  /**
   * Runs from a seed.
   *
   * @param faulty how long faults go on
   * @param out where each step is written; null for nowhere
   */
  public static Outcome run(long seed, Duration faulty, @Nullable PrintStream out) {
    return new Simulation(seed, out).run(seed, faulty);
  }

  /** Runs, once. */
  Outcome run(long seed, Duration faulty) {
    try {
      cluster.start();
      runtime.run(START);
      disks.start();
      workload.start();
      chaos.start();
      runtime.run(faulty);
      workload.stop();
      chaos.heal();
      rest();
    } catch (RuntimeException e) {
      violations.add("the run ended early: " + e.getMessage(), e);
    }
    return new Outcome(seed, trace.digest(), runtime.steps(), violations.all());
  }

  /** What it is a run of. */
  SimulatedCluster cluster() {
    return cluster;
  }

  private void rest() {
    List<String> unrest = List.of("nothing was looked at");
    for (Duration waited = Duration.ZERO;
        waited.compareTo(REST) < 0 && !unrest.isEmpty();
        waited = waited.plus(LOOK)) {
      runtime.run(LOOK);
      unrest = Rest.unrest(cluster, runtime.now());
    }
    unrest.forEach(what -> violations.add("no rest: " + what));
  }
}
