package io.tiphys.store.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Range;
import io.tiphys.store.StoreException;
import io.tiphys.store.Watch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk fills up under the store, and space is freed again. */
class FullDiskTest {
  private static final int VALUE_BYTES = 20_000;

  @TempDir Path folder;
  private Path disk;
  private final ManualClock clock = new ManualClock();
  private final Random random = new Random(3);

  @BeforeEach
  void mountSmallDisk() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.toString()) == 0;
    assumeTrue(mounted, "a small file system can be mounted only by root");
  }

  @AfterEach
  void unmount() throws Exception {
    run("umount", disk.toString());
  }

  @Test
  void writesFailClearlyReadsGoOnAndWritesComeBack() throws Exception {
    Path ballast = disk.resolve("ballast");
    long written;
    try (Store store =
            RocksStore.open(disk.resolve("store"), TestFolders.NATIVE, clock, TestFolders.LOOPS);
        Watch watch = store.watch("\u0001", "\uffff", 1)) {
      fill(ballast, 30 << 20);

      StoreException failure = writeUntilFull(store);

      assertThat(failure).hasMessageContaining("no space left").hasMessageContaining("free some");
      long full = store.readIndex().join();
      checkAll(store, full);
      assertThatThrownBy(() -> put(store, "more")).hasMessageContaining("no space left");
      clock.advance(Duration.ofSeconds(2));
      assertThatThrownBy(() -> put(store, "more")).hasMessageContaining("no space left");
      checkAll(store, full);

      Files.delete(ballast);
      clock.advance(Duration.ofSeconds(2));
      put(store, "again");

      written = store.readIndex().join();
      checkAll(store, written);
      checkEvents(watch, written);
    }
    try (Store store =
        RocksStore.open(disk.resolve("store"), TestFolders.NATIVE, clock, TestFolders.LOOPS)) {
      assertThat(store.readIndex().join()).isEqualTo(written);
      checkAll(store, written);
    }
  }

  private StoreException writeUntilFull(Store store) {
    while (true) {
      try {
        put(store, "key" + store.readIndex().join());
      } catch (StoreException e) {
        return e;
      }
    }
  }

  private void put(Store store, String key) {
    byte[] value = new byte[VALUE_BYTES];
    random.nextBytes(value);
    store.put(key, value, Store.ABSENT);
  }

  /** Every write made a key of its own. */
  private static void checkAll(Store store, long revision) {
    var page = (Range.Page) store.range("\u0001", "\uffff", Store.NEWEST, 0);
    assertThat(page.revision()).isEqualTo(revision);
    assertThat(page.entries()).hasSize((int) revision - 1);
  }

  private static void checkEvents(Watch watch, long last) throws InterruptedException {
    List<Long> revisions = new ArrayList<>();
    while (revisions.size() < last - 1) {
      for (Event event : ((Watch.Batch) watch.next()).events()) {
        revisions.add(event.entry().modRevision());
      }
    }
    for (int i = 0; i < revisions.size(); i++) {
      assertThat(revisions.get(i)).isEqualTo(i + 2);
    }
  }

  private static void fill(Path file, int bytes) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(new byte[bytes]);
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
  }
}
