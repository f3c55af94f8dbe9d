package io.tiphys.store;

/** The in-memory form under the contract. */
class MemoryStoreTest extends StoreContract {
  @Override
  protected Store open() {
    return new MemoryStore(clock);
  }
}
