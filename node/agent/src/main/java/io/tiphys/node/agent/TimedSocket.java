package io.tiphys.node.agent;

import io.tiphys.base.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * A connection that ends at a deadline, whatever is being waited for then: a server that sends a
 * byte now and then cannot hold whoever asked.
 */
final class TimedSocket implements AutoCloseable {
  private final Socket socket = new Socket();
  private final Clock.Timer timer;
  private volatile boolean expired;

  /**
   * @param left how long the connection may last, from its beginning to the end of the last read
   * @throws SocketTimeoutException if nobody answered in that time
   */
  TimedSocket(Clock clock, String host, int port, Duration left) throws IOException {
    if (!left.isPositive()) {
      throw new SocketTimeoutException("deadline exceeded");
    }
    timer = clock.schedule(left, this::expire);
    try {
      // Zero would mean for ever.
      int millis = Math.clamp(left.toMillis(), 1, Integer.MAX_VALUE);
      socket.connect(new InetSocketAddress(host, port), millis);
    } catch (IOException e) {
      close();
      throw expired ? new SocketTimeoutException("deadline exceeded") : e;
    }
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
