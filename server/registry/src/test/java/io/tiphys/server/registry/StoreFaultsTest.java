package io.tiphys.server.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.ConfigMap;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.client.ListOptions;
import io.tiphys.client.ObjectList;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.codec.Json;
import io.tiphys.server.registry.ApiServerFixture.Answered;
import io.tiphys.store.FaultyStore;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.StoreException.Reason;
import io.tiphys.store.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The store fails, falls behind, or changes in the worst moment. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class StoreFaultsTest {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";
  private static final String FULL = "no space left for the store in /x: free some on its disk";

  private @Nullable FaultyStore faulty;
  private ApiServerFixture apiServer;
  private Source source;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture(store -> faulty = new FaultyStore(store)).furnished();
    source = apiServer.api.source(ApiServerFixture.ADMIN, "test");
    source.create(CoreV1.CONFIGMAPS, map("present"));
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private FaultyStore store() {
    return Objects.requireNonNull(faulty);
  }

  private static ConfigMap map(String name) {
    return ConfigMap.builder()
        .metadata(ObjectMeta.builder().namespace("default").name(name).build())
        .data(Map.of("now", name))
        .build();
  }

  private List<Runnable> writes() {
    Json change = Json.parse("{\"data\":{\"now\":\"other\"}}".getBytes(UTF_8));
    return List.of(
        () -> source.create(CoreV1.CONFIGMAPS, map("new")),
        () -> source.update(CoreV1.CONFIGMAPS, map("present").withData(Map.of())),
        () -> source.patch(CoreV1.CONFIGMAPS, "default", "present", "", Source.Patch.merge(change)),
        () -> source.delete(CoreV1.CONFIGMAPS, "default", "present", DeleteOptions.EMPTY));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void whateverTheStoreSaysLeavesAsAnApiFailureAndWritesGoOnAfterwards(Reason reason) {
    store().failWrites(new StoreException(reason, FULL));
    for (Runnable write : writes()) {
      assertThat(catchThrowable(write::run)).isInstanceOf(ApiFailure.class);
    }
    assertThat(source.get(CoreV1.CONFIGMAPS, "default", "present").data()).hasSize(1);

    store().failWrites(null);
    for (Runnable write : writes()) {
      write.run();
    }
  }

  @Test
  void aFullDiskIsAnAnswerThatClientsUnderstandAndRetry() {
    store().failWrites(new StoreException(Reason.NO_SPACE, FULL));
    Answered answered = apiServer.post(MAPS, "{\"metadata\":{\"name\":\"new\"}}").expect(503);
    assertThat(answered.status().reason()).isEqualTo("ServiceUnavailable");
    assertThat(answered.status().message()).isEqualTo(FULL);
    assertThat(Objects.requireNonNull(answered.status().details()).retryAfterSeconds())
        .isEqualTo(1);
    assertThat(apiServer.delete(MAPS + "/present").expect(503).status().message()).isEqualTo(FULL);
  }

  @Test
  void whatNobodyForesawIsAnApiFailureWithoutTheServersInsides() {
    store().failWrites(new IllegalStateException("io.tiphys.Inside broke"));
    for (Runnable write : writes()) {
      Throwable thrown = catchThrowable(write::run);
      assertThat(thrown).isInstanceOf(ApiFailure.class);
      assertThat(thrown.getMessage()).doesNotContain("io.tiphys").doesNotContain("java.");
    }
  }

  /** What led to the new state was lost: watchers must list again, whenever they began. */
  @ParameterizedTest
  @MethodSource("ends")
  void aWatchOverTheStateBeforeARefillEndsAndNothingIsMissedByWhoListsAgain(
      Consumer<FaultyStore> end) throws Exception {
    String version = list().resourceVersion();
    WatchStream<ConfigMap> before = watch(version);
    List<WatchStream<ConfigMap>> meanwhile = new ArrayList<>();
    store()
        .duringNextRange(
            () -> {
              meanwhile.add(watch(version));
              write("default/unseen");
            });
    end.accept(store());

    assertThat(ended(before)).isTrue();
    apiServer.api.cache().awaitCurrent();
    assertThat(meanwhile).hasSize(1).allMatch(StoreFaultsTest::ended);

    assertThat(list().items()).extracting(ApiObject::name).containsExactly("present", "unseen");
    try (WatchStream<ConfigMap> after = watch(list().resourceVersion())) {
      source.create(CoreV1.CONFIGMAPS, map("seen"));
      WatchEvent<ConfigMap> event = after.next();
      assertThat(event).isInstanceOf(WatchEvent.Added.class);
    }
    try (WatchStream<ConfigMap> again = watch(version)) {
      assertThat(again.next())
          .isInstanceOfSatisfying(
              WatchEvent.Added.class,
              added -> assertThat(added.object()).isInstanceOf(ConfigMap.class));
    }
  }

  /** What may end the cache's own watch of the store: known, told by the store, unforeseen. */
  static Stream<Consumer<FaultyStore>> ends() {
    return Stream.of(
        store -> store.endWatches(new Watch.Compacted()),
        store -> store.endWatches(new Watch.Lost("no leader")),
        store -> store.endWatches(new Watch.Closed()),
        store -> store.breakWatches(new IllegalStateException("broken")));
  }

  @Test
  void aStoreThatIsCompactedWhileItIsReadIsReadOnceMore() throws Exception {
    store().nextRanges(new Store.Range.Compacted(), new Store.Range.Compacted());
    store().endWatches(new Watch.Compacted());
    write("default/unseen");
    apiServer.api.cache().awaitCurrent();
    assertThat(list().items()).extracting(ApiObject::name).containsExactly("present", "unseen");
  }

  private void write(String key) {
    byte[] value =
        "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"%s\"}}"
            .formatted(key.split("/")[1], key.split("/")[0])
            .getBytes(UTF_8);
    store().put("/registry/core/configmaps/" + key, value, Store.ABSENT);
  }

  private ObjectList<ConfigMap> list() {
    return source.list(CoreV1.CONFIGMAPS, "default", ListOptions.ALL);
  }

  private WatchStream<ConfigMap> watch(String version) {
    return source.watch(CoreV1.CONFIGMAPS, "default", new WatchOptions("", "", version));
  }

  private boolean isGone(String version) throws InterruptedException {
    try (WatchStream<ConfigMap> watch = watch(version)) {
      return watch.next() instanceof WatchEvent.Failed<ConfigMap>(ApiFailure failure)
          && failure.isGone();
    }
  }

  private static boolean ended(WatchStream<?> watch) {
    try {
      Object event = watch.next();
      while (event != null) {
        event = watch.next();
      }
      return true;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The creation is admitted, then the namespace is deleted, then the object reaches the store. */
  @Test
  void nothingIsBornIntoANamespaceThatWasDeletedSinceItsAdmission() {
    apiServer.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"doomed\"}}").expect(201);
    atPutOf(
        "/registry/core/configmaps/doomed/late",
        () -> apiServer.delete("/api/v1/namespaces/doomed"));
    Answered refused =
        apiServer
            .post("/api/v1/namespaces/doomed/configmaps", "{\"metadata\":{\"name\":\"late\"}}")
            .expect(403);
    assertThat(refused.status().message()).contains("because it is being terminated");
    assertThat(store().get("/registry/core/configmaps/doomed/late")).isNull();
  }

  @Test
  void aNamespaceThatOnlyChangesTakesTheObject() {
    int[] changes = {0};
    store()
        .beforePut(
            key -> {
              if (key.equals("/registry/core/configmaps/default/late") && changes[0]++ < 3) {
                apiServer
                    .merge(
                        "/api/v1/namespaces/default",
                        "{\"metadata\":{\"labels\":{\"n\":\"" + changes[0] + "\"}}}")
                    .expect(200);
              }
            });
    apiServer.post(MAPS, "{\"metadata\":{\"name\":\"late\"}}").expect(201);
    assertThat(changes[0]).isEqualTo(4);
  }

  private void atPutOf(String wanted, Runnable action) {
    store()
        .beforePut(
            key -> {
              if (key.equals(wanted)) {
                store().beforePut(_ -> {});
                action.run();
              }
            });
  }

  /** A history of large objects gives way to its bytes; a page of what it forgot is just a page. */
  @Test
  void aHistoryIsBoundedInBytesAndAPageOfAForgottenStateIsReadAlone() throws Exception {
    for (int i = 0; i < 50; i++) {
      apiServer.post(MAPS, "{\"metadata\":{\"name\":\"m%02d\"}}".formatted(i)).expect(201);
    }
    Answered first = apiServer.get(MAPS + "?limit=10").expect(200);
    String version = first.at("metadata.resourceVersion");
    String large = "x".repeat(900_000);
    for (int i = 0; i < 40; i++) {
      apiServer.merge(MAPS + "/present", "{\"data\":{\"now\":\"" + i + large + "\"}}").expect(200);
    }
    assertThat(isGone(version)).as("forty changes of a megabyte are more than is kept").isTrue();

    store().limits();
    String token = first.at("metadata.continue");
    Answered second = apiServer.get(MAPS + "?limit=10&continue=" + token).expect(200);
    assertThat(second.at("metadata.resourceVersion")).isEqualTo(version);
    assertThat(second.at("items.0.metadata.name")).isEqualTo("m10");
    assertThat(second.at("items.9.metadata.name")).isEqualTo("m19");
    assertThat(second.at("metadata.remainingItemCount")).isEqualTo("31");
    assertThat(store().limits())
        .as("what was read of the store")
        .isNotEmpty()
        .allMatch(limit -> 0 < limit && limit <= 11);
  }
}
