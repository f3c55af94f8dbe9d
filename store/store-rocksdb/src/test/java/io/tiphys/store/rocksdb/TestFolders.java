package io.tiphys.store.rocksdb;

import io.tiphys.base.Loops;
import io.tiphys.base.SystemClock;
import java.nio.file.Path;
import java.util.Random;

/** What the tests share. */
final class TestFolders {
  /** The native library, unpacked by the first test. */
  static final Path NATIVE = Path.of("target", "native").toAbsolutePath();

  static final Loops LOOPS = new Loops(new SystemClock(), new Random(1));

  private TestFolders() {}
}
