package io.tiphys.store.etcd;

import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import io.tiphys.store.Store;
import io.tiphys.store.StoreContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** etcd under the contract: each test has a part of one server's keys, where others left gaps. */
class EtcdStoreTest extends StoreContract {
  private static final AtomicInteger TESTS = new AtomicInteger();

  @TempDir private static Path folder;
  private static @Nullable EtcdServer server;

  @BeforeAll
  static void start() {
    server = EtcdServer.start(folder, "http");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected Store open() {
    SystemClock time = new SystemClock();
    String url = server == null ? "" : server.url();
    String prefix = "/test" + TESTS.incrementAndGet() + "/";
    return EtcdStore.open(
        EtcdConfig.plain(List.of(url), prefix), time, new Loops(time, new Random(1)));
  }

  /** etcd's own clock goes on by itself. */
  @Override
  protected void letPass(Duration duration) {}
}
