package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Entry;
import io.tiphys.store.Store.Range;
import io.tiphys.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store is when it is opened again, and who may open it. */
class ReopeningTest {
  @TempDir Path folder;
  private final ManualClock clock = new ManualClock();

  private RocksStore open() {
    return RocksStore.open(folder.resolve("store"), TestFolders.NATIVE, clock, TestFolders.LOOPS);
  }

  private static long put(Store store, String key, String value, @Nullable Duration timeToLive) {
    return ((Store.Outcome.Committed)
            store.commit(Store.Txn.put(key, value.getBytes(UTF_8), timeToLive)))
        .revision();
  }

  private static long put(Store store, String key, String value) {
    return put(store, key, value, null);
  }

  private static List<String> keys(Store store, long revision) {
    var page = (Range.Page) store.range("\u0001", "\uffff", revision, 0);
    return page.entries().stream().map(Entry::key).toList();
  }

  @Test
  void everythingIsThereAgain() {
    long middle;
    long last;
    try (Store store = open()) {
      put(store, "a", "1");
      middle = put(store, "b", "1");
      put(store, "a", "2");
      last = ((Store.Outcome.Committed) store.commit(Store.Txn.delete("b"))).revision();
    }
    try (Store store = open()) {
      assertThat(store.readIndex().join()).isEqualTo(last);
      assertThat(keys(store, middle)).containsExactly("a", "b");
      assertThat(keys(store, Store.NEWEST)).containsExactly("a");
      assertThat(put(store, "c", "1")).isEqualTo(last + 1);
    }
  }

  @Test
  void theRevisionSurvivesACompactionOfEverything() throws Exception {
    long last;
    try (RocksStore store = open()) {
      put(store, "a", "1");
      last = ((Store.Outcome.Committed) store.commit(Store.Txn.delete("a"))).revision();
      store.compact(last);
      store.awaitSwept();
    }
    try (Store store = open()) {
      assertThat(store.readIndex().join()).isEqualTo(last);
      assertThat(store.range("\u0001", "\uffff", last - 1, 0))
          .isEqualTo(new Store.Range.Compacted());
      assertThat(keys(store, Store.NEWEST)).isEmpty();
      assertThat(put(store, "a", "2")).isEqualTo(last + 1);
    }
  }

  @Test
  void timesToLiveGoOnWhileTheStoreIsClosed() {
    try (Store store = open()) {
      put(store, "short", "1", Duration.ofSeconds(10));
      put(store, "long", "1", Duration.ofSeconds(60));
      put(store, "revived", "1", Duration.ofSeconds(10));
      put(store, "revived", "2");
    }
    clock.advance(Duration.ofSeconds(20));
    try (Store store = open()) {
      clock.advance(Duration.ofMillis(1));
      assertThat(keys(store, Store.NEWEST)).containsExactly("long", "revived");
      clock.advance(Duration.ofSeconds(41));
      assertThat(keys(store, Store.NEWEST)).containsExactly("revived");
    }
  }

  @Test
  void sweepingLeavesOnlyWhatCanStillBeRead() throws Exception {
    try (RocksStore store = open()) {
      for (int i = 0; i < 300; i++) {
        put(store, "changed" + i % 10, "value");
        put(store, "gone" + i, "value");
        store.commit(Store.Txn.delete("gone" + i));
      }
      long last = put(store, "last", "value");
      store.compact(last - 1);
      store.awaitSwept();
      put(store, "changed0", "newest");
      assertThat(keys(store, last - 1)).hasSize(10);
    }
    assertThat(countPlaces()).isEqualTo(new Places(12, 2));
  }

  private Places countPlaces() {
    try (var database = new Database(folder.resolve("store/db"))) {
      return database.read(
          db -> {
            try (var cursor = new Cursor(db)) {
              int entries = 0;
              int logged = 0;
              for (byte[] p = cursor.seek(new byte[] {0}); p != null; p = cursor.next()) {
                entries += Layout.isEntry(p) ? 1 : 0;
                logged += Layout.isLog(p) ? 1 : 0;
              }
              return new Places(entries, logged);
            }
          });
    }
  }

  private record Places(int versions, int logged) {}

  @Test
  void aSecondOpeningIsRefusedUntilTheFirstIsClosed() {
    try (Store store = open()) {
      put(store, "a", "1");
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("in use by process " + ProcessHandle.current().pid())
          .hasMessageContaining("stop that one first");
      put(store, "a", "2");
    }
    open().close();
  }

  @Test
  void aSecondProcessIsRefused() throws Exception {
    try (Store store = open()) {
      put(store, "a", "1");
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  CrashingWriter.class.getName(),
                  folder.resolve("store").toString(),
                  "second",
                  "false")
              .redirectErrorStream(true)
              .start();
      String output = new String(other.getInputStream().readAllBytes(), UTF_8);
      assertThat(other.waitFor()).isNotZero();
      assertThat(output).contains("in use by process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void aNewerFormatIsRefused() throws Exception {
    open().close();
    Files.writeString(folder.resolve("store/format"), "tiphys-store 3\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("format 3, written by a newer Tiphys");
    Files.writeString(folder.resolve("store/format"), "something else\n");
    assertThatThrownBy(this::open).hasMessageContaining("does not name the format");
    Files.delete(folder.resolve("store/format"));
    assertThatThrownBy(this::open).hasMessageContaining("not a whole Tiphys store");
  }

  @Test
  void theNativeLibraryIsUnpackedOnce() throws Exception {
    Path natives = folder.resolve("native");
    NativeLibrary.load(natives);
    Path library = onlyFile(natives);
    FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(library, old);
    NativeLibrary.load(natives);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(old);

    Files.write(library, new byte[10]);
    NativeLibrary.load(natives);
    assertThat(Files.size(onlyFile(natives))).isGreaterThan(1 << 20);
  }

  private static Path onlyFile(Path folder) throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> found = files.filter(Files::isRegularFile).toList();
      assertThat(found).hasSize(1);
      return found.getFirst();
    }
  }
}
