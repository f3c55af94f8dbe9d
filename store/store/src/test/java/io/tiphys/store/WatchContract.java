package io.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.store.Store.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every form of the store owes its watchers. */
abstract class WatchContract extends StoreFixture {
  /** More changes than any form keeps in memory for a reader. */
  private static final int MANY = 6000;

  private static final int WRITERS = 24;
  private static final int EACH = MANY / WRITERS;

  @Test
  void aWatchSeesCreationChangeAndDeletion() throws Exception {
    long start = revision();
    try (Watch watch = store.watch(FIRST, LAST, start)) {
      long created = put("a", "1");
      long changed = put("a", "2");
      long deleted = delete("a");

      List<Event> events = read(watch, 3);

      assertThat(events.stream().map(StoreFixture::show))
          .containsExactly(created + " +a=1", changed + " +a=2", deleted + " -a");
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
      assertThat(shown(watch, 2)).containsExactly(second + " +a=2", third + " -a");
      long fourth = put("a", "3");
      assertThat(shown(watch, 1)).containsExactly(fourth + " +a=3");
    }
  }

  @Test
  void aWatchSeesOnlyItsRange() throws Exception {
    try (Watch watch = store.watch("b", "d", revision())) {
      put("a", "1");
      long b = put("b", "1");
      put("d", "1");
      put("bÿ", "1");
      long c = put("c", "1");
      assertThat(shown(watch, 3)).startsWith(b + " +b=1").endsWith(c + " +c=1");
    }
  }

  @Test
  void theEventsOfATransactionComeInOneBatch() throws Exception {
    long start = revision();
    try (Watch watch = store.watch("a", "c", start)) {
      put("b", "0");
      long both =
          committed(store.commit(txn().put("a", "1").put("other", "1").delete("b").build()));
      Watch.Batch batch = next(watch);
      while (batch.revision() < both) {
        batch = next(watch);
      }
      assertThat(batch.events().stream().map(StoreFixture::show))
          .endsWith(both + " +a=1", both + " -b");
    }
  }

  @Test
  void aWatchTellsHowFarItIsThoughNothingHappensInItsRange() throws Exception {
    try (Watch watch = store.watch("x", "y", revision())) {
      put("a", "1");
      long told = revision();
      watch.requestProgress();
      Watch.Batch batch = next(watch);
      assertThat(batch.events()).isEmpty();
      assertThat(batch.revision()).isGreaterThanOrEqualTo(told);

      long later = put("a", "2");
      watch.requestProgress();
      while (batch.revision() < later) {
        batch = next(watch);
        assertThat(batch.events()).isEmpty();
      }
      long seen = put("x", "1");
      Watch.Batch last = next(watch);
      while (last.revision() < seen) {
        last = next(watch);
      }
      assertThat(last.events().stream().map(StoreFixture::show)).containsExactly(seen + " +x=1");
    }
  }

  @Test
  void aBatchSaysHowFarItReaches() throws Exception {
    long start = revision();
    try (Watch watch = store.watch("w", "x", start)) {
      writeMany();
      long read = start;
      for (int seen = 0; seen < MANY; ) {
        Watch.Batch batch = next(watch);
        for (Event event : batch.events()) {
          assertThat(event.revision()).isGreaterThan(read).isLessThanOrEqualTo(batch.revision());
        }
        seen += batch.events().size();
        read = batch.revision();
      }
    }
  }

  @Test
  void aWatchFromAFutureRevisionWaitsForIt() throws Exception {
    long future = revision() + 2;
    try (Watch watch = store.watch(FIRST, LAST, future)) {
      long last = put("a", "0");
      for (int i = 1; last <= future; i++) {
        last = put("a", "" + i);
      }
      Event first = read(watch, 1).getFirst();
      assertThat(first.revision()).isEqualTo(last);
    }
  }

  @Test
  void aReaderThatSleepsThroughManyChangesMissesNone() throws Exception {
    long start = revision();
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
    long start = revision();
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
    List<Long> revisions = events.stream().map(Event::revision).toList();
    assertThat(revisions).isSorted().doesNotHaveDuplicates();
    assertThat(revisions.getFirst()).isGreaterThan(start);
    for (int w = 0; w < WRITERS; w++) {
      String key = "writer" + w;
      assertThat(values(events, key))
          .isEqualTo(IntStream.range(0, EACH).mapToObj(Integer::toString).toList());
    }
  }

  @Test
  void aWatchFromACompactedRevisionIsRefused() throws Exception {
    long first = put("a", "1");
    put("a", "2");
    long third = put("a", "3");
    long fourth = put("a", "4");
    store.compact(third);
    try (Watch watch = store.watch(FIRST, LAST, first)) {
      assertThat(watch.next()).isEqualTo(new Watch.Compacted());
      assertThat(watch.next()).isEqualTo(new Watch.Compacted());
    }
    try (Watch watch = store.watch(FIRST, LAST, third)) {
      assertThat(shown(watch, 1)).containsExactly(fourth + " +a=4");
    }
  }

  @Test
  void aSleepingReaderIsRefusedWhenItsPlaceIsCompactedAway() throws Exception {
    try (Watch watch = store.watch(FIRST, LAST, revision())) {
      writeMany();
      store.compact(revision());
      assertThat(end(watch)).isEqualTo(new Watch.Compacted());
    }
  }

  @Test
  void concurrentWritersAreSeenByEveryReaderWholeAndInOrder() throws Exception {
    long start = revision();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Event>>> readers = new ArrayList<>();
      for (int r = 0; r < 4; r++) {
        readers.add(threads.submit(() -> readAll(start, MANY)));
      }
      threads.execute(this::writeMany);
      try (Watch watch = store.watch(FIRST, LAST, start + MANY / 2)) {
        assertThat(next(watch).events()).isNotEmpty();
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
      Watch watch = store.watch(FIRST, LAST, revision());
      Future<Watch.Next> reader = threads.submit(() -> end(watch));
      watch.close();
      assertThat(reader.get()).isEqualTo(new Watch.Closed());
      watch.close();
      assertThat(watch.next()).isEqualTo(new Watch.Closed());
    }
  }

  @Test
  void closingTheStoreEndsItsWatches() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Watch watch = store.watch(FIRST, LAST, revision());
      Future<Watch.Next> reader = threads.submit(() -> end(watch));
      store.close();
      assertThat(reader.get()).isEqualTo(new Watch.Closed());
    }
  }

  /** Reads on until the watch ends. */
  private static Watch.Next end(Watch watch) throws InterruptedException {
    while (true) {
      Watch.Next next = watch.next();
      if (!(next instanceof Watch.Batch)) {
        return next;
      }
    }
  }

  private static List<String> values(List<Event> events, String key) {
    return events.stream()
        .filter(event -> event.entry().key().equals(key))
        .map(event -> new String(event.entry().value(), UTF_8))
        .toList();
  }
}
