package io.tiphys.store.rocksdb;

import io.tiphys.base.SystemClock;
import io.tiphys.store.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;

/**
 * Synced commits a second with 1 and with 32 writers, opening time, memory and reads. Run by hand;
 * the README says how.
 */
public final class CommitBenchmark {
  private static final Duration RUN = Duration.ofSeconds(5);
  private static final int VALUE_BYTES = 1024;
  private static final int KEYS = 5000;
  private static final SystemClock CLOCK = new SystemClock();

  private CommitBenchmark() {}

  /**
   * @param args a folder on the disk to measure, which need not exist
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Path nativeFolder = folder.resolve("native");
    open(folder, nativeFolder, "first").close();
    try (RocksStore store = open(folder, nativeFolder, "second")) {
      for (int writers : new int[] {1, 32, 1, 32}) {
        commits(store, writers);
      }
      reads(store);
      store.compact(store.readIndex().join());
      store.awaitSwept();
      System.out.println("resident: " + residentMegabytes() + " MB");
    }
    open(folder, nativeFolder, "last").close();
  }

  private static RocksStore open(Path folder, Path nativeFolder, String which) {
    long start = CLOCK.nanoTime();
    RocksStore store =
        RocksStore.open(folder.resolve("store"), nativeFolder, CLOCK, TestFolders.LOOPS);
    System.out.printf("%s opening: %.1f ms%n", which, (CLOCK.nanoTime() - start) / 1e6);
    return store;
  }

  private static void commits(RocksStore store, int writers) {
    var commits = new LongAdder();
    long start = CLOCK.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int w = 0; w < writers; w++) {
        var random = new Random(w);
        threads.execute(
            () -> {
              byte[] value = new byte[VALUE_BYTES];
              while (CLOCK.nanoTime() - start < RUN.toNanos()) {
                random.nextBytes(value);
                String key = "/registry/pods/default/pod-" + random.nextInt(KEYS);
                store.commit(Store.Txn.put(key, value.clone(), null));
                commits.increment();
              }
            });
      }
    }
    double seconds = (CLOCK.nanoTime() - start) / 1e9;
    System.out.printf("%d writers: %.0f commits/s%n", writers, commits.sum() / seconds);
  }

  private static void reads(RocksStore store) {
    int gets = 20_000;
    long start = CLOCK.nanoTime();
    for (int i = 0; i < gets; i++) {
      store.get("/registry/pods/default/pod-" + i % KEYS);
    }
    System.out.printf("get: %.1f us%n", (CLOCK.nanoTime() - start) / 1e3 / gets);
    start = CLOCK.nanoTime();
    store.range("/registry/", "/registry0", Store.NEWEST, 0);
    System.out.printf("range of %d: %.1f ms%n", KEYS, (CLOCK.nanoTime() - start) / 1e6);
  }

  private static long residentMegabytes() throws Exception {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElse(0);
  }
}
