package io.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Watch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every form of the store owes its watchers. */
abstract class WatchContract extends StoreFixture {
  /** More changes than any form keeps in memory for a reader. */
  private static final int MANY = 6000;

  private static final int WRITERS = 24;
  private static final int EACH = MANY / WRITERS;

  @Test
  void aWatchSeesCreationChangeAndDeletionWithWhatWasBefore() throws Exception {
    long start = store.revision();
    try (Watch watch = store.watch(FIRST, LAST, start)) {
      long created = put("a", "1");
      long changed = put("a", "2");
      long deleted = delete("a");

      List<Event> events = read(watch, 3);

      assertThat(events.stream().map(StoreFixture::show))
          .containsExactly(created + " +a=1", changed + " +a=2 <- a=1", deleted + " -a <- a=2");
      assertThat(events.get(1).entry().createRevision()).isEqualTo(created);
      assertThat(events.get(2).entry().value()).isEmpty();
    }
  }

  @Test
  void aWatchFromAnOldRevisionReplaysHistoryThenGoesOnLive() throws Exception {
    put("a", "0");
    long after = put("a", "1");
    long second = put("a", "2");
    long third = delete("a");
    try (Watch watch = store.watch(FIRST, LAST, after)) {
      assertThat(shown(watch, 2)).containsExactly(second + " +a=2 <- a=1", third + " -a <- a=2");
      long fourth = put("a", "3");
      assertThat(shown(watch, 1)).containsExactly(fourth + " +a=3");
    }
  }

  @Test
  void aWatchSeesOnlyItsRange() throws Exception {
    try (Watch watch = store.watch("b", "d", store.revision())) {
      put("a", "1");
      long b = put("b", "1");
      put("d", "1");
      put("bÿ", "1");
      long c = put("c", "1");
      assertThat(shown(watch, 3)).startsWith(b + " +b=1").endsWith(c + " +c=1");
    }
  }

  @Test
  void aWatchFromAFutureRevisionWaitsForIt() throws Exception {
    long future = store.revision() + 2;
    try (Watch watch = store.watch(FIRST, LAST, future)) {
      put("a", "1");
      put("a", "2");
      long third = put("a", "3");
      assertThat(shown(watch, 1)).containsExactly(third + " +a=3 <- a=2");
    }
  }

  @Test
  void aReaderThatSleepsThroughManyChangesMissesNone() throws Exception {
    long start = store.revision();
    try (Watch watch = store.watch(FIRST, LAST, start);
        Watch other = store.watch("x", "y", start)) {
      writeMany();
      checkMany(read(watch, MANY), start);
      long last = put("x", "1");
      assertThat(shown(other, 1)).containsExactly(last + " +x=1");
      assertThat(shown(watch, 1)).containsExactly(last + " +x=1");
    }
  }

  @Test
  void aWatchFromFarBackReadsAllOfHistory() throws Exception {
    long start = store.revision();
    writeMany();
    try (Watch watch = store.watch(FIRST, LAST, start)) {
      checkMany(read(watch, MANY), start);
    }
  }

  /** Many writers at once, so that a form that waits for a disk gets through it sooner. */
  private void writeMany() {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int w = 0; w < WRITERS; w++) {
        String key = "writer" + w;
        threads.execute(() -> IntStream.range(0, EACH).forEach(i -> put(key, "" + i)));
      }
    }
  }

  /** Checks that the events are those of {@link #writeMany}, whole and in order. */
  private static void checkMany(List<Event> events, long start) {
    assertThat(revisions(events)).isEqualTo(from(start + 1, MANY));
    for (int w = 0; w < WRITERS; w++) {
      String key = "writer" + w;
      assertThat(values(events, key))
          .isEqualTo(IntStream.range(0, EACH).mapToObj(Integer::toString).toList());
    }
    for (Event event : events) {
      int value = Integer.parseInt(new String(event.entry().value(), UTF_8));
      String before = value == 0 ? "nothing" : event.entry().key() + "=" + (value - 1);
      assertThat(show(event.previous())).isEqualTo(before);
    }
  }

  @Test
  void aWatchFromACompactedRevisionIsRefused() throws Exception {
    long first = put("a", "1");
    put("a", "2");
    long third = put("a", "3");
    put("a", "4");
    store.compact(third);
    try (Watch watch = store.watch(FIRST, LAST, first)) {
      assertThatThrownBy(watch::next)
          .isInstanceOfSatisfying(
              CompactedException.class, e -> assertThat(e.compactedRevision()).isEqualTo(third));
    }
    try (Watch watch = store.watch(FIRST, LAST, third)) {
      assertThat(shown(watch, 1)).containsExactly(third + 1 + " +a=4 <- a=3");
    }
  }

  @Test
  void aSleepingReaderIsRefusedWhenItsPlaceIsCompactedAway() throws Exception {
    try (Watch watch = store.watch(FIRST, LAST, store.revision())) {
      writeMany();
      store.compact(store.revision());
      assertThatThrownBy(() -> read(watch, MANY)).isInstanceOf(CompactedException.class);
    }
  }

  @Test
  void concurrentWritersAreSeenByEveryReaderWholeAndInOrder() throws Exception {
    long start = store.revision();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Event>>> readers = new ArrayList<>();
      for (int r = 0; r < 4; r++) {
        readers.add(threads.submit(() -> readAll(start, MANY)));
      }
      threads.execute(this::writeMany);
      try (Watch watch = store.watch(FIRST, LAST, start + MANY / 2)) {
        assertThat(watch.next()).isNotEmpty();
      }
      readers.add(threads.submit(() -> readAll(start, MANY)));
      for (Future<List<Event>> reader : readers) {
        checkMany(reader.get(), start);
      }
    }
  }

  private List<Event> readAll(long after, int count) throws InterruptedException {
    try (Watch watch = store.watch(FIRST, LAST, after)) {
      return read(watch, count);
    }
  }

  @Test
  void closingAWatchWakesItsReader() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Watch watch = store.watch(FIRST, LAST, store.revision());
      Future<List<Event>> reader = threads.submit(watch::next);
      watch.close();
      assertThat(reader.get()).isNull();
      watch.close();
      assertThat(watch.next()).isNull();
    }
  }

  @Test
  void closingTheStoreEndsItsWatches() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Watch watch = store.watch(FIRST, LAST, store.revision());
      Future<List<Event>> reader = threads.submit(watch::next);
      store.close();
      assertThat(reader.get()).isNull();
    }
  }

  private static List<Long> revisions(List<Event> events) {
    return events.stream().map(event -> event.entry().modRevision()).toList();
  }

  private static List<Long> from(long first, int count) {
    return LongStream.range(first, first + count).boxed().toList();
  }

  private static List<String> values(List<Event> events, String key) {
    return events.stream()
        .filter(event -> event.entry().key().equals(key))
        .map(event -> new String(event.entry().value(), UTF_8))
        .toList();
  }
}
