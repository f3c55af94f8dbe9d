package io.tiphys.server.apiserver;

import static io.tiphys.server.apiserver.Health.Scope.LIVENESS;
import static io.tiphys.server.apiserver.Health.Scope.READINESS;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.CoreV1;
import io.tiphys.api.NetworkingV1;
import io.tiphys.api.core.v1.ComponentCondition;
import io.tiphys.api.core.v1.ComponentStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Fence;
import io.tiphys.client.Source;
import io.tiphys.server.admission.CertificateAdmission;
import io.tiphys.server.admission.Directory;
import io.tiphys.server.admission.EscalationCheck;
import io.tiphys.server.apiserver.Health.Check;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.audit.AuditStage;
import io.tiphys.server.authentication.AuthenticationStage;
import io.tiphys.server.authentication.BearerTokens;
import io.tiphys.server.authentication.BootstrapTokens;
import io.tiphys.server.authentication.ClientCertificates;
import io.tiphys.server.authentication.IssuerDocuments;
import io.tiphys.server.authentication.ServiceAccountTokens;
import io.tiphys.server.authentication.StaticTokens;
import io.tiphys.server.authentication.TokenAuthenticator;
import io.tiphys.server.authentication.TokenIssuer;
import io.tiphys.server.authentication.TokenRequests;
import io.tiphys.server.authentication.TokenReviews;
import io.tiphys.server.authentication.VirtualResource;
import io.tiphys.server.authentication.WebSocketTokens;
import io.tiphys.server.authorization.AccessReviews;
import io.tiphys.server.authorization.AuthorizationStage;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.authorization.ImpersonationStage;
import io.tiphys.server.authorization.NodeAuthorizer;
import io.tiphys.server.authorization.RbacAuthorizer;
import io.tiphys.server.authorization.RoleAggregator;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.customresources.DefinitionController;
import io.tiphys.server.discovery.DiscoveryHandler;
import io.tiphys.server.fairness.FairnessStage;
import io.tiphys.server.http.Answers;
import io.tiphys.server.http.DeadlineStage;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.HttpMetrics;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestPipeline;
import io.tiphys.server.http.RequestPipeline.Route;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.User;
import io.tiphys.server.kinds.BuiltinKinds;
import io.tiphys.server.kinds.Registry;
import io.tiphys.server.proxy.Dialer;
import io.tiphys.server.proxy.ProxyHandler;
import io.tiphys.server.registry.ComponentStatuses;
import io.tiphys.server.registry.ResourceApi;
import io.tiphys.server.registry.ServiceRanges;
import io.tiphys.server.services.ServiceRepair;
import io.tiphys.server.streams.NodeDirectory;
import io.tiphys.server.streams.PodStreams;
import io.tiphys.server.tables.TablePrinter;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;

/**
 * The API server behind its listener: authentication, authorization and what answers. Opening it
 * reads the store, makes what every cluster begins with, and is done when requests can be answered.
 */
public final class ApiServer implements Lifecycle {
  /** Who the server itself is, as upstream's loopback client. */
  private static final User SELF =
      new User("system:apiserver", "", List.of(User.MASTERS, User.AUTHENTICATED), Map.of());

  private static final String SELF_MANAGER = "kube-apiserver";

  /**
   * Where others serve the same store they get so long to serve a new definition. Upstream's
   * establishing controller waits as long when there are several servers.
   */
  private static final Duration SPREADING = Duration.ofSeconds(5);

  private final Closer closer = new Closer();
  private final ResourceApi api;
  private final Handler handler;
  private volatile boolean furnished;
  private volatile boolean closing;

  /**
   * What the API server works with.
   *
   * @param random must be thread-safe
   * @param nodes finds the agents that serve logs and sessions
   * @param dialer reaches pods, services and nodes for proxies
   * @param further what an assembly adds behind the same guards
   */
  public record Dependencies(
      Store store,
      Clock clock,
      RandomGenerator random,
      Loops loops,
      TablePrinter tables,
      NodeDirectory nodes,
      Dialer dialer,
      AuditLog audit,
      HttpMetrics metrics,
      List<Route> further) {
    /** A server that reaches nobody. */
    public Dependencies(
        Store store,
        Clock clock,
        RandomGenerator random,
        Loops loops,
        TablePrinter tables,
        NodeDirectory nodes,
        AuditLog audit,
        HttpMetrics metrics,
        List<Route> further) {
      this(store, clock, random, loops, tables, nodes, Dialer.NOBODY, audit, metrics, further);
    }
  }

  /** What is made together with the room of the resources. */
  private record Guarding(
      LiveSubjects subjects,
      RbacAuthorizer rbac,
      Authorizer authorizer,
      BearerTokens tokens,
      TokenRequests tokenRequests) {}

  private ApiServer(ApiServerConfig config, Dependencies given) {
    Guarding[] made = new Guarding[1];
    api =
        closer.add(
            ResourceApi.open(
                given.store(),
                plan(config, given),
                (directory, cache) -> {
                  made[0] = guarding(config, given, directory, cache);
                  return guards(made[0], given.clock());
                }));
    Guarding guarding = made[0];
    closer.add(guarding.rbac());
    closer.add(Compactor.open(given.store(), given.clock(), given.loops()));
    handler = pipeline(config, given, guarding);
  }

  /** Opens the API server. */
  public static ApiServer open(ApiServerConfig config, Dependencies given) {
    ApiServer apiServer = new ApiServer(config, given);
    try {
      apiServer.openServiceAddresses(config, given);
      Registry builtin = apiServer.api.resources().registry();
      LiveSubjects subjects = new LiveSubjects(apiServer.api.directory(), apiServer.api.cache());
      apiServer.closer.add(
          RoleAggregator.open(subjects, apiServer.source(SELF, SELF_MANAGER), given.loops()));
      apiServer.closer.add(
          DefinitionController.open(
              apiServer.api,
              apiServer.source(SELF, SELF_MANAGER),
              given.clock(),
              given.loops(),
              given.store().revisionAtHand().isPresent() ? Duration.ZERO : SPREADING));
      apiServer.closer.add(
          ApiServiceRegistration.open(
              apiServer.api.cache(), builtin, apiServer.source(SELF, SELF_MANAGER), given.loops()));
      apiServer.furnished = true;
      return apiServer;
    } catch (RuntimeException e) {
      apiServer.close();
      throw e;
    }
  }

  /** Where services get their addresses from must be there before the first of them. */
  private void openServiceAddresses(ApiServerConfig config, Dependencies given) {
    Source self = source(SELF, SELF_MANAGER);
    closer.add(
        DefaultServiceCidr.open(
            self,
            config.serviceRange(),
            api.cache().of(NetworkingV1.SERVICECIDRS),
            given.clock(),
            given.loops()));
    // An address that is nobody's may be that of the first service.
    closer.add(
        ServiceRepair.open(
            given.store(), api.cache(), self, given.clock(), given.random(), given.loops()));
    new BootstrapObjects(self, config, given.loops()).complete();
  }

  private static ResourceApi.Plan plan(ApiServerConfig config, Dependencies given) {
    return new ResourceApi.Plan(
        BuiltinKinds.registry(),
        ServiceRanges.of(config.serviceRange()),
        given.tables(),
        given.clock(),
        given.random(),
        given.loops());
  }

  private static Guarding guarding(
      ApiServerConfig config, Dependencies given, Directory directory, WatchCache cache) {
    LiveSubjects subjects = new LiveSubjects(directory, cache);
    RbacAuthorizer rbac = RbacAuthorizer.open(subjects);
    TokenIssuer issuer =
        new TokenIssuer(
            config.serviceAccountKey(),
            given.clock(),
            () -> new UUID(given.random().nextLong(), given.random().nextLong()));
    ServiceAccountTokens accounts =
        new ServiceAccountTokens(
            List.of(config.serviceAccountKey().getPublic()), subjects, given.clock());
    return new Guarding(
        subjects,
        rbac,
        Authorizer.anyOf(List.of(NodeAuthorizer.standard(), rbac)),
        new BearerTokens(judges(config, accounts, directory, given.clock())),
        new TokenRequests(issuer, subjects, given.clock()));
  }

  /** In upstream's order: pkg/kubeapiserver/authenticator/config.go. */
  private static List<TokenAuthenticator> judges(
      ApiServerConfig config, ServiceAccountTokens accounts, Directory directory, Clock clock) {
    List<TokenAuthenticator> judges = new ArrayList<>();
    judges.add(new StaticTokens(config.staticTokens()));
    judges.add(accounts);
    if (config.authentication().bootstrapTokens()) {
      judges.add(
          new BootstrapTokens(name -> directory.get(CoreV1.SECRETS, "kube-system", name), clock));
    }
    judges.addAll(config.authentication().further());
    return judges;
  }

  private static ResourceApi.Guards guards(Guarding guarding, Clock clock) {
    List<VirtualResource<?>> virtual = new ArrayList<>();
    virtual.add(guarding.tokenRequests().resource());
    virtual.addAll(new TokenReviews(guarding.tokens(), clock).resources());
    virtual.addAll(new AccessReviews(guarding.authorizer(), guarding.rbac()).resources());
    return new ResourceApi.Guards(
        List.of(
            new CertificateAdmission(guarding.authorizer()),
            new EscalationCheck(guarding.rbac(), guarding.authorizer())),
        guarding.authorizer(),
        virtual);
  }

  private Handler pipeline(ApiServerConfig config, Dependencies given, Guarding guarding) {
    BearerTokens tokens = guarding.tokens();
    AuditStage audit = new AuditStage(given.audit(), given.clock(), given.loops());
    return RequestPipeline.through(
        List.of(
            audit.unauthenticated(),
            new DeadlineStage(),
            new AuthenticationStage(
                List.of(
                    new ClientCertificates(config.clientAuthorities(), given.clock()),
                    tokens,
                    new WebSocketTokens(tokens)),
                config.authentication().anonymous()),
            audit,
            new ImpersonationStage(guarding.authorizer()),
            new FairnessStage(given.clock()),
            new AuthorizationStage(guarding.authorizer())),
        routes(config, given, guarding));
  }

  private Handler routes(ApiServerConfig config, Dependencies given, Guarding guarding) {
    Health health = new Health(checks(given));
    DiscoveryHandler discovery =
        new DiscoveryHandler(
            api.resources()::registry,
            config.gitVersion(),
            config.advertiseAddress() + ":" + config.port(),
            given.clock());
    Authorizer authorizer = guarding.authorizer();
    List<Route> routes = new ArrayList<>(given.further());
    routes.addAll(
        List.of(
            new Route(ApiServer::besideTheApi, _ -> Answers.pageNotFound()),
            new Route(HeadRequests::refused, new HeadRequests()),
            new Route(
                PodStreams::fits,
                new PodStreams(
                    guarding.subjects(),
                    given.nodes(),
                    authorizer,
                    api::admitConnection,
                    given.clock())),
            new Route(
                ProxyHandler::fits,
                new ProxyHandler(
                    guarding.subjects(),
                    api::admitConnection,
                    given.dialer(),
                    given.random(),
                    given.loops())),
            new Route(
                ComponentStatuses::fits,
                new ComponentStatuses(
                    BuiltinKinds.componentStatuses(), given.tables(), () -> components(given))),
            new Route(request -> request.info().resourceRequest(), api.handler()),
            new Route(request -> Health.answers(request.path()), health),
            Route.path("/", new Index(health.paths(), api.resources()::registry)),
            Route.path("/version", new Version(config.gitVersion(), config.architecture())),
            new Route(
                request -> IssuerDocuments.answers(request.path()),
                new IssuerDocuments(
                    config.serviceAccountKey().getPublic(),
                    config.advertiseAddress() + ":" + config.port())),
            Route.path("/metrics", request -> metrics(given)),
            new Route(request -> DiscoveryHandler.answers(request.path()), discovery)));
    return RequestPipeline.routes(routes, request -> Answers.pageNotFound());
  }

  /**
   * What is read as a resource's path but lies under none of the API's roots, as with two slashes.
   */
  private static boolean besideTheApi(Request request) {
    String path = request.path();
    return request.info().resourceRequest()
        && !path.startsWith("/api/")
        && !path.startsWith("/apis/");
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
        Check.of("etcd", LIVENESS, () -> answers(store)),
        Check.of("etcd-readiness", READINESS, () -> answers(store)),
        Check.of("informer-sync", READINESS, () -> api.cache().isWhole()),
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

  /** The loops of this process are the controllers and the scheduler. */
  private static List<ComponentStatus> components(Dependencies given) {
    boolean running = Check.of(given.loops()).problem().get().isEmpty();
    return List.of(
        component("controller-manager", running),
        component("scheduler", running),
        component("etcd-0", answers(given.store())));
  }

  private static ComponentStatus component(String name, boolean healthy) {
    return ComponentStatus.builder()
        .metadata(ObjectMeta.builder().name(name).build())
        .conditions(
            List.of(
                ComponentCondition.builder()
                    .type("Healthy")
                    .status(healthy ? "True" : "False")
                    .message(healthy ? "ok" : "not ok; see /readyz?verbose")
                    .build()))
        .build();
  }

  private static boolean answers(Store store) {
    try {
      return store.readIndex().join() > 0;
    } catch (CompletionException | StoreException e) {
      return false;
    }
  }

  /** Answers everything that comes through the listener. */
  public Handler handler() {
    return handler;
  }

  /**
   * The API as a component of this process sees it.
   *
   * @param fieldManager the name under which it owns the fields it writes
   */
  public Source source(User user, String fieldManager) {
    return api.source(user, fieldManager);
  }

  /** The same as a leader sees it, whose writes happen only while it leads. */
  public Source source(User user, String fieldManager, Fence fence) {
    return api.source(user, fieldManager, fence);
  }

  /** The objects, without asking who wants to know: for parts of the server itself. */
  public Directory directory() {
    return api.directory();
  }

  /**
   * From now on {@code /readyz} says no, so that clients go elsewhere before the listener closes.
   */
  public void beginClosing() {
    closing = true;
  }

  @Override
  public void close() {
    beginClosing();
    closer.close();
  }
}
