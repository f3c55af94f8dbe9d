package io.tiphys.store.rocksdb;

import java.nio.file.Path;

/** Where the tests keep what they share. */
final class TestFolders {
  /** The native library, unpacked by the first test. */
  static final Path NATIVE = Path.of("target", "native").toAbsolutePath();

  private TestFolders() {}
}
