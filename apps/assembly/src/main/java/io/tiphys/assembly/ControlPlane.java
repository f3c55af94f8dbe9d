package io.tiphys.assembly;

import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Informers;
import io.tiphys.client.LeaderElection;
import io.tiphys.client.LeaderSource;
import io.tiphys.client.Source;
import io.tiphys.client.Term;
import io.tiphys.controllers.ControllerConfig;
import io.tiphys.controllers.Controllers;
import io.tiphys.controllers.kit.ControllerContext;
import io.tiphys.scheduler.Scheduler;
import io.tiphys.server.apiserver.ApiServer;
import io.tiphys.server.apiserver.ApiServerConfig;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.http.HttpMetrics;
import io.tiphys.server.http.RequestPipeline;
import io.tiphys.server.http.User;
import io.tiphys.server.proxy.Dialer;
import io.tiphys.server.streams.NodeDirectory;
import io.tiphys.server.tables.KubectlTables;
import io.tiphys.store.Store;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** The API server, the controllers and the scheduler over one store. */
final class ControlPlane implements Lifecycle {
  private static final Logger log = System.getLogger(ControlPlane.class.getName());

  /** Each controller waits for its own copies; this is only so that a start finds them at work. */
  private static final Duration FIRST_LISTS = Duration.ofSeconds(30);

  private final Closer closer;
  private final ApiServer apiServer;
  private final Clock clock;
  private final RandomGenerator random;
  private final Loops loops;

  private ControlPlane(
      Closer closer, ApiServer apiServer, Clock clock, RandomGenerator random, Loops loops) {
    this.closer = closer;
    this.apiServer = apiServer;
    this.clock = clock;
    this.random = random;
    this.loops = loops;
  }

  /**
   * What is around it.
   *
   * @param metrics of the listeners that lead to the API server
   * @param dialer reaches pods for proxies
   * @param audit where events of its requests go; closed with it
   */
  record Environment(
      Clock clock,
      RandomGenerator random,
      Loops loops,
      HttpMetrics metrics,
      Dialer dialer,
      AuditLog audit) {}

  /** Opens the API server; {@link #startControllers} comes when the listener leads to it. */
  static ControlPlane open(
      ApiServerConfig config,
      Store store,
      NodeDirectory nodes,
      List<RequestPipeline.Route> further,
      Environment environment) {
    Closer closer = new Closer();
    closer.add(environment.audit());
    Clock clock = environment.clock();
    RandomGenerator random = environment.random();
    Loops loops = environment.loops();
    ApiServer apiServer =
        closer.add(
            ApiServer.open(
                config,
                new ApiServer.Dependencies(
                    store,
                    clock,
                    random,
                    loops,
                    new KubectlTables(clock),
                    nodes,
                    environment.dialer(),
                    environment.audit(),
                    environment.metrics(),
                    further)));
    return new ControlPlane(closer, apiServer, clock, random, loops);
  }

  /** Has controllers and scheduler work here whenever no other server's do. */
  LeaderElection electControllers(ControllerConfig config, String server) {
    String identity = "%s_%016x".formatted(server, random.nextLong());
    return LeaderElection.open(
        source(Identities.CONTROLLERS, "kube-controller-manager"),
        new LeaderElection.Candidate("kube-system", "kube-controller-manager", identity),
        term -> startControllers(config, sources(term)),
        clock,
        loops);
  }

  /** How a component gets its view of the API. */
  @FunctionalInterface
  private interface Sources {
    Source of(User user, String fieldManager);
  }

  /** What a component writes it writes as the leader, and only in this term. */
  private Sources sources(Term term) {
    return (user, manager) -> new LeaderSource(apiServer.source(user, manager, term.fence()), term);
  }

  /** Returns when they know what is there. */
  Lifecycle startControllers(ControllerConfig config) throws InterruptedException {
    return startControllers(config, this::source);
  }

  private Lifecycle startControllers(ControllerConfig config, Sources sources)
      throws InterruptedException {
    Closer closer = new Closer();
    try {
      startControllers(config, sources, closer);
      return closer;
    } catch (InterruptedException | RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private void startControllers(ControllerConfig config, Sources sources, Closer closer)
      throws InterruptedException {
    startScheduler(sources, closer);
    Source source = sources.of(Identities.CONTROLLERS, "kube-controller-manager");
    Informers informers = closer.add(new Informers(source, clock, random, loops));
    closer.add(
        Controllers.open(new ControllerContext(source, informers, clock, random, loops), config));
    informers.start();
    List<Resource<?>> missing = informers.awaitSync(FIRST_LISTS);
    if (!missing.isEmpty()) {
      log.log(Level.WARNING, "controllers begin without " + missing + ", which cannot be listed");
    }
  }

  private void startScheduler(Sources sources, Closer closer) {
    Source source = sources.of(Identities.SCHEDULER, "kube-scheduler");
    Informers informers = closer.add(new Informers(source, clock, random, loops));
    EventRecorder events =
        closer.add(new EventRecorder(source, clock, random, loops, Scheduler.NAME, ""));
    closer.add(Scheduler.open(source, informers, events, clock, random, loops));
    informers.start();
  }

  ApiServer apiServer() {
    return apiServer;
  }

  Source source(User user, String fieldManager) {
    return apiServer.source(user, fieldManager);
  }

  @Override
  public void close() {
    apiServer.beginClosing();
    closer.close();
  }
}
