package io.tiphys.store.rocksdb;

import io.tiphys.store.Store;
import io.tiphys.store.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The embedded form under the contract. */
class RocksStoreTest extends StoreContract {
  @TempDir Path folder;

  @Override
  protected Store open() {
    return RocksStore.open(folder, TestFolders.NATIVE, clock, TestFolders.LOOPS);
  }
}
