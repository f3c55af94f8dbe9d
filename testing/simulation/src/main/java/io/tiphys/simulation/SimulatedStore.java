package io.tiphys.simulation;

import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.Watch;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The store as one API server has it: slow at times, full at times, and seen by others. */
final class SimulatedStore implements Store {
  /** A store answers within a millisecond. */
  private static final int STORE_NANOS = 1_000_000;

  private final Store store;
  private final SimulatedProcess disk;
  private final SimulatedProcess process;
  private final Faults faults;
  private final Commits commits;
  private final boolean shared;
  private final Set<Watch> watches = new LinkedHashSet<>();

  /**
   * @param disk on which the store's own threads are
   * @param process the API server's
   * @param shared other servers write to it too
   */
  SimulatedStore(
      Store store,
      SimulatedProcess disk,
      SimulatedProcess process,
      Faults faults,
      Commits commits,
      boolean shared) {
    this.shared = shared;
    this.store = store;
    this.disk = disk;
    this.process = process;
    this.faults = faults;
    this.commits = commits;
  }

  /** As of a store elsewhere: the answer takes its time. */
  @Override
  public CompletableFuture<Long> readIndex() {
    if (!shared) {
      return store.readIndex();
    }
    CompletableFuture<Long> index = new CompletableFuture<>();
    process.schedule(
        Duration.ofNanos(process.random().nextInt(STORE_NANOS)),
        () -> index.complete(store.readIndex().join()));
    return index;
  }

  @Override
  public OptionalLong revisionAtHand() {
    return shared ? OptionalLong.empty() : store.revisionAtHand();
  }

  @Override
  public Outcome commit(Txn txn) {
    before();
    Outcome outcome = store.commit(txn);
    if (outcome instanceof Outcome.Committed(long revision)) {
      for (Put put : txn.puts()) {
        commits.put(revision, put.key(), put.value());
      }
      for (String key : txn.deletes()) {
        commits.deleted(revision, key);
      }
      after();
    }
    return outcome;
  }

  private void before() {
    pause();
    if (Faults.strikes(faults.refusedWrites, process.random())) {
      throw new StoreException("no space left on device");
    }
  }

  private void after() {
    pause();
    if (Faults.strikes(faults.doubtfulWrites, process.random())) {
      throw new StoreException(
          StoreException.Reason.UNKNOWN, "the write may have been made or not");
    }
  }

  private void pause() {
    try {
      process.sleep(Duration.ofNanos(process.random().nextInt(STORE_NANOS)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public @Nullable Entry get(String key) {
    return store.get(key);
  }

  @Override
  public Range range(String from, String to, long revision, int limit) {
    return store.range(from, to, revision, limit);
  }

  @Override
  public Watch watch(String from, String to, long afterRevision) {
    Watch watch = new DiskWatch(store.watch(from, to, afterRevision), disk, faults);
    watches.add(watch);
    return new BreakingWatch(watch);
  }

  @Override
  public void compact(long revision) {
    store.compact(revision);
  }

  /** Gives back what a killed server held; the store itself goes on. */
  @Override
  public void close() {
    List.copyOf(watches).forEach(Watch::close);
  }

  private final class BreakingWatch implements Watch {
    private final Watch watch;

    BreakingWatch(Watch watch) {
      this.watch = watch;
    }

    @Override
    public Next next() throws InterruptedException {
      Next next = watch.next();
      return Faults.strikes(faults.brokenFeeds, process.random())
          ? new Lost("the store's watch broke")
          : next;
    }

    @Override
    public void requestProgress() {
      watch.requestProgress();
    }

    @Override
    public void close() {
      watches.remove(watch);
      watch.close();
    }
  }
}
