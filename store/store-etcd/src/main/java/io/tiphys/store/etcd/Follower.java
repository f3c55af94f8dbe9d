package io.tiphys.store.etcd;

import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.store.Store.Event;
import io.tiphys.store.engine.ChangeFeed;
import io.tiphys.store.etcd.Messages.WatchAnswer;
import io.tiphys.store.etcd.grpc.GrpcException;
import io.tiphys.store.etcd.grpc.GrpcMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The one watch of etcd, kept up by a loop: when its server is gone it goes on at the next one from
 * where it was, so that nothing is lost unless that place is compacted.
 */
final class Follower implements Lifecycle {
  private final EtcdClient client;
  private final Messages messages;
  private final EtcdHistory history;
  private final ChangeFeed feed;
  private final LongSupplier revision;
  private final List<Waiter> waiting = new ArrayList<>();
  private final Loops.Loop loop;

  private record Waiter(long target, Runnable action) {}

  Follower(
      EtcdClient client,
      Messages messages,
      EtcdHistory history,
      ChangeFeed feed,
      LongSupplier revision,
      Loops loops) {
    this.client = client;
    this.messages = messages;
    this.history = history;
    this.feed = feed;
    this.revision = revision;
    loop = loops.start("etcd-watch", this::run);
  }

  /** Ends when a watch does; the loop begins the next one. */
  private void run() throws InterruptedException {
    while (true) {
      long start = feed.published() + 1;
      byte[] request = messages.watch(EtcdStore.FIRST, EtcdStore.LAST, start);
      try (GrpcMessages stream = client.stream(Messages.WATCH, request)) {
        follow(stream);
      } catch (GrpcException e) {
        client.failover();
        client.pause();
      }
    }
  }

  private void follow(GrpcMessages stream) throws InterruptedException {
    List<Event> fragments = new ArrayList<>();
    while (true) {
      WatchAnswer answer = messages.watchAnswer(stream.next());
      if (answer.canceled()) {
        if (answer.compacted() == 0) {
          throw new GrpcException(GrpcException.UNAVAILABLE, answer.reason());
        }
        history.compacted(answer.compacted());
        feed.restart(revision.getAsLong());
        return;
      }
      fragments.addAll(answer.events());
      if (answer.fragment() || answer.created()) {
        continue; // a header's revision says how far we are only beside periodic progress
      }
      long reached =
          answer.events().isEmpty() && fragments.isEmpty()
              ? answer.revision()
              : fragments.getLast().revision();
      feed.publish(List.copyOf(fragments), reached);
      tellWhoWaits(reached);
      fragments.clear();
    }
  }

  /** Has {@code action} run when everything up to a revision is published. */
  synchronized void whenReached(long target, Runnable action) {
    if (feed.published() >= target) {
      action.run();
    } else {
      waiting.add(new Waiter(target, action));
    }
  }

  private synchronized void tellWhoWaits(long reached) {
    waiting.removeIf(
        waiter -> {
          boolean there = reached >= waiter.target;
          if (there) {
            waiter.action.run();
          }
          return there;
        });
  }

  @Override
  public void close() {
    loop.close();
  }
}
