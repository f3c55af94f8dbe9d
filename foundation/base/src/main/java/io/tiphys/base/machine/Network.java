package io.tiphys.base.machine;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.time.Duration;

/** The network as one component reaches it. What it opens is closed by whoever asked for it. */
public interface Network {
  /**
   * Finds {@code host}, a name or an address, and connects.
   *
   * @throws java.net.SocketTimeoutException if nobody answers within {@code patience}
   */
  Socket connect(String host, int port, Duration patience) throws IOException;

  /** As {@link #connect(String, int, Duration)}, where the address is known. */
  Socket connect(InetSocketAddress to, Duration patience) throws IOException;

  /**
   * Takes connections.
   *
   * @param at with port 0 for any that is free
   * @param backlog how many may wait to be accepted
   */
  ServerSocket listen(InetSocketAddress at, int backlog) throws IOException;

  /**
   * Sends and receives datagrams.
   *
   * @param at with port 0 for any that is free
   */
  DatagramSocket datagrams(InetSocketAddress at) throws IOException;

  /** Makes HTTP clients whose connections go through this network. */
  HttpClient.Builder http();
}
