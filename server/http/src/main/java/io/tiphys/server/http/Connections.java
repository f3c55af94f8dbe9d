package io.tiphys.server.http;

import io.netty.channel.Channel;
import io.tiphys.base.Clock;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The open connections of all listeners, and how many there may be. One on which nothing is asked
 * for a while is closed, whatever trickles in on it; where there are too many, those that have been
 * idle longest give way, and when none is idle the newcomer does. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a connection to be closed
final class Connections {
  private final Clock clock;
  private final int most;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  Connections(Clock clock, int most) {
    this.clock = clock;
    this.most = most;
  }

  /** Takes an accepted connection in; closes it when there is no room. */
  Connection admit(Channel channel) {
    Connection connection = new Connection(channel, clock.nanoTime());
    if (open.size() >= most && !makeRoom()) {
      channel.close();
      return connection;
    }
    open.add(connection);
    channel.closeFuture().addListener(_ -> open.remove(connection));
    beginSweeping();
    return connection;
  }

  private boolean makeRoom() {
    var idle =
        open.stream()
            .filter(Connection::idle)
            .sorted(Comparator.comparingLong(Connection::since))
            .limit(Limits.CLOSED_AT_ONCE)
            .toList();
    idle.forEach(this::end);
    return !idle.isEmpty();
  }

  private void end(Connection connection) {
    open.remove(connection);
    connection.channel.close();
  }

  int size() {
    return open.size();
  }

  private void beginSweeping() {
    if (!sweeping.get() && sweeping.compareAndSet(false, true)) {
      clock.schedule(Limits.IDLE_SWEEP, this::sweep);
    }
  }

  private void sweep() {
    long now = clock.nanoTime();
    for (Connection connection : open) {
      if (connection.idle() && now - connection.since() > Limits.IDLE.toNanos()) {
        end(connection);
      }
    }
    sweeping.set(false);
    if (!open.isEmpty()) {
      beginSweeping();
    }
  }

  /** One connection, as far as it matters whether it is in use; written by its event loop alone. */
  static final class Connection {
    private final Channel channel;
    private volatile int underWay;
    private volatile long since;

    private Connection(Channel channel, long since) {
      this.channel = channel;
      this.since = since;
    }

    /** A request begins. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the event loop writes it
    void began() {
      underWay++;
    }

    /** A request is answered. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // only the event loop writes it
    void ended(long nanoTime) {
      underWay--;
      since = nanoTime;
    }

    boolean idle() {
      return underWay == 0;
    }

    /** When it began to be idle. */
    long since() {
      return since;
    }
  }
}
