package io.tiphys.store.etcd;

import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Loops;
import io.tiphys.store.KeyOrder;
import io.tiphys.store.Store;
import io.tiphys.store.StoreException;
import io.tiphys.store.Watch;
import io.tiphys.store.engine.ChangeFeed;
import io.tiphys.store.etcd.Messages.RangeAnswer;
import io.tiphys.store.etcd.Messages.TxnAnswer;
import io.tiphys.store.etcd.grpc.GrpcException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The store on an etcd cluster. One watch of everything below the prefix feeds a {@link
 * ChangeFeed}, from which all watches are served, so that a slow reader costs etcd nothing. Reads
 * and transactions go to etcd; a transaction of which no answer came is looked for in the history.
 */
public final class EtcdStore implements Store {
  /** The first key that a store's user can have, and what comes after the last. */
  static final String FIRST = "\0";

  static final String LAST = "\udbff\udfff\udbff\udfff";

  /** Written to see a revision come by when nothing else does; nobody's key. */
  private static final String PROGRESS = "\0progress";

  /** Entries asked for at once at most, and of a range of which nothing is known yet. */
  private static final int CHUNK = 1000;

  private static final int FIRST_CHUNK = 50;

  /** What one answer should not be larger than, judged by the entries before: 50 of the largest. */
  private static final long CHUNK_BYTES = 64L << 20;

  private final Clock clock;
  private final Closer closer;
  private final EtcdClient client;
  private final Messages messages;
  private final EtcdHistory history;
  private final Leases leases;
  private final Doubt doubt;
  private final ReadIndex readIndex;
  private final ChangeFeed feed;
  private final Follower follower;
  private final Progress progress;
  private volatile boolean closed;

  private EtcdStore(EtcdConfig config, Clock clock, Loops loops, Closer closer) {
    this.closer = closer;
    this.clock = clock;
    client = closer.add(new EtcdClient(config, clock));
    messages = new Messages(config.prefix());
    history = new EtcdHistory(client, messages, clock);
    leases = new Leases(client, clock);
    doubt = new Doubt(history, this::get);
    feed = new ChangeFeed(history, touch());
    follower = closer.add(new Follower(client, messages, history, feed, this::touch, loops));
    progress = new Progress(this::touch, follower::whenReached);
    readIndex = closer.add(new ReadIndex(this::askRevision, loops));
    closer.add(feed);
  }

  /**
   * Connects to etcd.
   *
   * @throws StoreException when no server answers, or none lets us in
   */
  public static EtcdStore open(EtcdConfig config, Clock clock, Loops loops) {
    Closer closer = new Closer();
    try {
      return new EtcdStore(config, clock, loops, closer);
    } catch (RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private long askRevision() {
    return messages.rangeAnswer(ask(Messages.RANGE, messages.readIndex())).revision();
  }

  private byte[] ask(String method, byte[] request) {
    if (closed) {
      throw StoreException.closed();
    }
    try {
      return client.ask(method, request);
    } catch (GrpcException e) {
      throw closed ? StoreException.closed() : Failures.of(e);
    }
  }

  @Override
  public CompletableFuture<Long> readIndex() {
    return readIndex.ask();
  }

  @Override
  public OptionalLong revisionAtHand() {
    return OptionalLong.empty();
  }

  @Override
  public Outcome commit(Txn txn) {
    long before = feed.published();
    boolean doubtful = false;
    long began = clock.nanoTime();
    while (true) {
      try {
        TxnAnswer answer = commitOnce(txn);
        if (answer.succeeded()) {
          return new Outcome.Committed(answer.revision());
        }
        Outcome.Conflict conflict = conflict(txn, answer);
        return doubtful ? doubt.settle(txn, conflict, before) : conflict;
      } catch (GrpcException e) {
        if (closed) {
          throw StoreException.closed();
        }
        doubtful |= Failures.leavesDoubt(e);
        boolean late = clock.nanoTime() - began > EtcdClient.PATIENCE.toNanos();
        if (Failures.isLeaseGone(e) && !late) {
          leases.forget();
        } else if (!e.isUnclear() || late || (doubtful && !Doubt.canBeRepeated(txn))) {
          throw failed(e, doubtful);
        } else {
          pause(doubtful);
          OptionalLong done = doubtful ? found(txn, before) : OptionalLong.empty();
          if (done.isPresent()) {
            return new Outcome.Committed(done.getAsLong());
          }
        }
      }
    }
  }

  /** Whether a try happened of which no answer came; empty while nobody can say, too. */
  private OptionalLong found(Txn txn, long before) {
    try {
      return Doubt.isUndoneByOthers(txn) ? doubt.find(txn, before, touch()) : OptionalLong.empty();
    } catch (StoreException e) {
      if (e.reason() == StoreException.Reason.UNKNOWN) {
        throw e;
      }
      return OptionalLong.empty(); // the next try meets the same
    }
  }

  private static StoreException failed(GrpcException e, boolean doubtful) {
    return doubtful
        ? new StoreException(StoreException.Reason.UNKNOWN, "etcdserver: request timed out", e)
        : Failures.of(e);
  }

  private void pause(boolean doubtful) {
    try {
      client.pause();
    } catch (GrpcException interrupted) {
      throw failed(interrupted, doubtful);
    }
  }

  private TxnAnswer commitOnce(Txn txn) {
    if (closed) {
      throw StoreException.closed();
    }
    byte[] request = request(txn);
    return messages.txnAnswer(client.call(Messages.TXN, request));
  }

  private byte[] request(Txn txn) {
    try {
      return messages.txn(txn, put -> leases.leaseFor(put.timeToLive()));
    } catch (GrpcException e) {
      throw e.beforeSending();
    }
  }

  private static Outcome.Conflict conflict(Txn txn, TxnAnswer answer) {
    for (int i = 0; i < txn.compares().size(); i++) {
      Entry found = answer.found().get(i);
      if (!txn.compares().get(i).holds(found)) {
        return new Outcome.Conflict(txn.compares().get(i), found);
      }
    }
    throw new StoreException("etcd refused a transaction whose conditions hold");
  }

  @Override
  public @Nullable Entry get(String key) {
    List<Entry> found =
        messages.rangeAnswer(ask(Messages.RANGE, messages.get(KeyOrder.checked(key)))).entries();
    return found.isEmpty() ? null : found.getFirst();
  }

  @Override
  public Range range(String from, String to, long revision, int limit) {
    if (closed) {
      throw StoreException.closed();
    }
    if (KeyOrder.COMPARATOR.compare(from, to) >= 0) {
      return new Range.Page(List.of(), revision == NEWEST ? askRevision() : revision, 0);
    }
    try {
      return read(from, to, revision, limit);
    } catch (GrpcException e) {
      if (Failures.isCompacted(e)) {
        return new Range.Compacted();
      }
      if (Failures.isFuture(e)) {
        return new Range.Future();
      }
      throw closed ? StoreException.closed() : Failures.of(e);
    }
  }

  /** Reads in chunks that all show one state. */
  private Range.Page read(String from, String to, long revision, int limit) {
    List<Entry> entries = new ArrayList<>();
    String next = from;
    long at = revision;
    int chunk = FIRST_CHUNK;
    while (true) {
      int wanted = limit == 0 ? chunk : Math.min(chunk, limit - entries.size());
      RangeAnswer answer =
          messages.rangeAnswer(client.ask(Messages.RANGE, messages.range(next, to, at, wanted)));
      entries.addAll(answer.entries());
      at = at == NEWEST ? answer.revision() : at;
      long remaining = answer.count() - answer.entries().size();
      if (remaining <= 0 || entries.size() == limit) {
        return new Range.Page(List.copyOf(entries), at, Math.max(0, remaining));
      }
      next = entries.getLast().key() + "\0";
      chunk = chunkAfter(answer.entries());
    }
  }

  /** Large entries are asked for by few, lest one answer take all the memory there is. */
  private static int chunkAfter(List<Entry> entries) {
    long bytes = 1;
    for (Entry entry : entries) {
      bytes += entry.value().length + entry.key().length();
    }
    return Math.clamp(CHUNK_BYTES * entries.size() / bytes, 1, CHUNK);
  }

  @Override
  public Watch watch(String from, String to, long afterRevision) {
    if (closed) {
      throw StoreException.closed();
    }
    Watch watch = feed.watch(from, to, afterRevision);
    return new Watch() {
      @Override
      public Next next() throws InterruptedException {
        return watch.next();
      }

      @Override
      public void requestProgress() {
        watch.requestProgress();
        progress.ask(watch::requestProgress);
      }

      @Override
      public void close() {
        watch.close();
      }
    };
  }

  /** Has something happen in etcd that our own watch will see; its revision. */
  private long touch() {
    byte[] request = messages.txn(Txn.put(PROGRESS, new byte[0], null), _ -> 0);
    return messages.txnAnswer(ask(Messages.TXN, request)).revision();
  }

  @Override
  public void compact(long revision) {
    try {
      ask(Messages.COMPACT, messages.compact(revision));
    } catch (StoreException e) {
      if (!(e.getCause() instanceof GrpcException cause && Failures.isCompacted(cause))) {
        throw e;
      }
    }
    history.compacted(revision);
  }

  @Override
  public void close() {
    closed = true;
    closer.close();
  }
}
