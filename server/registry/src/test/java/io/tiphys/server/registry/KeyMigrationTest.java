package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.store.FaultyStore;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.rocksdb.RocksStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The data folder of a cluster that ran when keys did not yet name their group. */
class KeyMigrationTest {
  private static final String SHOP = "/api/v1/namespaces/shop";
  private static final String APPS = "/apis/apps/v1/namespaces/shop";

  @TempDir private Path folder;

  private final ManualClock clock = ManualClock.movedBySleepers();
  private int failures;

  @BeforeEach
  void unpack() throws IOException {
    InputStream fixture = KeyMigrationTest.class.getResourceAsStream("store-of-november-2026.zip");
    try (ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(fixture))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.write(file, zip.readAllBytes());
      }
    }
  }

  private Store open() {
    return RocksStore.open(
        folder.resolve("store"), folder.resolve("native"), clock, new Loops(clock, new Random(1)));
  }

  private static List<String> keys(Store store, String prefix) {
    return ((Store.Range.Page) store.range(prefix, prefix + "~", Store.NEWEST, 0))
        .entries().stream().map(Store.Entry::key).toList();
  }

  @Test
  void everythingIsThereAfterTheFirstStartAndAfterTheNext() {
    checkEverything();
  }

  private void checkEverything() {
    for (int start = 0; start < 2; start++) {
      try (ApiServerFixture apiServer = new ApiServerFixture(_ -> open())) {
        assertThat(apiServer.get(SHOP + "/configmaps/settings").expect(200).at("data.a"))
            .isEqualTo("1");
        assertThat(apiServer.get(SHOP + "/services/web").expect(200).at("spec.clusterIP"))
            .isEqualTo("10.96.1.245");
        assertThat(apiServer.get(SHOP + "/events/hello").expect(200).at("message"))
            .isEqualTo("hello");
        assertThat(apiServer.get(APPS + "/deployments/web").expect(200).at("spec.replicas"))
            .isEqualTo("2");
        assertThat(apiServer.get(APPS + "/statefulsets/db").expect(200).at("spec.replicas"))
            .isEqualTo("1");
        assertThat(apiServer.get(SHOP + "/pods").expect(200).at("items.2.metadata.namespace"))
            .isEqualTo("shop");
        assertThat(keys(apiServer.store, "/registry/configmaps/")).isEmpty();
        assertThat(keys(apiServer.store, "/registry/core/configmaps/shop/"))
            .contains("/registry/core/configmaps/shop/settings");
        assertThat(keys(apiServer.store, "/registry/apps/deployments/"))
            .containsExactly("/registry/apps/deployments/shop/web");
      }
    }
  }

  @Test
  void aMoveThatWasInterruptedGoesOnAtTheNextStart() {
    int[] writes = {0};
    for (int limit = 1; failures < 3; limit++) {
      int allowed = limit;
      writes[0] = 0;
      try (ApiServerFixture _ =
          new ApiServerFixture(
              _ -> {
                FaultyStore faulty = new FaultyStore(open());
                faulty.beforePut(
                    key -> {
                      if (++writes[0] > allowed) {
                        failures++;
                        faulty.close();
                        throw StoreException.closed();
                      }
                    });
                return faulty;
              })) {
        break;
      } catch (StoreException interrupted) {
        assertThat(interrupted.reason()).isEqualTo(StoreException.Reason.CLOSED);
      }
    }
    assertThat(failures).isPositive();
    checkEverything();
  }

  @Test
  void mortalObjectsStayMortal() {
    try (ApiServerFixture apiServer = new ApiServerFixture(_ -> open())) {
      apiServer.get(SHOP + "/events/hello").expect(200);
      clock.advance(Duration.ofMinutes(61));
      assertThat(apiServer.store.get("/registry/core/events/shop/hello")).isNull();
      assertThat(apiServer.store.get("/registry/core/configmaps/shop/settings")).isNotNull();
    }
  }
}
