package io.tiphys.server.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** Reaches the addresses that requests are passed on to. */
@FunctionalInterface
public interface Dialer {
  /** Has no way anywhere. */
  Dialer NOBODY =
      (_, _) -> {
        throw new ConnectException("connection refused");
      };

  /** Connects, or fails after {@code patience}. */
  Socket connect(InetSocketAddress to, Duration patience) throws IOException;
}
