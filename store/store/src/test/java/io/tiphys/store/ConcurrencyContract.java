package io.tiphys.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What holds when many write and read at once, and over long random histories. */
abstract class ConcurrencyContract extends WatchContract {
  @Test
  void countersRaisedByCompareAndPutLoseNoStep() throws Exception {
    int writers = 8;
    int steps = 60;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> running = new ArrayList<>();
      for (int w = 0; w < writers; w++) {
        String key = "counter" + w % 2;
        running.add(threads.submit(() -> raise(key, steps)));
      }
      for (Future<Integer> writer : running) {
        assertThat(writer.get()).isEqualTo(steps);
      }
    }
    assertThat(state(Store.NEWEST))
        .containsExactly("counter0=" + 4 * steps, "counter1=" + 4 * steps);
  }

  /** Every read must see at least what this thread wrote before: reads are linearizable. */
  private int raise(String key, int steps) {
    int done = 0;
    long lastSeen = 0;
    while (done < steps) {
      Entry current = store.get(key);
      long expected = current == null ? Store.ABSENT : current.modRevision();
      assertThat(expected).isGreaterThanOrEqualTo(lastSeen);
      int value = current == null ? 0 : Integer.parseInt(new String(current.value(), UTF_8));
      Outcome outcome = store.put(key, Integer.toString(value + 1).getBytes(UTF_8), expected);
      if (outcome instanceof Outcome.Committed(long revision)) {
        assertThat(revision).isGreaterThan(expected);
        lastSeen = revision;
        done++;
      }
    }
    return done;
  }

  /** Also when parent and children are committed together. */
  @Test
  void nothingIsWrittenOnConditionOfAParentThatHasChanged() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int round = 0; round < 20; round++) {
        long parent = put("parent", "open");
        List<Future<Long>> writers = new ArrayList<>();
        for (int w = 0; w < 8; w++) {
          String prefix = "child" + round + "-" + w + "-";
          writers.add(threads.submit(() -> lastChild(prefix, parent)));
        }
        long changed = put("parent", "closed");
        for (Future<Long> writer : writers) {
          assertThat(writer.get()).isLessThan(changed);
        }
      }
    }
  }

  /** Writes children until the parent has changed; the revision of the last. */
  private long lastChild(String prefix, long parent) {
    long last = 0;
    for (int n = 0; ; n++) {
      Outcome outcome =
          store.commit(
              txn()
                  .when(prefix + n, Store.ABSENT)
                  .when("parent", parent)
                  .put(prefix + n, "")
                  .build());
      if (!(outcome instanceof Outcome.Committed(long revision))) {
        return last;
      }
      last = revision;
    }
  }

  @Test
  void onlyOneOfManyCreatesAKey() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Outcome>> creators = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        byte[] value = {(byte) i};
        creators.add(() -> store.put("only", value, Store.ABSENT));
      }
      long winners = 0;
      for (Future<Outcome> creator : threads.invokeAll(creators)) {
        winners += creator.get() instanceof Outcome.Committed ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    }
  }

  /** Two keys are written one after the other; no state may hold the second without the first. */
  @Test
  void rangesShowWholeStatesWhileWritersAndCompactionsRun() throws Exception {
    AtomicBoolean writing = new AtomicBoolean(true);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> reader =
          threads.submit(
              () -> {
                int pages = 0;
                while (writing.get() || pages == 0) {
                  checkPair(page(FIRST, LAST, Store.NEWEST, 0));
                  long behind = revision() - 20;
                  if (behind > 0 && store.range(FIRST, LAST, behind, 0) instanceof Range.Page p) {
                    checkPair(p);
                  }
                  pages++;
                }
                return pages;
              });
      for (int i = 0; i < 500; i++) {
        put("a", Integer.toString(i));
        long last = put("b", Integer.toString(i));
        if (i % 20 == 19) {
          store.compact(last - 3);
        }
      }
      writing.set(false);
      assertThat(reader.get()).isPositive();
    }
  }

  private static void checkPair(Range.Page page) {
    List<Integer> values =
        page.entries().stream()
            .map(entry -> Integer.parseInt(new String(entry.value(), UTF_8)))
            .toList();
    if (values.size() == 2) {
      assertThat(values.get(0) - values.get(1)).isBetween(0, 1);
    } else {
      assertThat(page.entries().stream().map(Entry::key)).isSubsetOf("a");
    }
  }

  @Test
  void aRandomHistoryReadsBackAtEveryRevision() {
    for (long seed = 1; seed <= 3; seed++) {
      replay(new Random(seed), "seed " + seed);
    }
  }

  private void replay(Random random, String name) {
    Map<String, String> model = new TreeMap<>();
    state(Store.NEWEST).forEach(entry -> remember(model, entry));
    Map<Long, List<String>> states = new TreeMap<>();
    long compacted = 0;
    for (int step = 0; step < 400; step++) {
      String key = "k" + random.nextInt(12);
      if (random.nextInt(3) > 0) {
        put(key, name + step);
        model.put(key, name + step);
      } else {
        model.remove(key);
        delete(key); // perhaps of nothing
      }
      states.put(revision(), shown(model));
      if (random.nextInt(100) == 0) {
        compacted = Math.max(compacted, revision() - random.nextInt(30));
        store.compact(compacted);
      }
    }
    for (Map.Entry<Long, List<String>> state : states.entrySet()) {
      checkState(state.getKey(), compacted, state.getValue(), name);
    }
  }

  private void checkState(long revision, long compacted, List<String> expected, String name) {
    if (revision < compacted) {
      assertThat(store.range(FIRST, LAST, revision, 0)).isInstanceOf(Range.Compacted.class);
    } else {
      assertThat(state(revision)).as("%s at revision %d", name, revision).isEqualTo(expected);
    }
  }

  private static void remember(Map<String, String> model, String shown) {
    String[] parts = shown.split("=", 2);
    model.put(parts[0], parts[1]);
  }

  private static List<String> shown(Map<String, String> model) {
    return model.entrySet().stream().map(Map.Entry::toString).toList();
  }
}
