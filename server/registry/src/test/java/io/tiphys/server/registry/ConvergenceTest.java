package io.tiphys.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.ApiFailure;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Many writers and watchers at once: nothing lost, nothing seen twice, everybody agrees at last.
 */
class ConvergenceTest {
  private static final String LAST = "zz-last";

  private ApiServerFixture apiServer;
  private Source source;

  @BeforeEach
  void open() {
    apiServer = new ApiServerFixture().furnished();
    source = apiServer.api.source(ApiServerFixture.ADMIN, "test");
  }

  @AfterEach
  void close() {
    apiServer.close();
  }

  private static ConfigMap map(String name, int value) {
    return ConfigMap.builder()
        .metadata(
            ObjectMeta.builder()
                .name(name)
                .namespace("default")
                .labels(Map.of("even", Boolean.toString(value % 2 == 0)))
                .build())
        .data(Map.of("v", Integer.toString(value)))
        .build();
  }

  private void write(Random random) {
    for (int i = 0; i < 150; i++) {
      String name = "m" + random.nextInt(12);
      int value = random.nextInt(1000);
      try {
        switch (random.nextInt(3)) {
          case 0 -> source.create(CoreV1.CONFIGMAPS, map(name, value));
          case 1 -> source.update(CoreV1.CONFIGMAPS, map(name, value));
          default -> source.delete(CoreV1.CONFIGMAPS, "default", name, DeleteOptions.EMPTY);
        }
      } catch (ApiFailure failure) {
        assertThat(failure.isNotFound() || failure.isAlreadyExists() || failure.isConflict())
            .as(failure.getMessage())
            .isTrue();
      }
    }
  }

  /** Lists, then follows until the last object appears; what it has then. */
  private Map<String, String> follow(String labels) throws InterruptedException {
    ListOptions options = ListOptions.labels(labels);
    ObjectList<ConfigMap> list = source.list(CoreV1.CONFIGMAPS, "default", options);
    Map<String, String> seen = new TreeMap<>();
    list.items().forEach(item -> seen.put(item.name(), version(item)));
    if (seen.containsKey(LAST)) {
      return seen; // everything was over before this thread came to its turn
    }
    long last = Long.parseLong(list.resourceVersion());
    WatchOptions from = new WatchOptions(labels, "", list.resourceVersion());
    try (WatchStream<ConfigMap> watch = source.watch(CoreV1.CONFIGMAPS, "default", from)) {
      while (true) {
        WatchEvent<ConfigMap> event = watch.next();
        ConfigMap object =
            switch (event) {
              case null -> throw new AssertionError("the watch ended");
              case WatchEvent.Added<ConfigMap>(ConfigMap added) -> {
                assertThat(seen.put(added.name(), version(added))).isNull();
                yield added;
              }
              case WatchEvent.Modified<ConfigMap>(ConfigMap modified) -> {
                assertThat(seen.put(modified.name(), version(modified))).isNotNull();
                yield modified;
              }
              case WatchEvent.Deleted<ConfigMap>(ConfigMap deleted) -> {
                assertThat(seen.remove(deleted.name())).isNotNull();
                yield deleted;
              }
              case WatchEvent.Bookmark<ConfigMap> ignored -> map("bookmark", 0);
              case WatchEvent.Failed<ConfigMap>(ApiFailure failure) -> throw failure;
            };
        long revision = Long.parseLong(version(object));
        assertThat(revision).isGreaterThan(last);
        last = revision;
        if (object.name().equals(LAST)) {
          return seen;
        }
      }
    }
  }

  private static String version(ConfigMap object) {
    return object.metadata().resourceVersion();
  }

  @Test
  void whoListsAndWatchesAgreesWithTheStore() throws Exception {
    for (int round = 0; round < 4; round++) {
      int seed = round;
      List<Future<Map<String, String>>> followers = new ArrayList<>();
      List<Future<Map<String, String>>> choosy = new ArrayList<>();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          Random random = new Random(100L * seed + i);
          writers.add(threads.submit(() -> write(random)));
          followers.add(threads.submit(() -> follow("")));
          choosy.add(threads.submit(() -> follow("even=true")));
        }
        for (Future<?> writer : writers) {
          writer.get();
        }
        source.create(CoreV1.CONFIGMAPS, map(LAST, 0));
        Map<String, String> truth = truth("");
        for (Future<Map<String, String>> follower : followers) {
          assertThat(follower.get()).isEqualTo(truth);
        }
        Map<String, String> chosen = truth("even=true");
        for (Future<Map<String, String>> follower : choosy) {
          assertThat(follower.get()).isEqualTo(chosen);
        }
      }
      source.delete(CoreV1.CONFIGMAPS, "default", LAST, DeleteOptions.EMPTY);
    }
  }

  private Map<String, String> truth(String labels) {
    return source.list(CoreV1.CONFIGMAPS, "default", ListOptions.labels(labels)).items().stream()
        .collect(
            Collectors.toMap(ConfigMap::name, ConvergenceTest::version, (a, b) -> a, TreeMap::new));
  }

  @Test
  void aWriterSeesItsOwnWrite() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String name = "own" + i;
        writers.add(
            threads.submit(
                () -> {
                  ConfigMap written = source.create(CoreV1.CONFIGMAPS, map(name, 0));
                  for (int n = 1; n < 50; n++) {
                    assertThat(source.get(CoreV1.CONFIGMAPS, "default", name)).isSameAs(written);
                    written = source.update(CoreV1.CONFIGMAPS, map(name, n));
                  }
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
  }

  @Test
  void countersLoseNoIncrement() throws Exception {
    source.create(CoreV1.CONFIGMAPS, map("counter", 0));
    int threadsCount = 8;
    int rounds = 20;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < threadsCount; i++) {
        writers.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < rounds; n++) {
                    increment();
                  }
                }));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
    assertThat(source.get(CoreV1.CONFIGMAPS, "default", "counter").data())
        .containsEntry("v", Integer.toString(threadsCount * rounds));
  }

  private void increment() {
    while (true) {
      ConfigMap seen = source.get(CoreV1.CONFIGMAPS, "default", "counter");
      int next = Integer.parseInt(seen.data().getOrDefault("v", "0")) + 1;
      try {
        source.update(CoreV1.CONFIGMAPS, seen.withData(Map.of("v", Integer.toString(next))));
        return;
      } catch (ApiFailure failure) {
        assertThat(failure.isConflict()).isTrue();
      }
    }
  }
}
