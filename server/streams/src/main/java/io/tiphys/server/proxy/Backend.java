package io.tiphys.server.proxy;

import io.tiphys.server.webhook.ClientTls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLSocket;

/** A connection to where a request is passed on to, for that one request. */
final class Backend implements AutoCloseable {
  /** Go's default dialer in upstream's proxy transport. */
  private static final Duration CONNECT = Duration.ofSeconds(30);

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  private Backend(Socket socket) throws IOException {
    this.socket = socket;
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** Connects; certificates are not looked at, as upstream's proxies do not. */
  static Backend connect(ProxyTarget target, Dialer dialer) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.ofLiteral(target.host()), target.port());
    Socket plain;
    try {
      plain = dialer.connect(address, CONNECT);
    } catch (IOException e) {
      throw new IOException("dial tcp " + target.address() + ": " + words(e), e);
    }
    try {
      return new Backend(target.tls() ? secured(plain, target) : plain);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static Socket secured(Socket plain, ProxyTarget target) throws IOException {
    SSLSocket secured =
        (SSLSocket)
            ClientTls.context("", true, "", "")
                .getSocketFactory()
                .createSocket(plain, target.host(), target.port(), true);
    secured.startHandshake();
    return secured;
  }

  /** As Go names what the kernel says. */
  private static String words(IOException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return switch (e) {
      case SocketTimeoutException _ -> "i/o timeout";
      case NoRouteToHostException _ -> "connect: no route to host";
      case ConnectException _ when message.contains("refused") -> "connect: connection refused";
      case ConnectException _ when message.contains("timed out") -> "connect: connection timed out";
      case SocketException _ when message.contains("unreachable") ->
          "connect: network is unreachable";
      default -> message;
    };
  }

  /** Sends a request and reads the head of its answer. */
  BackendAnswer send(String head, byte[] body, boolean bodyless) throws IOException {
    out.write(BackendAnswer.encoded(head));
    out.write(body);
    out.flush();
    return BackendAnswer.read(in, bodyless);
  }

  InputStream input() {
    return in;
  }

  OutputStream output() {
    return out;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is given up anyway.
    }
  }
}
