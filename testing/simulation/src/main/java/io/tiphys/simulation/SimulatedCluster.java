package io.tiphys.simulation;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import io.tiphys.controllers.ControllerConfig;
import io.tiphys.controllers.Controllers;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.node.hollow.HollowMachine;
import io.tiphys.node.hollow.HollowNode;
import io.tiphys.scheduler.Scheduler;
import io.tiphys.server.apiserver.ApiServer;
import io.tiphys.server.apiserver.ApiServerConfig;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.http.HttpMetrics;
import io.tiphys.server.http.User;
import io.tiphys.server.tables.KubectlTables;
import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.simulation.runtime.SimulatedRuntime;
import io.tiphys.store.MemoryStore;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a cluster: an API server over a store that outlives it, the controllers, the
 * scheduler, and the nodes' agents. Each can be killed at any instant and started again.
 */
final class SimulatedCluster {
  private static final String SERVERS = "api-server-";

  /** The first API server. */
  static final String API_SERVER = SERVERS + 0;

  static final String CONTROLLERS = "controllers";
  static final String SCHEDULER = "scheduler";

  /** How soon a component that cannot start is started again. */
  private static final Duration RESTART = Duration.ofSeconds(1);

  private static final KeyPair KEY = key();
  private static final String AUTHORITY = "the certificate of this simulation's authority\n";

  private final SimulatedRuntime runtime;
  private final SimulatedProcess disk;
  private final MemoryStore store;
  private final Faults faults;
  private final Commits commits;
  private final Trace trace;
  private final ApiEndpoint endpoint;
  private final Map<String, SimulatedNode> nodes = new LinkedHashMap<>();
  private final Map<String, SimulatedProcess> running = new LinkedHashMap<>();
  private final Map<String, SimulatedStore> served = new LinkedHashMap<>();
  private final List<String> servers = new ArrayList<>();

  /**
   * @param serverCount so many API servers share the store
   */
  SimulatedCluster(
      int serverCount,
      SimulatedRuntime runtime,
      Faults faults,
      Commits commits,
      Violations violations,
      Trace trace) {
    this.runtime = runtime;
    this.faults = faults;
    this.commits = commits;
    this.trace = trace;
    disk = runtime.process("disk");
    store = new MemoryStore(disk);
    endpoint = new ApiEndpoint(faults, commits, violations);
    for (int i = 0; i < serverCount; i++) {
      servers.add(SERVERS + i);
    }
  }

  private static KeyPair key() {
    try {
      return KeyPairGenerator.getInstance("EC").generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  void add(SimulatedNode node) {
    nodes.put(node.name(), node);
  }

  /** Starts everything. */
  void start() {
    names().forEach(this::start);
  }

  /** Of all that can be killed. */
  List<String> names() {
    List<String> names = new ArrayList<>(servers);
    names.addAll(List.of(CONTROLLERS, SCHEDULER));
    names.addAll(nodes.keySet());
    return names;
  }

  List<String> servers() {
    return List.copyOf(servers);
  }

  List<SimulatedNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** What runs on each machine, by its node's name. */
  Map<String, List<HollowMachine.Running>> machines() {
    Map<String, List<HollowMachine.Running>> machines = new LinkedHashMap<>();
    nodes.forEach((name, node) -> machines.put(name, node.machine().running(runtime.now())));
    return machines;
  }

  boolean runs(String name) {
    return running.containsKey(name);
  }

  /** Starts a component that does not run. */
  void start(String name) {
    if (running.containsKey(name)) {
      return;
    }
    trace.line("start " + name);
    SimulatedProcess process = runtime.process(name);
    running.put(name, process);
    process.start("main", () -> open(name, process));
  }

  /** Kills a component where it is. */
  void kill(String name) {
    SimulatedProcess process = running.remove(name);
    if (process == null) {
      return;
    }
    trace.line("kill " + name);
    process.kill();
    endpoint.cut(name);
    endpoint.cut(process);
    SimulatedStore view = served.remove(name);
    if (view != null) {
      view.close();
    }
  }

  /** As its supervisor does: what cannot start is started again. */
  private void open(String name, SimulatedProcess process) {
    while (true) {
      try {
        switch (name) {
          case CONTROLLERS -> openControllers(process);
          case SCHEDULER -> openScheduler(process);
          default -> {
            if (servers.contains(name)) {
              openServer(name, process);
            } else {
              openNode(name, process);
            }
          }
        }
        trace.line("started " + name);
        return;
      } catch (RuntimeException e) {
        trace.line("cannot start " + name + ": " + e.getMessage());
      } catch (InterruptedException _) {
        return;
      }
      try {
        process.sleep(RESTART);
      } catch (InterruptedException _) {
        return;
      }
    }
  }

  private void openServer(String name, SimulatedProcess process) {
    SimulatedStore view =
        new SimulatedStore(store, disk, process, faults, commits, servers.size() > 1);
    SimulatedStore former = served.put(name, view);
    if (former != null) {
      former.close();
    }
    ApiServer apiServer =
        ApiServer.open(
            new ApiServerConfig(
                "v1.36.0", "amd64", "10.0.0.1", 6443, "10.96.0.0/16", List.of(), KEY, Map.of()),
            new ApiServer.Dependencies(
                view,
                process,
                process.random(),
                process.loops(),
                new KubectlTables(process),
                _ -> {
                  throw ApiFailure.serviceUnavailable("hollow nodes have nothing to tell");
                },
                AuditLog.OFF,
                new HttpMetrics(),
                List.of()));
    endpoint.lead(name, apiServer, process);
  }

  private void openControllers(SimulatedProcess process) {
    Source source =
        source(process, user("system:kube-controller-manager", User.MASTERS), "controllers");
    Informers informers = new Informers(source, process, process.random(), process.loops());
    Lifecycle _ =
        Controllers.open(
            new ControllerContext(source, informers, process, process.random(), process.loops()),
            new ControllerConfig(AUTHORITY, Path.of("/nonexistent"), Machine.own().disk(), ""));
    informers.start();
  }

  private void openScheduler(SimulatedProcess process) {
    Loops loops = process.loops();
    Source source = source(process, user("system:kube-scheduler"), "kube-scheduler");
    Informers informers = new Informers(source, process, process.random(), loops);
    EventRecorder events =
        new EventRecorder(source, process, process.random(), loops, Scheduler.NAME, "");
    Lifecycle _ = Scheduler.open(source, informers, events, process, process.random(), loops);
    informers.start();
  }

  private void openNode(String name, SimulatedProcess process) throws InterruptedException {
    SimulatedNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException(name);
    }
    Source source = source(process, user("system:node:" + name, "system:nodes"), "kubelet");
    Lifecycle _ =
        HollowNode.open(
            name,
            node.machine(),
            node.script(),
            source,
            process,
            process.random(),
            process.loops());
  }

  /** The API as a process sees it. */
  Source source(SimulatedProcess process, User user, String manager) {
    return new RemoteSource(endpoint, process, faults, user, manager);
  }

  static User user(String name, String... groups) {
    List<String> all = new ArrayList<>(List.of(groups));
    all.add(User.AUTHENTICATED);
    return new User(name, "", all, Map.of());
  }

  /** What is stored, straight from the disk. */
  MemoryStore store() {
    return store;
  }

  boolean answers() {
    return endpoint.answers();
  }

  /** The process of a component; null if it does not run. */
  @Nullable SimulatedProcess process(String name) {
    return running.get(name);
  }

  /** The loops that keep failing, of every component. */
  List<Loops.Failing> failing() {
    return running.values().stream().flatMap(p -> p.loops().failing().stream()).toList();
  }
}
