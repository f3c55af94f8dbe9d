package io.tiphys.assembly;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.cli.CliException;
import io.tiphys.cli.ClusterOptions;
import io.tiphys.cli.Kubeconfig;
import io.tiphys.cli.Profile;
import io.tiphys.cli.Progress;
import io.tiphys.cli.StoreOptions;
import io.tiphys.client.Source;
import io.tiphys.controllers.ControllerConfig;
import io.tiphys.linux.HostSupport;
import io.tiphys.server.apiserver.ApiServerConfig;
import io.tiphys.server.audit.AuditConfig;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.http.ApiListener;
import io.tiphys.server.http.RequestPipeline;
import io.tiphys.server.http.ServerUsage;
import io.tiphys.server.http.User;
import io.tiphys.server.tls.Pem;
import io.tiphys.server.tls.Pki;
import io.tiphys.store.MemoryStore;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.rocksdb.RocksStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A whole cluster in one process: store, API server, controllers, engine, pod network, kubelet. */
final class AllInOne implements Lifecycle {
  private final Closer closer = new Closer();
  private final Profile profile;
  private final ClusterOptions options;
  private final Clock clock;
  private final Machine machine;
  private final SecureRandom random;
  private final Loops loops;
  private final Progress progress;
  private Settings settings;

  private AllInOne(Profile profile, ClusterOptions options, Host host, Progress progress)
      throws IOException {
    this.profile = profile;
    this.options = options;
    machine = host.machine();
    clock = host.clock();
    this.progress = progress;
    random = host.randomness().get();
    loops = new Loops(clock, random);
    settings = Settings.choose(profile, options, KnownClusters.OF_MACHINE);
  }

  /** Opens every component and returns when the cluster can be used. */
  static AllInOne open(Profile profile, ClusterOptions options, Host host, Progress progress)
      throws IOException, InterruptedException {
    AllInOne assembly = new AllInOne(profile, options, host, progress);
    try {
      assembly.open();
      return assembly;
    } catch (IOException | InterruptedException | RuntimeException e) {
      assembly.closer.close();
      throw e;
    }
  }

  private void open() throws IOException, InterruptedException {
    AuditConfig audit = new AuditFlags(options.server(), machine).config();
    // node, store and keys know nothing of each other, and each waits for disk or kernel
    Optional<Opening<NodeAssembly>> opening =
        options.withoutNode()
            ? Optional.empty()
            : Optional.of(closer.add(Opening.begin(this::openNode)));
    Opening<Store> storage = closer.add(Opening.begin(this::openStore));
    Pki keys = openKeys();
    Store store = storage.await();
    progress.done("store and keys open");
    Optional<NodeAssembly> node =
        opening.isPresent() ? Optional.of(opening.get().await()) : Optional.empty();

    AuditLog log = audit.open(machine, System.out, clock, loops, random);
    LateHandler late = new LateHandler();
    ServerUsage usage = new ServerUsage(clock);
    openListeners(keys, late, usage);
    ControlPlane plane =
        closer.add(
            ControlPlane.open(
                apiServerConfig(keys),
                store,
                name -> {
                  if (node.isEmpty() || !name.equals(settings.nodeName())) {
                    throw ApiFailure.serviceUnavailable("node " + name + " cannot be reached");
                  }
                  return node.get().agent();
                },
                node.map(AllInOne::nodeRoutes).orElse(List.of()),
                new ControlPlane.Environment(
                    clock, random, loops, usage.metrics(), machine.network()::connect, log)));
    late.lead(plane.apiServer().handler());
    writeKubeconfig(keys);
    progress.done("API server answers at " + serverUrl());

    startControllers(plane, controllers(keys));
    Source administrator = plane.source(Identities.ADMINISTRATOR, "tiphys");
    if (node.isPresent()) {
      node.get()
          .join(
              plane.source(Identities.NETWORK, "kube-proxy"),
              plane.source(Identities.node(settings.nodeName()), "kubelet"),
              progress);
      Readiness.awaitNode(administrator, settings.nodeName(), clock);
    }
    Readiness.awaitDefaultAccount(administrator, clock);
    progress.done("cluster ready");
  }

  /** With a store that others may serve too, only one server's controllers work at a time. */
  private void startControllers(ControlPlane plane, ControllerConfig config)
      throws InterruptedException {
    if (options.store().kind() == StoreOptions.Kind.etcd) {
      closer.add(plane.electControllers(config, profile.name()));
      progress.done("controllers and scheduler stand for election");
    } else {
      closer.add(plane.startControllers(config));
      progress.done("controllers and scheduler at work");
    }
  }

  private NodeAssembly openNode() throws IOException {
    NodeAssembly.Plan plan = plan(profile, settings, machine);
    if (HostSupport.probe().runsContainers()) {
      List<HostBlock> others = HostBlock.inUse();
      others.removeIf(block -> PodNetworking.config(plan).owns(block.link()));
      settings.overlapping(others).ifPresent(AllInOne::refuse);
    }
    return NodeAssembly.open(
        plan, new NodeAssembly.Environment(machine, clock, random, loops), progress);
  }

  private static void refuse(HostBlock block) {
    throw new CliException(
        """
        this cluster's addresses are in use: this machine reaches %s by its link %s. End what uses \
        them there, or delete the cluster and start it with other --pod-cidr and --service-cidr\
        """
            .formatted(block.addresses(), block.link()));
  }

  static NodeAssembly.Plan plan(Profile profile, Settings settings, Machine machine) {
    return new NodeAssembly.Plan(
        profile.name(),
        profile.root(),
        settings,
        settings.podCidr().at(1).getHostAddress(),
        machine.environment().variable("PATH"),
        Set.copyOf(settings.insecureRegistries()));
  }

  private Store openStore() {
    if (options.ephemeral()) {
      return new MemoryStore(clock);
    }
    if (options.store().kind() == StoreOptions.Kind.etcd) {
      return EtcdCluster.open(options.store(), clock, loops);
    }
    try {
      return RocksStore.open(store(profile), profile.root().resolve("native"), clock, loops);
    } catch (StoreException e) {
      throw new CliException(
          "%s. If it cannot be mended: tiphys delete --profile=%s removes the cluster"
              .formatted(e.getMessage(), profile.name()),
          e);
    }
  }

  /** Servers of one cluster have one authority: what one signs the others believe. */
  private Path keyFolder() {
    Path shared = options.store().certDir();
    return shared == null ? profile.root().resolve("keys") : shared;
  }

  private Pki openKeys() {
    try {
      return Pki.open(keyFolder(), machine.disk(), clock, random);
    } catch (IllegalStateException damaged) {
      throw new CliException(
          "%s. Without a copy: tiphys delete --profile=%s removes the cluster"
              .formatted(damaged.getMessage(), profile.name()),
          damaged);
    }
  }

  /** Whether the cluster has state on disk. */
  static boolean hasStore(Profile profile) {
    return Files.exists(store(profile));
  }

  private static Path store(Profile profile) {
    return profile.root().resolve("store");
  }

  /** One listener for the host, one for the pods at their gateway, on the same port. */
  private void openListeners(Pki keys, LateHandler handler, ServerUsage usage) throws IOException {
    String gateway = gateway();
    String bind = settings.bindAddress();
    List<String> names = new ArrayList<>(List.of(bind, gateway));
    names.add(settings.serviceCidr().at(1).getHostAddress());
    Listeners listeners = new Listeners(keys.serving(names), handler, usage, clock, random);
    ApiListener listener =
        closer.add(listeners.open(bind, settings.apiPort(), settings.portGiven()));
    settings = settings.withApiPort(listener.port());
    settings.write(profile.root());
    if (LocalCluster.hasAddress(gateway) && !bind.equals("0.0.0.0")) {
      closer.add(listeners.open(gateway, listener.port(), true));
    }
  }

  /** Where pods find this machine. */
  private String gateway() {
    return settings.podCidr().at(1).getHostAddress();
  }

  private ApiServerConfig apiServerConfig(Pki keys) {
    AuthenticationFlags flags = new AuthenticationFlags(options.server(), machine);
    Map<String, User> tokens = new HashMap<>(flags.tokens());
    if (!options.token().isEmpty()) {
      tokens.put(options.token(), Identities.ADMINISTRATOR);
    }
    return new ApiServerConfig(
        Release.GIT_VERSION,
        machine.environment().architecture(),
        options.withoutNode()
            ? HostAddress.advertised(settings.bindAddress()).orElse(gateway())
            : gateway(),
        settings.apiPort(),
        settings.serviceCidr().toString(),
        List.of(keys.authority()),
        keys.serviceAccountKey(),
        tokens,
        flags.open(clock, loops, random, closer));
  }

  private ControllerConfig controllers(Pki keys) {
    return new ControllerConfig(
        Pem.of(keys.authority()),
        profile.root().resolve("volumes"),
        machine.disk(),
        options.withoutNode() ? "" : settings.nodeName());
  }

  private static List<RequestPipeline.Route> nodeRoutes(NodeAssembly node) {
    return List.of(
        new RequestPipeline.Route(
            request -> NodeControl.answers(request.path()), new NodeControl(node.engine())));
  }

  private void writeKubeconfig(Pki keys) throws IOException {
    Pki.Credential admin = keys.issueClient(Identities.ADMINISTRATOR.name(), List.of(User.MASTERS));
    Kubeconfig.write(
        profile.kubeconfig(),
        Kubeconfig.document(
            profile.name(),
            serverUrl(),
            new Kubeconfig.Credentials(
                base64(Pem.of(keys.authority())),
                base64(admin.certificatePem()),
                base64(admin.keyPem()))));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  String serverUrl() {
    String bind = settings.bindAddress();
    String host = bind.equals("0.0.0.0") ? "127.0.0.1" : bind;
    return "https://" + host + ":" + settings.apiPort();
  }

  @Override
  public void close() {
    closer.close();
  }
}
