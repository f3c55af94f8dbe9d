package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.testing.ManualClock;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Entry;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of the write-ahead log is torn, as a power cut in the middle of a write leaves it. */
class TornLogTest {
  private static final int WRITES = 50;
  private static final int VALUE_BYTES = 1000;

  @TempDir Path folder;

  @Test
  void aLogCutShortLosesOnlyItsEnd() throws Exception {
    for (int cut = 1; cut < 3 * VALUE_BYTES; cut += 499) {
      Path one = folder.resolve("cut" + cut);
      fill(one);
      Path log = lastLog(one);
      try (var file = new RandomAccessFile(log.toFile(), "rw")) {
        file.setLength(file.length() - cut);
      }
      long lost = checkPrefix(one);
      assertThat(lost).as("cut of %d bytes", cut).isBetween(1L, 1L + cut / VALUE_BYTES);
    }
  }

  @Test
  void garbageAndZerosBehindTheLogLoseNothing() throws Exception {
    byte[] garbage = new byte[5000];
    new Random(7).nextBytes(garbage);
    for (byte[] tail : new byte[][] {garbage, new byte[5000]}) {
      Path one = folder.resolve("tail" + tail[0]);
      fill(one);
      Path log = lastLog(one);
      try (var file = new RandomAccessFile(log.toFile(), "rw")) {
        file.seek(file.length());
        file.write(tail);
      }
      assertThat(checkPrefix(one)).isZero();
    }
  }

  @Test
  void aLastRecordOfWhichSomePagesAreMissingIsLostWhole() throws Exception {
    Path one = folder.resolve("hole");
    fill(one);
    try (var file = new RandomAccessFile(lastLog(one).toFile(), "rw")) {
      file.seek(file.length() - VALUE_BYTES / 2);
      file.write(new byte[100]);
    }
    assertThat(checkPrefix(one)).isEqualTo(1);
  }

  private static void fill(Path folder) {
    try (Store store =
        RocksStore.open(folder, TestFolders.NATIVE, new ManualClock(), TestFolders.LOOPS)) {
      for (int i = 0; i < WRITES; i++) {
        store.put("key" + i, value(i), Store.ABSENT);
      }
    }
  }

  /** Checks that a prefix of the writes is there, and goes on; returns how many were lost. */
  private static long checkPrefix(Path folder) {
    try (Store store =
        RocksStore.open(folder, TestFolders.NATIVE, new ManualClock(), TestFolders.LOOPS)) {
      long kept = store.readIndex().join() - 1;
      for (int i = 0; i < WRITES; i++) {
        Entry entry = store.get("key" + i);
        if (i < kept) {
          assertThat(Objects.requireNonNull(entry).value()).isEqualTo(value(i));
        } else {
          assertThat(entry).isNull();
        }
      }
      assertThat(store.put("next", value(0), Store.ABSENT))
          .isEqualTo(new Store.Outcome.Committed(kept + 2));
      return WRITES - kept;
    }
  }

  private static byte[] value(int number) {
    return Integer.toString(number).repeat(VALUE_BYTES).substring(0, VALUE_BYTES).getBytes(UTF_8);
  }

  private static Path lastLog(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("db"))) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .max(Comparator.comparing(Path::toString))
          .orElseThrow();
    }
  }
}
