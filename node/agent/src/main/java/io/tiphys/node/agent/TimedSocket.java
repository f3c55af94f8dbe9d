package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Network;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * A connection that ends at a deadline, whatever is being waited for then: a server that sends a
 * byte now and then cannot hold whoever asked.
 */
final class TimedSocket implements AutoCloseable {
  private final Socket socket;
  private final Clock.Timer timer;
  private volatile boolean expired;

  /**
   * @param left how long the connection may last, from its beginning to the end of the last read
   * @throws SocketTimeoutException if nobody answered in that time
   */
  TimedSocket(Network network, Clock clock, String host, int port, Duration left)
      throws IOException {
    if (!left.isPositive()) {
      throw new SocketTimeoutException("deadline exceeded");
    }
    long end = clock.nanoTime() + left.toNanos();
    socket = network.connect(host, port, left);
    timer = clock.schedule(Duration.ofNanos(Math.max(0, end - clock.nanoTime())), this::expire);
  }

  Socket socket() {
    return socket;
  }

  /** What went wrong, seen in the light of the deadline. */
  IOException told(IOException failure) {
    return expired ? new SocketTimeoutException("deadline exceeded") : failure;
  }

  private void expire() {
    expired = true;
    close();
  }

  @Override
  public void close() {
    timer.cancel();
    try {
      socket.close();
    } catch (IOException _) {
      // It is of no use any more either way.
    }
  }
}
