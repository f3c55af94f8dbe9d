package io.tiphys.store.etcd;

import io.tiphys.base.Clock;
import io.tiphys.store.CompactedException;
import io.tiphys.store.KeyOrder;
import io.tiphys.store.Store.Event;
import io.tiphys.store.engine.History;
import io.tiphys.store.etcd.Messages.WatchAnswer;
import io.tiphys.store.etcd.grpc.GrpcException;
import io.tiphys.store.etcd.grpc.GrpcMessages;
import java.util.ArrayList;
import java.util.List;

/** What etcd still remembers, read through a watch that begins in the past. */
final class EtcdHistory implements History {
  /** Events read in one step. */
  private static final int STEP = 512;

  /** Bytes read in one step, rather; one answer of etcd more than that. */
  private static final long STEP_BYTES = 4L << 20;

  private final EtcdClient client;
  private final Messages messages;
  private final Clock clock;
  private volatile long compacted;

  EtcdHistory(EtcdClient client, Messages messages, Clock clock) {
    this.client = client;
    this.messages = messages;
    this.clock = clock;
  }

  /** Everything before {@code revision} is known to be compacted. */
  void compacted(long revision) {
    compacted = Math.max(compacted, revision);
  }

  @Override
  public boolean isCompacted(long revision) {
    return revision < compacted;
  }

  @Override
  public Slice changes(String from, String to, long after, long upTo) throws InterruptedException {
    if (isCompacted(after)) {
      throw new CompactedException();
    }
    List<Event> events = new ArrayList<>();
    long last = after;
    // The whole store is watched: of that it is certain that something happened at upTo.
    byte[] request = messages.watch(EtcdStore.FIRST, EtcdStore.LAST, after + 1);
    try (GrpcMessages stream = client.stream(Messages.WATCH, request)) {
      boolean more = true; // until a step is full, but a transaction is never split
      long bytes = 0;
      for (int read = 0; more; ) {
        WatchAnswer answer = next(stream);
        for (Event event : answer.events()) {
          if (event.revision() <= upTo && KeyOrder.contains(from, to, event.key())) {
            events.add(event);
          }
          read++;
          bytes += event.entry().value().length;
          last = Math.min(event.revision(), upTo);
        }
        more = answer.fragment() || (last < upTo && read < STEP && bytes < STEP_BYTES);
      }
      return new Slice(events, last);
    } catch (GrpcException e) {
      throw Failures.of(e);
    }
  }

  /** What is asked for has happened, so its messages come soon unless the server does not. */
  private byte[] message(GrpcMessages stream) throws InterruptedException {
    Clock.Timer deadline = clock.schedule(EtcdClient.PATIENCE, stream::close);
    try {
      return stream.next();
    } finally {
      deadline.cancel();
    }
  }

  private WatchAnswer next(GrpcMessages stream) throws InterruptedException {
    WatchAnswer answer = messages.watchAnswer(message(stream));
    if (answer.canceled()) {
      if (answer.compacted() > 0) {
        compacted(answer.compacted());
        throw new CompactedException();
      }
      throw new GrpcException(GrpcException.UNAVAILABLE, answer.reason());
    }
    return answer;
  }

  /**
   * What became of a key after a revision, up to its present state.
   *
   * @param last the key's last change, which has happened; 0 for its first deletion
   */
  List<Event> changesOf(String key, long after, long last) throws InterruptedException {
    List<Event> events = new ArrayList<>();
    byte[] request = messages.watch(key, key + "\0", after + 1);
    try (GrpcMessages stream = client.stream(Messages.WATCH, request)) {
      while (true) {
        for (Event event : next(stream).events()) {
          events.add(event);
          boolean enough = last == 0 ? event.deleted() : event.revision() >= last;
          if (enough) {
            return events;
          }
        }
      }
    }
  }
}
