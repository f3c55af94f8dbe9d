package io.tiphys.node.agent;

import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.HTTPHeader;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * One GET of a probe or hook, of whose answer only the code counts. What goes wrong is said as Go's
 * HTTP client says it, because people search for those words. Checked against pkg/probe/http.
 */
final class HttpGet {
  private final String host;
  private final int port;
  private final HTTPGetAction action;

  HttpGet(String host, int port, HTTPGetAction action) {
    this.host = host;
    this.port = port;
    this.action = action;
  }

  /**
   * The answer's status code.
   *
   * @throws IOException with what Go would say
   */
  int code(Duration timeout) throws IOException {
    boolean secure = action.scheme().equals("HTTPS");
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
      plain.setSoTimeout((int) timeout.toMillis());
      if (!secure) {
        return ask(plain);
      }
      try (Socket safe = secure(plain)) {
        return ask(safe);
      }
    } catch (IOException e) {
      String url = "%s://%s:%d%s".formatted(secure ? "https" : "http", host, port, action.path());
      throw new IOException("Get \"%s\": %s".formatted(url, said(e, host, port)), e);
    }
  }

  private int ask(Socket socket) throws IOException {
    socket.getOutputStream().write(request());
    return code(socket.getInputStream());
  }

  private byte[] request() {
    StringBuilder text = new StringBuilder();
    text.append("GET ").append(action.path()).append(" HTTP/1.1\r\n");
    String named = host + ":" + port;
    String agent = "kube-probe/1.36";
    String accept = "*/*";
    for (HTTPHeader header : action.httpHeaders()) {
      switch (header.name().toLowerCase(Locale.ROOT)) {
        case "host" -> named = header.value();
        case "user-agent" -> agent = header.value();
        case "accept" -> accept = header.value();
        default -> text.append(header.name()).append(": ").append(header.value()).append("\r\n");
      }
    }
    text.append("Host: ").append(named).append("\r\n");
    if (!agent.isEmpty()) {
      text.append("User-Agent: ").append(agent).append("\r\n");
    }
    if (!accept.isEmpty()) {
      text.append("Accept: ").append(accept).append("\r\n");
    }
    text.append("Connection: close\r\n\r\n");
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  static int code(InputStream in) throws IOException {
    String line = new String(in.readNBytes(12), StandardCharsets.ISO_8859_1);
    if (line.isEmpty()) {
      throw new IOException("EOF");
    }
    if (!line.matches("HTTP/1\\.[01] \\d{3}")) {
      throw new IOException(
          "net/http: HTTP/1.x transport connection broken: malformed HTTP response \"%s\""
              .formatted(line.strip()));
    }
    return Integer.parseInt(line.substring(9));
  }

  /** Probes do not ask who answers, as upstream's do not. */
  private Socket secure(Socket plain) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Trusting()}, null);
      SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
      socket.startHandshake();
      return socket;
    } catch (GeneralSecurityException e) {
      throw new IOException("tls: " + e.getMessage(), e);
    }
  }

  /** In Go's words why a connection to {@code host} failed. */
  static String said(IOException failure, String host, int port) {
    String dial = "dial tcp %s:%d: ".formatted(host, port);
    return switch (failure) {
      case SocketTimeoutException _ ->
          "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
      case ConnectException _, NoRouteToHostException _ -> dial + refusal(failure);
      case SSLException e when String.valueOf(e.getMessage()).contains("plaintext connection") ->
          "http: server gave HTTP response to HTTPS client";
      case SSLException e -> "tls: " + e.getMessage();
      case SocketException e when String.valueOf(e.getMessage()).contains("reset") ->
          "read tcp %s:%d: read: connection reset by peer".formatted(host, port);
      default -> String.valueOf(failure.getMessage());
    };
  }

  /** The last part of what Go says when it cannot connect. */
  static String refusal(IOException failure) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    if (failure instanceof SocketTimeoutException || message.contains("timed out")) {
      return "i/o timeout";
    }
    return "connect: "
        + (message.contains("refused")
            ? "connection refused"
            : message.contains("no route") ? "no route to host" : message);
  }

  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
