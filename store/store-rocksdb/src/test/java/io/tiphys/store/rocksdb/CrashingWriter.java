package io.tiphys.store.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.SystemClock;
import io.tiphys.store.Store;
import io.tiphys.store.Store.Outcome;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A process that writes until it is killed and prints "revision writer operation ." for every
 * acknowledged write. Each writer follows a script of its own, known in advance.
 */
public final class CrashingWriter {
  static final int WRITERS = 8;

  private static final int VALUE_REPEATS = 200;

  private CrashingWriter() {}

  /**
   * @param args the store's folder, a name for this life of the process, and whether to compact
   */
  public static void main(String[] args) {
    var out = new PrintStream(System.out, true, UTF_8);
    boolean compacting = Boolean.parseBoolean(args[2]);
    try (Store store =
            RocksStore.open(
                Path.of(args[0]), TestFolders.NATIVE, new SystemClock(), TestFolders.LOOPS);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int w = 0; w < WRITERS; w++) {
        String writer = writer(args[1], w);
        threads.execute(() -> write(store, writer, compacting, out));
      }
    }
  }

  private static void write(Store store, String writer, boolean compacting, PrintStream out) {
    for (int n = 0; ; n++) {
      Operation operation = operation(writer, n);
      byte[] value = operation.value();
      Outcome outcome =
          value == null
              ? store.commit(Store.Txn.delete(operation.key()))
              : store.commit(Store.Txn.put(operation.key(), value, null));
      long revision = ((Outcome.Committed) outcome).revision();
      out.println(revision + " " + writer + " " + n + " .");
      if (compacting && n % 50 == 49) {
        store.compact(revision - 20);
      }
    }
  }

  static String writer(String life, int number) {
    return life + "-" + number;
  }

  /** Writer's n-th operation, in threes: a new key, the writer's lasting key, delete an old key. */
  static Operation operation(String writer, int n) {
    int step = n / 3;
    byte[] value = (writer + ":" + step + ";").repeat(VALUE_REPEATS).getBytes(UTF_8);
    return switch (n % 3) {
      case 0 -> new Operation(writer + "/" + step, value);
      case 1 -> new Operation(writer, value);
      default ->
          step % 2 == 0
              ? new Operation(writer + "/" + step, null)
              : new Operation(writer + "/last", value);
    };
  }

  /**
   * A write of the script.
   *
   * @param value null: the key is deleted
   */
  record Operation(String key, byte @Nullable [] value) {}
}
