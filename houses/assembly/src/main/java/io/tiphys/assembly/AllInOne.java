package io.tiphys.assembly;

import io.tiphys.api.ApiFailure;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.cli.ClusterOptions;
import io.tiphys.cli.Kubeconfig;
import io.tiphys.cli.Profile;
import io.tiphys.cli.Progress;
import io.tiphys.client.Source;
import io.tiphys.controllers.ControllerConfig;
import io.tiphys.server.door.ApiListener;
import io.tiphys.server.door.DoorMetrics;
import io.tiphys.server.door.ListenerConfig;
import io.tiphys.server.door.TlsIdentity;
import io.tiphys.server.door.Walk;
import io.tiphys.server.hall.HallConfig;
import io.tiphys.server.identity.Pem;
import io.tiphys.server.identity.Pki;
import io.tiphys.server.identity.User;
import io.tiphys.store.MemoryStore;
import io.tiphys.store.Store;
import io.tiphys.store.rocksdb.RocksStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A whole cluster in one process: store, hall, offices, workshop, roads. */
final class AllInOne implements Lifecycle {
  private final Closer closer = new Closer();
  private final Profile profile;
  private final ClusterOptions options;
  private final Clock clock;
  private final RandomGenerator random;
  private final Progress progress;
  private Settings settings;

  private AllInOne(Profile profile, ClusterOptions options, Clock clock, Progress progress) {
    this.profile = profile;
    this.options = options;
    this.clock = clock;
    this.progress = progress;
    random = new SecureRandom();
    settings = Settings.of(profile, options);
  }

  /** Opens every room and returns when the cluster can be used. */
  static AllInOne open(Profile profile, ClusterOptions options, Clock clock, Progress progress)
      throws IOException, InterruptedException {
    AllInOne house = new AllInOne(profile, options, clock, progress);
    try {
      house.open();
      return house;
    } catch (IOException | InterruptedException | RuntimeException e) {
      house.closer.close();
      throw e;
    }
  }

  private void open() throws IOException, InterruptedException {
    Optional<NodeHouse> node = options.withoutNode() ? Optional.empty() : Optional.of(openNode());
    Store store = closer.add(openStore());
    Pki keys = Pki.open(profile.root().resolve("keys"), clock, new SecureRandom());
    progress.done("store and keys open");

    LateHandler late = new LateHandler();
    openDoors(keys, late);
    ControlPlane plane =
        closer.add(
            ControlPlane.open(
                hallConfig(keys),
                store,
                name -> {
                  if (node.isEmpty() || !name.equals(settings.nodeName())) {
                    throw ApiFailure.serviceUnavailable("node " + name + " cannot be reached");
                  }
                  return node.get().agent();
                },
                node.map(AllInOne::nodeRoutes).orElse(List.of()),
                clock,
                random));
    late.lead(plane.hall().handler());
    writeKubeconfig(keys);
    progress.done("API server answers at " + serverUrl());

    plane.startOffices(controllers(keys), progress);
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

  private NodeHouse openNode() {
    return closer.add(NodeHouse.open(plan(profile, settings, options), clock, random, progress));
  }

  static NodeHouse.Plan plan(Profile profile, Settings settings, ClusterOptions options) {
    return new NodeHouse.Plan(
        profile.name(),
        profile.root(),
        settings,
        settings.podCidr().at(1).getHostAddress(),
        Set.copyOf(options.insecureRegistries()));
  }

  private Store openStore() {
    Path folder = profile.root().resolve("store");
    return options.ephemeral()
        ? new MemoryStore(clock)
        : RocksStore.open(folder, profile.root().resolve("native"), clock);
  }

  /** One door for the host, one for the pods at their gateway, on the same port. */
  private void openDoors(Pki keys, LateHandler handler) throws IOException {
    String gateway = settings.podCidr().at(1).getHostAddress();
    List<String> names = new ArrayList<>(List.of(options.bindAddress(), gateway));
    names.add(settings.serviceCidr().at(1).getHostAddress());
    Supplier<TlsIdentity> identity = keys.serving(names);
    DoorMetrics metrics = new DoorMetrics();
    ApiListener door =
        closer.add(
            ApiListener.open(
                new ListenerConfig(options.bindAddress(), settings.apiPort()),
                identity,
                handler,
                metrics,
                clock));
    settings = settings.withApiPort(door.port());
    settings.write(profile.root());
    if (LocalCluster.hasAddress(gateway) && !options.bindAddress().equals("0.0.0.0")) {
      closer.add(
          ApiListener.open(
              new ListenerConfig(gateway, door.port()), identity, handler, metrics, clock));
    }
  }

  private HallConfig hallConfig(Pki keys) {
    Map<String, User> tokens =
        options.token().isEmpty() ? Map.of() : Map.of(options.token(), Identities.ADMINISTRATOR);
    return new HallConfig(
        Release.GIT_VERSION,
        settings.podCidr().at(1).getHostAddress(),
        settings.apiPort(),
        settings.serviceCidr().toString(),
        List.of(keys.authority()),
        keys.serviceAccountKey(),
        tokens);
  }

  private ControllerConfig controllers(Pki keys) {
    return new ControllerConfig(
        Pem.of(keys.authority()), profile.root().resolve("volumes"), settings.nodeName());
  }

  private static List<Walk.Route> nodeRoutes(NodeHouse node) {
    return List.of(
        new Walk.Route(
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
    String host = options.bindAddress().equals("0.0.0.0") ? "127.0.0.1" : options.bindAddress();
    return "https://" + host + ":" + settings.apiPort();
  }

  @Override
  public void close() {
    closer.close();
  }
}
