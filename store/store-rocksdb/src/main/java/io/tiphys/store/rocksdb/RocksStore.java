package io.tiphys.store.rocksdb;

import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Loops;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.Watch;
import io.tiphys.store.engine.ChangeFeed;
import io.tiphys.store.engine.Expirations;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The embedded durable store. A write goes through the {@link Committer}'s queue and the {@link
 * CommitSequence} onto the disk, to the watchers and back to its writer, in this order; a {@link
 * Reader} walks over RocksDB directly and sees what is published. {@link Layout} says how things
 * lie there.
 */
public final class RocksStore implements Store {
  private final Clock clock;
  private final Closer closer;
  private final Database database;
  private final Reader reader;
  private final CommitSequence commits;
  private final ChangeFeed feed;
  private final Expirations expirations;
  private final Sweeper sweeper;
  private final Committer committer;
  private final Object compacting = new Object();
  private volatile long compacted;
  private volatile boolean closed;

  private RocksStore(StoreFolder folder, Clock clock, Loops loops, Closer closer) {
    this.clock = clock;
    this.closer = closer;
    database = closer.add(new Database(folder.database()));
    compacted = mark(Layout.COMPACTED);
    var history = new RocksHistory(database, () -> compacted);
    commits =
        new CommitSequence(
            clock, database, database::writeSynced, history, () -> compacted, this::follow);
    reader = new Reader(database, commits::revision, () -> compacted);
    feed = closer.add(new ChangeFeed(history, commits.revision()));
    sweeper = closer.add(new Sweeper(database, mark(Layout.SWEPT), compacted, loops));
    committer = closer.add(new Committer(commits, loops));
    expirations = closer.add(new Expirations(clock, this::delete));
    commits.lifetimes().forEach(this::expire);
  }

  /**
   * Opens the store in {@code folder}, made if need be.
   *
   * @param nativeFolder where RocksDB's native library is unpacked once; stores may share it
   * @throws StoreException when another process has it open, or a newer version wrote it
   */
  public static RocksStore open(Path folder, Path nativeFolder, Clock clock, Loops loops) {
    var closer = new Closer();
    try {
      StoreFolder held = closer.add(StoreFolder.open(folder));
      NativeLibrary.load(nativeFolder);
      return new RocksStore(held, clock, loops, closer);
    } catch (RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private long mark(byte[] name) {
    return database.read(
        db -> {
          byte[] stored = db.get(name);
          return stored == null ? 0L : Layout.number(stored);
        });
  }

  /** Called by the ledger for everything committed, in order. */
  private void follow(List<Event> events, Collection<Lifetime> lifetimes) {
    feed.publish(events, events.getLast().revision());
    for (Event event : events) {
      expirations.set(event.key(), event.revision(), null);
    }
    lifetimes.forEach(this::expire);
  }

  private void expire(Lifetime lifetime) {
    expirations.set(lifetime.key(), lifetime.revision(), lifetime.remaining(clock.now()));
  }

  @Override
  public CompletableFuture<Long> readIndex() {
    return CompletableFuture.completedFuture(commits.revision());
  }

  @Override
  public OptionalLong revisionAtHand() {
    return OptionalLong.of(commits.revision());
  }

  @Override
  public Outcome commit(Txn txn) {
    return committer.commit(txn);
  }

  @Override
  public @Nullable Entry get(String key) {
    return reader.get(key);
  }

  @Override
  public Range range(String from, String to, long revision, int limit) {
    return reader.range(from, to, revision, limit);
  }

  @Override
  public Watch watch(String from, String to, long afterRevision) {
    checkOpen();
    return feed.watch(from, to, afterRevision);
  }

  @Override
  public void compact(long revision) {
    checkOpen();
    synchronized (compacting) {
      long current = commits.revision();
      if (revision > current) {
        throw new StoreException(
            "revision " + revision + " is a future one: the last is " + current);
      }
      if (revision > compacted) {
        raise(revision);
        sweeper.sweep(revision);
      }
    }
  }

  private void raise(long revision) {
    database.writeSynced(Layout.COMPACTED, Layout.number(revision));
    compacted = revision;
  }

  /** Waits until the space of all compacted revisions is given back to RocksDB. */
  void awaitSwept() throws InterruptedException {
    sweeper.awaitIdle();
  }

  private void checkOpen() {
    if (closed) {
      throw StoreException.closed();
    }
  }

  @Override
  public void close() {
    closed = true;
    closer.close();
  }
}
