package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Range;
import io.tiphys.store.Watch;
import io.tiphys.store.rocksdb.CrashingWriter.Operation;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process is killed in the middle of writing, again and again. Every write it was told to be done
 * is there afterwards, whole and at the revision it was told, and nothing else but what was on its
 * way: per writer at most the one operation that follows its last acknowledged one.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class CrashTest {
  private static final int LIVES = 4;
  private static final int MOST_WRITES = 1500;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatWasAcknowledgedSurvivesAKill(boolean compacting) throws Exception {
    var random = new Random(compacting ? 1 : 2);
    long before = 1;
    for (int life = 0; life < LIVES; life++) {
      String name = "life" + life;
      List<Ack> acks = writeUntilKilled(name, compacting, 1 + random.nextInt(MOST_WRITES));
      try (Store store =
          RocksStore.open(folder, TestFolders.NATIVE, new ManualClock(), TestFolders.LOOPS)) {
        assertThat(acks).allMatch(ack -> ack.revision <= store.readIndex().join());
        checkRevisions(acks, before, store.readIndex().join());
        for (int w = 0; w < CrashingWriter.WRITERS; w++) {
          checkState(store, CrashingWriter.writer(name, w), acks);
        }
        if (!compacting) {
          checkHistory(store, before, acks);
        }
        before = store.readIndex().join();
      }
    }
  }

  private List<Ack> writeUntilKilled(String life, boolean compacting, int writes) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriter.class.getName(),
                folder.toString(),
                life,
                Boolean.toString(compacting))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<Ack> acks = new ArrayList<>();
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.endsWith(" .")) {
          acks.add(Ack.parse(line));
        }
        if (acks.size() == writes) {
          // Unlike Process.destroyForcibly this leaves the pipe open: what was told still counts.
          process.toHandle().destroyForcibly();
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(acks).as("the writer ran until it was killed").hasSizeGreaterThanOrEqualTo(writes);
    return acks;
  }

  /** No revision was given twice, and none is missing but for writes on their way. */
  private static void checkRevisions(List<Ack> acks, long before, long last) {
    List<Long> revisions = acks.stream().map(Ack::revision).sorted().toList();
    assertThat(revisions).doesNotHaveDuplicates();
    assertThat(revisions.getFirst()).isGreaterThan(before);
    assertThat(last - before - acks.size()).isBetween(0L, (long) CrashingWriter.WRITERS);
  }

  private static void checkState(Store store, String writer, List<Ack> acks) {
    int done = (int) acks.stream().filter(ack -> ack.writer.equals(writer)).count();
    var found = (Range.Page) store.range(writer, writer + "0", Store.NEWEST, 0);
    Map<String, String> state = new TreeMap<>();
    for (Entry entry : found.entries()) {
      state.put(entry.key(), new String(entry.value(), UTF_8));
    }
    assertThat(state).isIn(stateAfter(writer, done), stateAfter(writer, done + 1));
  }

  private static Map<String, String> stateAfter(String writer, int operations) {
    Map<String, String> state = new TreeMap<>();
    for (int n = 0; n < operations; n++) {
      Operation operation = CrashingWriter.operation(writer, n);
      byte[] value = operation.value();
      if (value == null) {
        state.remove(operation.key());
      } else {
        state.put(operation.key(), new String(value, UTF_8));
      }
    }
    return state;
  }

  /** The history since the last life is the writers' scripts, interleaved, without a gap. */
  private static void checkHistory(Store store, long before, List<Ack> acks) throws Exception {
    Map<Long, Ack> byRevision = new HashMap<>();
    acks.forEach(ack -> byRevision.put(ack.revision, ack));
    Map<String, Integer> progress = new HashMap<>();
    long revision = before;
    try (Watch watch = store.watch("\u0001", "\uffff", before)) {
      while (revision < store.readIndex().join()) {
        for (Event event : ((Watch.Batch) watch.next()).events()) {
          assertThat(event.entry().modRevision()).isEqualTo(++revision);
          String writer = event.entry().key().replaceAll("/.*", "");
          int n = progress.merge(writer, 1, Integer::sum) - 1;
          checkEvent(event, CrashingWriter.operation(writer, n));
          Ack ack = byRevision.remove(revision);
          assertThat(ack).isIn(new Ack(revision, writer, n), null);
        }
      }
    }
    assertThat(byRevision).as("acknowledged but not in history").isEmpty();
  }

  private static void checkEvent(Event event, Operation operation) {
    assertThat(event.entry().key()).isEqualTo(operation.key());
    assertThat(event.deleted()).isEqualTo(operation.value() == null);
    byte[] expected = event.deleted() ? new byte[0] : operation.value();
    assertThat(Arrays.equals(event.entry().value(), expected)).isTrue();
  }

  private record Ack(long revision, String writer, int operation) {
    private static Ack parse(String line) {
      String[] parts = line.split(" ");
      return new Ack(Long.parseLong(parts[0]), parts[1], Integer.parseInt(parts[2]));
    }
  }
}
