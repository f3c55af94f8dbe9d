package io.tiphys.server.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.core.v1.Service;
import io.tiphys.api.core.v1.ServicePort;
import io.tiphys.api.core.v1.ServiceSpec;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.client.ListOptions;
import io.tiphys.client.ObjectList;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.http.HttpMetrics;
import io.tiphys.server.http.User;
import io.tiphys.server.tables.KubectlTables;
import io.tiphys.store.FaultyStore;
import io.tiphys.store.MemoryStore;
import io.tiphys.store.Store;
import io.tiphys.store.etcd.EtcdConfig;
import io.tiphys.store.etcd.EtcdServer;
import io.tiphys.store.etcd.EtcdStore;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two whole servers over one store, and clients that go from one to the other. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TwoServersOneStoreTest {
  private static final User ADMIN = new User("admin", "", List.of(User.MASTERS), Map.of());
  private static final int CHANGES = 150;

  @TempDir private Path folder;

  private final Clock clock = new SystemClock();
  private final Loops loops = new Loops(clock, new Random(1));
  private final Closer closer = new Closer();
  private final List<Source> servers = new ArrayList<>();

  /** What the two servers share. */
  enum Shared {
    MEMORY,
    ETCD
  }

  @AfterEach
  void close() {
    closer.close();
  }

  private void open(Shared shared) throws Exception {
    KeyPair key = KeyPairGenerator.getInstance("EC").generateKeyPair();
    ApiServerConfig config =
        new ApiServerConfig(
            "v1.36.0", "amd64", "192.0.2.1", 6443, "10.96.0.0/16", List.of(), key, Map.of());
    switch (shared) {
      case MEMORY -> {
        FaultyStore store = closer.add(new FaultyStore(new MemoryStore(clock)));
        store.beRemote();
        servers.add(server(config, store, 1));
        servers.add(server(config, store, 2));
      }
      case ETCD -> {
        EtcdServer etcd = closer.add(EtcdServer.start(folder, "http"));
        EtcdConfig where = EtcdConfig.plain(List.of(etcd.url()), "");
        servers.add(server(config, closer.add(EtcdStore.open(where, clock, loops)), 1));
        servers.add(server(config, closer.add(EtcdStore.open(where, clock, loops)), 2));
      }
    }
  }

  private Source server(ApiServerConfig config, Store store, long seed) {
    ApiServer server =
        closer.add(
            ApiServer.open(
                config,
                new ApiServer.Dependencies(
                    store,
                    clock,
                    new Random(seed),
                    loops,
                    new KubectlTables(clock),
                    node -> {
                      throw ApiFailure.notFound(CoreV1.NODES, node);
                    },
                    AuditLog.OFF,
                    new HttpMetrics(),
                    List.of())));
    return server.source(ADMIN, "test");
  }

  private Source server(int i) {
    return servers.get(i % servers.size());
  }

  private static ConfigMap counter(int value) {
    return ConfigMap.builder()
        .metadata(ObjectMeta.builder().namespace("default").name("counter").build())
        .data(Map.of("value", Integer.toString(value)))
        .build();
  }

  private static int value(ConfigMap counter) {
    return Integer.parseInt(counter.data().get("value"));
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatAlternatesNeverSeesTimeGoBackwards(Shared shared) throws Exception {
    open(shared);
    servers.getFirst().create(CoreV1.CONFIGMAPS, counter(0));
    // Of the platform: those who never wait would leave the servers' loops no thread to run on.
    try (ExecutorService clients =
        Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      Future<?> writer = clients.submit(this::write);
      List<Future<?>> readers = new ArrayList<>();
      for (int first = 0; first < 2; first++) {
        int start = first;
        readers.add(clients.submit(() -> getAndList(start)));
        readers.add(
            clients.submit(
                () -> {
                  watch(start);
                  return null;
                }));
      }
      writer.get();
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
  }

  private void write() {
    for (int i = 1; i <= CHANGES; i++) {
      ConfigMap written = server(i).update(CoreV1.CONFIGMAPS, counter(i));
      ConfigMap read = server(i + 1).get(CoreV1.CONFIGMAPS, "default", "counter");
      assertThat(read).as("what one has acknowledged the other shows").isEqualTo(written);
    }
  }

  private void getAndList(int start) {
    int last = 0;
    long version = 0;
    for (int i = start; last < CHANGES; i++) {
      ConfigMap got = server(i).get(CoreV1.CONFIGMAPS, "default", "counter");
      assertThat(value(got)).isGreaterThanOrEqualTo(last);
      last = value(got);
      version = Math.max(version, Long.parseLong(got.metadata().resourceVersion()));

      ListOptions notOlder = new ListOptions("", "", Long.toString(version), 0, "");
      ObjectList<ConfigMap> listed = server(i + 1).list(CoreV1.CONFIGMAPS, "default", notOlder);
      assertThat(Long.parseLong(listed.resourceVersion())).isGreaterThanOrEqualTo(version);
      version = Long.parseLong(listed.resourceVersion());
      int shown =
          listed.items().stream()
              .filter(map -> map.name().equals("counter"))
              .mapToInt(TwoServersOneStoreTest::value)
              .findFirst()
              .orElseThrow();
      assertThat(shown).isGreaterThanOrEqualTo(last);
      last = shown;
    }
  }

  /** Each watch begins at the other server, where the last one ended; none sees anything twice. */
  private void watch(int start) throws InterruptedException {
    ConfigMap first = server(start).get(CoreV1.CONFIGMAPS, "default", "counter");
    int last = value(first);
    String version = first.metadata().resourceVersion();
    for (int i = start + 1; last < CHANGES; i++) {
      try (WatchStream<ConfigMap> watch =
          server(i).watch(CoreV1.CONFIGMAPS, "default", WatchOptions.from(version))) {
        for (int seen = 0; seen < 5 && last < CHANGES; ) {
          WatchEvent<ConfigMap> event = watch.next();
          if (event instanceof WatchEvent.Modified<ConfigMap>(ConfigMap changed)
              && changed.name().equals("counter")) {
            assertThat(value(changed)).as("the next change, and no other").isEqualTo(last + 1);
            last = value(changed);
            version = changed.metadata().resourceVersion();
            seen++;
          } else {
            assertThat(event).isInstanceOf(WatchEvent.Bookmark.class);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void servicesOfBothHaveAddressesAndPortsOfTheirOwn(Shared shared) throws Exception {
    open(shared);
    int count = 60;
    List<Future<Service>> asked = new ArrayList<>();
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        Source server = server(i);
        Service wished = nodePort("s" + i);
        asked.add(clients.submit(() -> server.create(CoreV1.SERVICES, wished)));
      }
    }
    Set<String> addresses = new HashSet<>();
    Set<Integer> ports = new HashSet<>();
    for (Future<Service> answer : asked) {
      ServiceSpec spec = answer.get().spec();
      addresses.add(spec.clusterIP());
      ports.add(spec.ports().getFirst().nodePort());
    }
    assertThat(addresses).hasSize(count);
    assertThat(ports).hasSize(count);

    String given = asked.getFirst().get().spec().clusterIP();
    Service again = nodePort("again");
    again = again.withSpec(again.spec().withClusterIP(given));
    servers.getFirst().delete(CoreV1.SERVICES, "default", "s0", DeleteOptions.EMPTY);
    assertThat(servers.getLast().create(CoreV1.SERVICES, again).spec().clusterIP())
        .isEqualTo(given);
  }

  private static Service nodePort(String name) {
    return Service.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).build())
        .spec(
            ServiceSpec.builder()
                .type("NodePort")
                .ports(List.of(ServicePort.builder().port(80).build()))
                .build())
        .build();
  }
}
