package io.tiphys.store.rocksdb;

import io.tiphys.base.Clock;
import io.tiphys.store.Store.Event;
import io.tiphys.store.Store.Outcome;
import io.tiphys.store.Store.Txn;
import io.tiphys.store.StoreException;
import io.tiphys.store.engine.History;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Gives revisions and makes them known: each group of writes goes to the disk, then to those who
 * follow. After a failed write it commits nothing more until the database was opened anew and what
 * is really on the disk was read back. Commits are made by the committer's thread only.
 */
final class CommitSequence implements Committer.Step {
  private static final System.Logger LOG = System.getLogger(CommitSequence.class.getName());

  /** Opening a database anew costs some milliseconds: not more often than this. */
  private static final Duration REPAIR_PAUSE = Duration.ofSeconds(1);

  private final Clock clock;
  private final Database database;
  private final Consumer<WriteBatch> disk;
  private final RocksHistory history;
  private final LongSupplier compacted;
  private final Followers followers;

  /** Raised when a group is on the disk; readers see nothing beyond it. */
  private volatile long revision;

  private @Nullable StoreException doubt;
  private long repairedNanos;

  /**
   * @param disk makes a batch of the database durable
   */
  CommitSequence(
      Clock clock,
      Database database,
      Consumer<WriteBatch> disk,
      RocksHistory history,
      LongSupplier compacted,
      Followers followers) {
    this.clock = clock;
    this.database = database;
    this.disk = disk;
    this.history = history;
    this.compacted = compacted;
    this.followers = followers;
    this.revision = lastRevision();
    this.repairedNanos = clock.nanoTime() - REPAIR_PAUSE.toNanos();
  }

  long revision() {
    return revision;
  }

  @Override
  public List<Outcome> commit(List<Txn> txns) {
    repair();
    try (Group group = gather(txns)) {
      if (!group.events().isEmpty()) {
        write(group);
        publish(group.events(), group.lifetimes());
      }
      return group.outcomes();
    }
  }

  private Group gather(List<Txn> txns) {
    return database.read(
        db -> {
          try (var cursor = new Cursor(db)) {
            var group = new Group(revision, clock.now(), cursor);
            try {
              for (Txn txn : txns) {
                group.add(txn);
              }
              return group;
            } catch (RocksDBException | RuntimeException e) {
              group.close();
              throw e;
            }
          }
        });
  }

  private void write(Group group) {
    try {
      disk.accept(group.batch());
    } catch (RuntimeException | Error e) {
      doubt = e instanceof StoreException known ? known : new StoreException("a write failed", e);
      LOG.log(
          System.Logger.Level.WARNING, "the store takes no writes for now: {0}", e.getMessage());
      throw e;
    }
  }

  private void publish(List<Event> events, Collection<Lifetime> lifetimes) {
    revision = events.getLast().revision();
    followers.follow(events, lifetimes);
  }

  /** Finds out what became of a write that failed. */
  private void repair() {
    if (doubt == null) {
      return;
    }
    if (clock.nanoTime() - repairedNanos < REPAIR_PAUSE.toNanos()) {
      throw doubt;
    }
    repairedNanos = clock.nanoTime();
    try {
      database.reopen();
    } catch (StoreException e) {
      doubt = e;
      throw e;
    }
    long last = lastRevision();
    while (revision < last) {
      History.Slice slice = history.changes(_ -> true, revision, last);
      publish(slice.events(), lifetimes());
    }
    doubt = null;
  }

  /** The log knows the last revision, unless all of it is compacted. */
  private long lastRevision() {
    return database.read(
        db -> {
          try (var log = new Cursor(db)) {
            byte[] place = log.seekBack(Layout.log(Long.MAX_VALUE));
            long logged = place != null && Layout.isLog(place) ? Layout.logRevision(place) : 1;
            return Math.max(logged, compacted.getAsLong());
          }
        });
  }

  /** All keys that end. */
  List<Lifetime> lifetimes() {
    return database.read(
        db -> {
          List<Lifetime> lifetimes = new ArrayList<>();
          try (var cursor = new Cursor(db)) {
            byte[] place = cursor.seek(Layout.FIRST_MORTAL);
            while (place != null && Layout.isMortal(place)) {
              lifetimes.add(Lifetime.decode(place, cursor.value()));
              place = cursor.next();
            }
          }
          return lifetimes;
        });
  }

  /** Those who learn what was committed. */
  @FunctionalInterface
  interface Followers {
    /**
     * @param events what changed, following on what was told before
     * @param lifetimes keys that end, those of the events among them
     */
    void follow(List<Event> events, Collection<Lifetime> lifetimes);
  }
}
