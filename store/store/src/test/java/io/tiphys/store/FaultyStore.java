package io.tiphys.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
  private volatile boolean answersLost;
  private volatile boolean remote;

  public FaultyStore(Store store) {
    this.store = store;
  }

  /** From now on every write fails so, without having happened; null: none. */
  public void failWrites(@Nullable RuntimeException failure) {
    writing = failure;
  }

  /** From now on writes happen, but nobody learns that they did. */
  public void loseAnswers(boolean lost) {
    answersLost = lost;
  }

  /** From now on the store must be asked how far it has come, as one that others write to. */
  public void beRemote() {
    remote = true;
  }

  /** What happens in the instant before a key is written: a delay, or what others do meanwhile. */
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

  /** Every open watch ends so. */
  public void endWatches(Watch.Next end) {
    for (FaultyWatch watch : watches) {
      watch.end = end;
      watch.watch.close();
    }
  }

  /** Every open watch breaks so, which no store is allowed. */
  public void breakWatches(RuntimeException failure) {
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

  @Override
  public CompletableFuture<Long> readIndex() {
    return store.readIndex();
  }

  @Override
  public OptionalLong revisionAtHand() {
    return remote ? OptionalLong.empty() : store.revisionAtHand();
  }

  @Override
  public Outcome commit(Txn txn) {
    txn.puts().forEach(put -> beforePut.accept(put.key()));
    RuntimeException failure = writing;
    if (failure != null) {
      throw failure;
    }
    Outcome outcome = store.commit(txn);
    if (answersLost) {
      throw new StoreException(StoreException.Reason.UNKNOWN, "the answer was lost");
    }
    return outcome;
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
    private volatile @Nullable Next end;
    private volatile @Nullable RuntimeException failure;

    FaultyWatch(Watch watch) {
      this.watch = watch;
    }

    @Override
    public Next next() throws InterruptedException {
      Next next = watch.next();
      RuntimeException fails = failure;
      if (fails != null) {
        throw fails;
      }
      Next ends = end;
      return ends == null ? next : ends;
    }

    @Override
    public void requestProgress() {
      watch.requestProgress();
    }

    @Override
    public void close() {
      watches.remove(this);
      watch.close();
    }
  }
}
