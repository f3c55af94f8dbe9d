package io.tiphys.simulation;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.client.Source;
import io.tiphys.server.http.User;
import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.simulation.runtime.SimulatedRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Turns faults on and off. Each run draws the kinds it has: a run with one kind goes deeper than
 * one in which everything fails at once.
 */
final class Chaos {
  /** So many faults may go on at a time. */
  private static final int AT_ONCE = 2;

  private static final int PAUSE_SECONDS = 60;
  private static final int LASTING_SECONDS = 40;
  private static final int OUTAGE_SECONDS = 400;

  /** Farther than any lease, nearer than any certificate. */
  private static final int JUMP_SECONDS = 1800;

  private final SimulatedCluster cluster;
  private final Faults faults;
  private final SimulatedRuntime runtime;
  private final SimulatedProcess process;
  private final RandomGenerator random;
  private final Trace trace;
  private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
  private boolean over;

  private enum Kind {
    CRASHES,
    OUTAGES,
    LOST_REQUESTS,
    LOST_ANSWERS,
    BROKEN_WATCHES,
    SLOW_WATCHES,
    SLOW_NETWORK,
    FULL_DISK,
    DOUBTFUL_WRITES,
    BROKEN_FEEDS,
    CLOCK_JUMPS,
    POWER_LOSS,
    LOST_MACHINES,
    PARTITIONS,
    SLOW_FEEDS
  }

  Chaos(
      SimulatedCluster cluster,
      Faults faults,
      SimulatedRuntime runtime,
      SimulatedProcess process,
      Trace trace) {
    this.cluster = cluster;
    this.faults = faults;
    this.runtime = runtime;
    this.process = process;
    this.random = process.random();
    this.trace = trace;
    for (Kind kind : Kind.values()) {
      if (random.nextInt(3) == 0) {
        kinds.add(kind);
      }
    }
  }

  void start() {
    trace.line("faults " + kinds);
    for (int i = 0; i < AT_ONCE; i++) {
      process.start("chaos", this::run);
    }
  }

  private void run() {
    List<Kind> drawn = new ArrayList<>(kinds);
    try {
      while (!over && !drawn.isEmpty()) {
        process.sleep(Duration.ofSeconds(random.nextInt(PAUSE_SECONDS)));
        if (!over) {
          strike(drawn.get(random.nextInt(drawn.size())));
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void strike(Kind kind) throws InterruptedException {
    trace.line("fault " + kind);
    switch (kind) {
      case CRASHES -> restart(any(), Duration.ofMillis(random.nextInt(3000)));
      case OUTAGES -> restart(any(), Duration.ofSeconds(random.nextInt(OUTAGE_SECONDS)));
      case POWER_LOSS -> powerLoss();
      case LOST_MACHINES -> loseMachine();
      case LOST_REQUESTS -> during(() -> faults.lostRequests = 0.3);
      case LOST_ANSWERS -> during(() -> faults.lostAnswers = 0.3);
      case BROKEN_WATCHES -> during(() -> faults.brokenWatches = 0.3);
      case SLOW_WATCHES -> during(() -> faults.watchDelayMillis = 4000);
      case SLOW_NETWORK -> during(() -> faults.latencyMillis = 2000);
      case FULL_DISK -> during(() -> faults.refusedWrites = random.nextBoolean() ? 1 : 0.3);
      case DOUBTFUL_WRITES -> during(() -> faults.doubtfulWrites = 0.3);
      case SLOW_FEEDS -> during(() -> faults.feedDelayMillis = 500);
      case PARTITIONS -> partition();
      case BROKEN_FEEDS -> during(() -> faults.brokenFeeds = 0.3);
      case CLOCK_JUMPS -> runtime.jump(Duration.ofSeconds(random.nextInt(-60, JUMP_SECONDS)));
    }
  }

  private String any() {
    List<String> names = cluster.names();
    return names.get(random.nextInt(names.size()));
  }

  private void during(Runnable fault) throws InterruptedException {
    fault.run();
    process.sleep(Duration.ofSeconds(random.nextInt(LASTING_SECONDS)));
    faults.clear();
  }

  /** A component and one of the servers, or all of them, cannot reach each other. */
  private void partition() throws InterruptedException {
    String client = any();
    List<String> servers = new ArrayList<>(cluster.servers());
    if (random.nextBoolean()) {
      servers = List.of(servers.get(random.nextInt(servers.size())));
    }
    for (String server : servers) {
      faults.cut(client, server);
    }
    process.sleep(Duration.ofSeconds(random.nextInt(OUTAGE_SECONDS)));
    for (String server : servers) {
      faults.join(client, server);
    }
  }

  private void restart(String name, Duration after) {
    cluster.kill(name);
    process.schedule(after, () -> cluster.start(name));
  }

  private void powerLoss() {
    SimulatedNode node = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    node.machine().clear();
    restart(node.name(), Duration.ofSeconds(random.nextInt(OUTAGE_SECONDS)));
  }

  /** Its object is deleted as well, as by whoever takes it out of the rack; one like it comes. */
  private void loseMachine() {
    SimulatedNode node = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
    node.machine().clear();
    restart(node.name(), Duration.ofSeconds(random.nextInt(OUTAGE_SECONDS)));
    try {
      Source administrator =
          cluster.source(process, SimulatedCluster.user("admin", User.MASTERS), "kubectl");
      administrator.delete(CoreV1.NODES, "", node.name(), DeleteOptions.EMPTY);
    } catch (ApiFailure e) {
      trace.line("node not deleted: " + e.getMessage());
    }
  }

  /** Ends all faults; whatever is down comes up. */
  void heal() {
    trace.line("heal");
    over = true;
    process.kill();
    faults.end();
    cluster.names().forEach(cluster::start);
  }
}
