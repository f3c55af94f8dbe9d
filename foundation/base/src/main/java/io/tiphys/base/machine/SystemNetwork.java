package io.tiphys.base.machine;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.time.Duration;

/** The machine's own network. */
final class SystemNetwork implements Network {
  @Override
  public Socket connect(String host, int port, Duration patience) throws IOException {
    return connect(new InetSocketAddress(host, port), patience);
  }

  @Override
  public Socket connect(InetSocketAddress to, Duration patience) throws IOException {
    Socket socket = new Socket();
    try {
      // Zero would mean for ever.
      socket.connect(to, Math.clamp(patience.toMillis(), 1, Integer.MAX_VALUE));
      return socket;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  @Override
  public ServerSocket listen(InetSocketAddress at, int backlog) throws IOException {
    return new ServerSocket(at.getPort(), backlog, at.getAddress());
  }

  @Override
  public DatagramSocket datagrams(InetSocketAddress at) throws IOException {
    return new DatagramSocket(at);
  }

  @Override
  public HttpClient.Builder http() {
    return HttpClient.newBuilder();
  }
}
