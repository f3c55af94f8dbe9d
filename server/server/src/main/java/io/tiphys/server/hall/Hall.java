package io.tiphys.server.hall;

import static io.tiphys.server.hall.Health.Scope.LIVENESS;
import static io.tiphys.server.hall.Health.Scope.READINESS;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Source;
import io.tiphys.server.admission.Directory;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.audit.AuditStage;
import io.tiphys.server.cache.Cache;
import io.tiphys.server.catalog.Catalog;
import io.tiphys.server.catalog.Surface;
import io.tiphys.server.door.Answers;
import io.tiphys.server.door.DoorMetrics;
import io.tiphys.server.door.Handler;
import io.tiphys.server.door.Response;
import io.tiphys.server.door.Walk;
import io.tiphys.server.door.Walk.Route;
import io.tiphys.server.fairness.FairnessStage;
import io.tiphys.server.hall.Health.Check;
import io.tiphys.server.identity.BearerTokens;
import io.tiphys.server.identity.ClientCertificates;
import io.tiphys.server.identity.IdentityStage;
import io.tiphys.server.identity.IssuerDocuments;
import io.tiphys.server.identity.ServiceAccountTokens;
import io.tiphys.server.identity.StaticTokens;
import io.tiphys.server.identity.TokenIssuer;
import io.tiphys.server.identity.TokenRequests;
import io.tiphys.server.identity.TokenReviews;
import io.tiphys.server.identity.User;
import io.tiphys.server.identity.WebSocketTokens;
import io.tiphys.server.permission.AccessReviews;
import io.tiphys.server.permission.Authorizer;
import io.tiphys.server.permission.EscalationCheck;
import io.tiphys.server.permission.ImpersonationStage;
import io.tiphys.server.permission.NodeAuthorizer;
import io.tiphys.server.permission.PermissionStage;
import io.tiphys.server.permission.RbacAuthorizer;
import io.tiphys.server.permission.RoleAggregator;
import io.tiphys.server.resources.ResourceRoom;
import io.tiphys.server.resources.ServiceRanges;
import io.tiphys.server.resources.TablePrinter;
import io.tiphys.server.streams.NodeDirectory;
import io.tiphys.server.streams.PodStreams;
import io.tiphys.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The API server behind its door: who asks, may he, and the room that answers. Opening it reads the
 * store, makes what every cluster begins with, and is done when requests can be answered.
 */
public final class Hall implements Lifecycle {
  /** Who the server itself is, as upstream's loopback client. */
  private static final User SELF =
      new User("system:apiserver", "", List.of(User.MASTERS, User.AUTHENTICATED), Map.of());

  private static final String SELF_MANAGER = "kube-apiserver";

  private final Closer closer = new Closer();
  private final ResourceRoom room;
  private final Handler handler;
  private volatile boolean furnished;
  private volatile boolean closing;

  /**
   * What the hall works with.
   *
   * @param random must be thread-safe
   * @param nodes finds the agents that serve logs and sessions
   * @param further what a house adds behind the same guards
   */
  public record Dependencies(
      Store store,
      Clock clock,
      RandomGenerator random,
      Loops loops,
      TablePrinter tables,
      NodeDirectory nodes,
      AuditLog audit,
      DoorMetrics metrics,
      List<Route> further) {}

  /** What is made together with the room of the resources. */
  private record Guarding(
      LiveSubjects subjects, RbacAuthorizer rbac, Authorizer authorizer, TokenRequests tokens) {}

  private Hall(HallConfig config, Dependencies given) {
    Guarding[] made = new Guarding[1];
    room =
        closer.add(
            ResourceRoom.open(
                given.store(),
                plan(config, given),
                (directory, cache) -> {
                  made[0] = guarding(config, given, directory, cache);
                  return guards(made[0]);
                }));
    Guarding guarding = made[0];
    closer.add(guarding.rbac());
    closer.add(Compactor.open(given.store(), given.clock(), given.loops()));
    handler = walk(config, given, guarding);
  }

  /** Opens the hall. */
  public static Hall open(HallConfig config, Dependencies given) {
    Hall hall = new Hall(config, given);
    try {
      new Furnishing(hall.source(SELF, SELF_MANAGER), config).complete();
      LiveSubjects subjects = new LiveSubjects(hall.room.directory(), hall.room.cache());
      hall.closer.add(
          RoleAggregator.open(subjects, hall.source(SELF, SELF_MANAGER), given.loops()));
      hall.furnished = true;
      return hall;
    } catch (RuntimeException e) {
      hall.close();
      throw e;
    }
  }

  private static ResourceRoom.Plan plan(HallConfig config, Dependencies given) {
    return new ResourceRoom.Plan(
        Surface.entries().stream()
            .filter(Surface.Entry::stored)
            .<Resource<?>>map(Surface.Entry::resource)
            .toList(),
        ServiceRanges.of(config.serviceRange()),
        given.tables(),
        given.clock(),
        given.random(),
        given.loops());
  }

  private static Guarding guarding(
      HallConfig config, Dependencies given, Directory directory, Cache cache) {
    LiveSubjects subjects = new LiveSubjects(directory, cache);
    RbacAuthorizer rbac = RbacAuthorizer.open(subjects);
    TokenIssuer issuer =
        new TokenIssuer(
            config.serviceAccountKey(),
            given.clock(),
            () -> new UUID(given.random().nextLong(), given.random().nextLong()));
    return new Guarding(
        subjects,
        rbac,
        Authorizer.anyOf(List.of(NodeAuthorizer.standard(), rbac)),
        new TokenRequests(issuer, subjects, given.clock()));
  }

  private static ResourceRoom.Guards guards(Guarding guarding) {
    return new ResourceRoom.Guards(
        List.of(new EscalationCheck(guarding.rbac(), guarding.authorizer())),
        guarding.authorizer(),
        guarding.tokens());
  }

  private Handler walk(HallConfig config, Dependencies given, Guarding guarding) {
    ServiceAccountTokens accounts =
        new ServiceAccountTokens(
            List.of(config.serviceAccountKey().getPublic()), guarding.subjects(), given.clock());
    BearerTokens tokens =
        new BearerTokens(List.of(new StaticTokens(config.staticTokens()), accounts));
    return Walk.through(
        List.of(
            new IdentityStage(
                List.of(
                    new ClientCertificates(config.clientAuthorities(), given.clock()),
                    tokens,
                    new WebSocketTokens(tokens))),
            new AuditStage(given.audit(), given.clock()),
            new ImpersonationStage(guarding.authorizer()),
            new FairnessStage(given.clock()),
            new PermissionStage(guarding.authorizer())),
        routes(config, given, guarding, tokens));
  }

  private Handler routes(
      HallConfig config, Dependencies given, Guarding guarding, BearerTokens tokens) {
    Health health = new Health(checks(given));
    Catalog catalog =
        new Catalog(
            config.gitVersion(), config.advertiseAddress() + ":" + config.port(), given.clock());
    Authorizer authorizer = guarding.authorizer();
    List<Route> routes = new ArrayList<>(given.further());
    routes.addAll(
        List.of(
            new Route(HeadRequests::refused, new HeadRequests()),
            new Route(TokenRequests::fits, guarding.tokens()),
            new Route(TokenReviews::fits, new TokenReviews(tokens, given.clock())),
            new Route(AccessReviews::fits, new AccessReviews(authorizer, guarding.rbac())),
            new Route(
                PodStreams::fits,
                new PodStreams(guarding.subjects(), given.nodes(), authorizer, given.clock())),
            new Route(request -> request.info().resourceRequest(), room.handler()),
            new Route(request -> Health.answers(request.path()), health),
            Route.path("/", new Index(health.paths())),
            Route.path("/version", new Version(config.gitVersion())),
            new Route(
                request -> IssuerDocuments.answers(request.path()),
                new IssuerDocuments(
                    config.serviceAccountKey().getPublic(),
                    config.advertiseAddress() + ":" + config.port())),
            Route.path("/metrics", request -> metrics(given)),
            new Route(request -> Catalog.answers(request.path()), catalog)));
    return Walk.routes(routes, request -> Answers.pageNotFound());
  }

  private static Response metrics(Dependencies given) {
    StringBuilder text = new StringBuilder();
    given.metrics().writeTo(text);
    LoopMetrics.write(given.loops(), text);
    return Response.Full.of(
        200, "text/plain; version=0.0.4; charset=utf-8", text.toString().getBytes(UTF_8));
  }

  private List<Check> checks(Dependencies given) {
    Store store = given.store();
    return List.of(
        Check.of("ping", LIVENESS, () -> true),
        Check.of("log", LIVENESS, () -> true),
        Check.of("etcd", LIVENESS, () -> store.revision() > 0),
        Check.of("etcd-readiness", READINESS, () -> store.revision() > 0),
        Check.of("informer-sync", READINESS, () -> room.cache().revision() > 0),
        Check.of("poststarthook/start-system-namespaces-controller", LIVENESS, () -> furnished),
        Check.of("poststarthook/rbac/bootstrap-roles", LIVENESS, () -> furnished),
        Check.of(
            "poststarthook/scheduling/bootstrap-system-priority-classes",
            LIVENESS,
            () -> furnished),
        Check.of("poststarthook/bootstrap-controller", LIVENESS, () -> furnished),
        Check.of(given.loops()),
        Check.of("shutdown", READINESS, () -> !closing));
  }

  /** Answers everything that comes through the door. */
  public Handler handler() {
    return handler;
  }

  /**
   * The API as a room of this process sees it.
   *
   * @param fieldManager the name under which it owns the fields it writes
   */
  public Source source(User user, String fieldManager) {
    return room.source(user, fieldManager);
  }

  /** The objects, without asking who wants to know: for rooms of the server itself. */
  public Directory directory() {
    return room.directory();
  }

  /** From now on {@code /readyz} says no, so that clients go elsewhere before the door closes. */
  public void beginClosing() {
    closing = true;
  }

  @Override
  public void close() {
    beginClosing();
    closer.close();
  }
}
