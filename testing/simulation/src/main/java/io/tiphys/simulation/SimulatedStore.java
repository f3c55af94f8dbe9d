package io.tiphys.simulation;

import io.tiphys.simulation.runtime.SimulatedProcess;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The store as one API server has it: slow at times, full at times, and seen by others. */
final class SimulatedStore implements Store {
  private final Store store;
  private final SimulatedProcess disk;
  private final SimulatedProcess process;
  private final Faults faults;
  private final Commits commits;
  private final Set<Watch> watches = new LinkedHashSet<>();

  /**
   * @param disk on which the store's own threads are
   * @param process the API server's
   */
  SimulatedStore(
      Store store,
      SimulatedProcess disk,
      SimulatedProcess process,
      Faults faults,
      Commits commits) {
    this.store = store;
    this.disk = disk;
    this.process = process;
    this.faults = faults;
    this.commits = commits;
  }

  @Override
  public long revision() {
    return store.revision();
  }

  @Override
  public long compactedRevision() {
    return store.compactedRevision();
  }

  @Override
  public Outcome put(
      String key,
      byte[] value,
      long expected,
      @Nullable Duration timeToLive,
      List<Condition> conditions) {
    before();
    Outcome outcome = store.put(key, value, expected, timeToLive, conditions);
    if (outcome instanceof Outcome.Committed(long revision, @Nullable Entry previous)) {
      commits.put(revision, key, value, previous);
      after();
    }
    return outcome;
  }

  @Override
  public Outcome delete(String key, long expected) {
    before();
    Outcome outcome = store.delete(key, expected);
    if (outcome instanceof Outcome.Committed(long revision, @Nullable Entry previous)) {
      commits.deleted(revision, key, previous);
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
      throw new StoreException("the write may have been made or not");
    }
  }

  private void pause() {
    try {
      process.sleep(Duration.ofNanos(process.random().nextInt(1_000_000)));
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
    Watch watch = new DiskWatch(store.watch(from, to, afterRevision), disk);
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
    public @Nullable List<Event> next() throws InterruptedException {
      List<Event> events = watch.next();
      if (Faults.strikes(faults.brokenFeeds, process.random())) {
        throw new StoreException("the store's watch broke");
      }
      return events;
    }

    @Override
    public void close() {
      watches.remove(watch);
      watch.close();
    }
  }
}
