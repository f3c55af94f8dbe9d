package io.tiphys.store.rocksdb;

/**
 * A platform thread of the store's own: what it does blocks inside RocksDB, where it would hold a
 * carrier of virtual threads.
 */
final class Worker {
  private final Thread thread;

  Worker(String name, Runnable work) {
    thread = Thread.ofPlatform().name(name).daemon().start(work);
  }

  /** Interrupts the thread and waits for its end, even when interrupted oneself. */
  void stop() {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
