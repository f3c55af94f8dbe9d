package io.tiphys.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store that fails when and how a test says so. */
public final class FaultyStore implements Store {
  private final Store store;
  private final Set<FaultyWatch> watches = ConcurrentHashMap.newKeySet();
  private final Queue<Range> ranges = new ConcurrentLinkedQueue<>();
  private final List<Integer> limits = Collections.synchronizedList(new ArrayList<>());
  private volatile @Nullable RuntimeException writing;
  private volatile @Nullable Runnable duringRange;
  private volatile Consumer<String> beforePut = _ -> {};

  public FaultyStore(Store store) {
    this.store = store;
  }

  /** From now on every write fails so; null: none. */
  public void failWrites(@Nullable RuntimeException failure) {
    writing = failure;
  }

  /** What happens in the instant before a key is written. */
  public void beforePut(Consumer<String> action) {
    beforePut = action;
  }

  /** What happens while the next range is read. */
  public void duringNextRange(Runnable action) {
    duringRange = action;
  }

  /** The next reads of ranges find these instead. */
  public void nextRanges(Range... answers) {
    ranges.addAll(List.of(answers));
  }

  /** Every open watch fails so, as soon as it is read. */
  public void failWatches(RuntimeException failure) {
    for (FaultyWatch watch : watches) {
      watch.failure = failure;
      watch.watch.close();
    }
  }

  /** The limits of all reads of ranges since this was asked last. */
  public List<Integer> limits() {
    synchronized (limits) {
      List<Integer> seen = List.copyOf(limits);
      limits.clear();
      return seen;
    }
  }

  private void failWriting() {
    RuntimeException failure = writing;
    if (failure != null) {
      throw failure;
    }
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
    beforePut.accept(key);
    failWriting();
    return store.put(key, value, expected, timeToLive, conditions);
  }

  @Override
  public Outcome delete(String key, long expected) {
    failWriting();
    return store.delete(key, expected);
  }

  @Override
  public @Nullable Entry get(String key) {
    return store.get(key);
  }

  @Override
  public Range range(String from, String to, long revision, int limit) {
    limits.add(limit);
    Range answer = ranges.poll();
    Range found = answer == null ? store.range(from, to, revision, limit) : answer;
    Runnable action = duringRange;
    duringRange = null;
    if (action != null) {
      action.run();
    }
    return found;
  }

  @Override
  public Watch watch(String from, String to, long afterRevision) {
    FaultyWatch watch = new FaultyWatch(store.watch(from, to, afterRevision));
    watches.add(watch);
    return watch;
  }

  @Override
  public void compact(long revision) {
    store.compact(revision);
  }

  @Override
  public void close() {
    store.close();
  }

  private final class FaultyWatch implements Watch {
    private final Watch watch;
    private volatile @Nullable RuntimeException failure;

    FaultyWatch(Watch watch) {
      this.watch = watch;
    }

    @Override
    public @Nullable List<Event> next() throws InterruptedException {
      List<Event> events = watch.next();
      RuntimeException fails = failure;
      if (fails != null) {
        throw fails;
      }
      return events;
    }

    @Override
    public void close() {
      watches.remove(this);
      watch.close();
    }
  }
}
