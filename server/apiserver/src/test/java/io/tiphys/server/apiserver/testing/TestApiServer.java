package io.tiphys.server.apiserver.testing;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.Source;
import io.tiphys.server.apiserver.ApiServer;
import io.tiphys.server.apiserver.ApiServerConfig;
import io.tiphys.server.audit.AuditLog;
import io.tiphys.server.http.HttpMetrics;
import io.tiphys.server.http.User;
import io.tiphys.server.tables.KubectlTables;
import io.tiphys.store.MemoryStore;
import io.tiphys.store.Store;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A cluster that has just begun, without listener: the API server as every process has it, over a
 * store in memory. What a cluster begins with is made once in a JVM and copied then, so that one is
 * open in milliseconds.
 */
public final class TestApiServer implements Lifecycle {
  /** May do everything. */
  public static final User ADMIN =
      new User("kubernetes-admin", "", List.of(User.MASTERS), Map.of());

  /** Two, so that no object has the uid of one that was there before. */
  private static final long SEED_OF_BEGINNING = 1;

  private static final long SEED = 2;

  private final Closer closer = new Closer();
  private final ApiServer server;

  private TestApiServer(List<Store.Entry> beginning, Clock clock, Loops loops) {
    Store store = closer.add(new MemoryStore(clock));
    beginning.forEach(entry -> store.put(entry.key(), entry.value(), Store.ABSENT));
    server = closer.add(ApiServer.open(Once.CONFIG, dependencies(store, clock, loops, SEED)));
  }

  public static TestApiServer open(Clock clock, Loops loops) {
    return new TestApiServer(Once.BEGINNING, clock, loops);
  }

  private static ApiServer.Dependencies dependencies(
      Store store, Clock clock, Loops loops, long seed) {
    return new ApiServer.Dependencies(
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
        List.of());
  }

  /** The API as a component of this process sees it that has these rights. */
  public Source source(User user, String fieldManager) {
    return server.source(user, fieldManager);
  }

  @Override
  public void close() {
    closer.close();
  }

  /** What is the same for all. */
  private static final class Once {
    static final ApiServerConfig CONFIG =
        new ApiServerConfig(
            "v1.36.0+tiphys",
            "amd64",
            "192.0.2.1",
            6443,
            "10.96.0.0/16",
            List.of(),
            key(),
            Map.of());
    static final List<Store.Entry> BEGINNING = beginning();

    private static List<Store.Entry> beginning() {
      ManualClock clock = new ManualClock();
      Loops loops = new Loops(clock, new Random(1));
      try (Store store = new MemoryStore(clock);
          ApiServer _ =
              ApiServer.open(CONFIG, dependencies(store, clock, loops, SEED_OF_BEGINNING))) {
        return ((Store.Range.Page) store.range("/", "0", Store.NEWEST, Integer.MAX_VALUE))
            .entries();
      }
    }

    private static KeyPair key() {
      try {
        return KeyPairGenerator.getInstance("EC").generateKeyPair();
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }
}
