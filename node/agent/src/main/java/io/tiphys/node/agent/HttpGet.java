package io.tiphys.node.agent;

import io.tiphys.api.core.v1.HTTPGetAction;
import io.tiphys.api.core.v1.HTTPHeader;
import io.tiphys.base.Clock;
import io.tiphys.base.machine.Network;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One GET of a probe or hook. Redirects within the host are followed; of the last answer only the
 * code counts. What goes wrong is said as Go's HTTP client says it, because people search for those
 * words. Checked against pkg/probe/http.
 */
final class HttpGet {
  /** As upstream's RedirectChecker. */
  private static final int MAX_REDIRECTS = 10;

  private static final String UNESCAPED = "-_.!~*'():@&=+$,;/";

  /** What Go's client writes itself, whatever a probe asks for. */
  private static final Set<String> NOT_SENT =
      Set.of("content-length", "transfer-encoding", "trailer");

  private final Network network;
  private final Clock clock;
  private final URI first;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  HttpGet(Network network, Clock clock, String host, int port, HTTPGetAction action) {
    this.network = network;
    this.clock = clock;
    String scheme = action.scheme().equals("HTTPS") ? "https" : "http";
    String name = host.contains(":") ? "[" + host + "]" : host;
    first = URI.create(scheme + "://" + name + ":" + port + target(action.path()));
    for (HTTPHeader header : action.httpHeaders()) {
      headers.computeIfAbsent(header.name(), _ -> new ArrayList<>()).add(header.value());
    }
  }

  /**
   * The last answer.
   *
   * @param timeout for all of it, redirects and all
   * @throws IOException with what Go would say
   */
  HttpAnswer answer(Duration timeout) throws IOException {
    long end = clock.nanoTime() + timeout.toNanos();
    URI url = first;
    URI referer = null;
    for (int asked = 1; ; asked++) {
      HttpAnswer answer = ask(url, referer, Duration.ofNanos(end - clock.nanoTime()));
      String location = answer.location();
      if (location == null) {
        return answer;
      }
      URI next = resolve(url, location);
      if (!host(first).equals(host(next))) {
        return answer;
      }
      if (asked == MAX_REDIRECTS) {
        throw new IOException("Get \"%s\": stopped after 10 redirects".formatted(location));
      }
      referer = url;
      url = next;
    }
  }

  private static URI resolve(URI url, String location) throws IOException {
    try {
      return url.resolve(URI.create(escaped(location, UNESCAPED + "?#[]")));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "Get \"%s\": failed to parse Location header \"%s\": %s"
              .formatted(url, location, e.getMessage()),
          e);
    }
  }

  /** Names with underscores are none for {@link URI#getHost}, but machines have them. */
  private static String host(URI url) {
    return authority(url).replaceFirst(":\\d*$", "").replaceAll("[\\[\\]]", "");
  }

  private static int port(URI url, int standard) {
    String authority = authority(url);
    return authority.matches(".*:\\d{1,5}")
        ? Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1))
        : standard;
  }

  private static String authority(URI url) {
    return url.getRawAuthority() == null ? "" : url.getRawAuthority();
  }

  private HttpAnswer ask(URI url, @Nullable URI referer, Duration left) throws IOException {
    String host = host(url);
    boolean secure = url.getScheme().equals("https");
    int port = port(url, secure ? 443 : 80);
    try {
      byte[] request = request(url, referer);
      try (TimedSocket timed = new TimedSocket(network, clock, host, port, left)) {
        try (Socket socket = secure ? secure(timed.socket(), host, port) : timed.socket()) {
          socket.getOutputStream().write(request);
          return HttpAnswer.read(new BufferedInputStream(socket.getInputStream()));
        } catch (IOException e) {
          throw timed.told(e);
        }
      }
    } catch (IOException e) {
      throw new IOException("Get \"%s\": %s".formatted(url, said(e, host, port)), e);
    }
  }

  private byte[] request(URI url, @Nullable URI referer) throws IOException {
    StringBuilder text = new StringBuilder();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    text.append("GET ").append(path).append(query).append(" HTTP/1.1\r\n");
    Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    all.put("Host", List.of(authority(url)));
    all.put("User-Agent", List.of("kube-probe/1.36"));
    all.put("Accept", List.of("*/*"));
    if (referer != null) {
      all.put("Referer", List.of(referer.toString()));
    }
    all.putAll(headers);
    all.put("Connection", List.of("close"));
    for (Map.Entry<String, List<String>> header : all.entrySet()) {
      append(text, header.getKey(), header.getValue());
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void append(StringBuilder text, String name, List<String> values)
      throws IOException {
    if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      throw new IOException("net/http: invalid header field name \"%s\"".formatted(name));
    }
    boolean single = name.equalsIgnoreCase("Host") || name.equalsIgnoreCase("User-Agent");
    boolean optional = name.equalsIgnoreCase("User-Agent") || name.equalsIgnoreCase("Accept");
    for (String value : single ? values.subList(0, 1) : values) {
      if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c == 0x7f)) {
        throw new IOException("net/http: invalid header field value for \"%s\"".formatted(name));
      }
      boolean sent = !NOT_SENT.contains(name.toLowerCase(Locale.ROOT));
      if (sent && !(optional && value.isEmpty())) {
        text.append(name).append(": ").append(value.strip()).append("\r\n");
      }
    }
  }

  /** As Go's url.Parse and RequestURI: people write paths without a slash and with spaces. */
  static String target(String path) {
    String rest = path.replaceFirst("^([a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#]*", "");
    String whole = rest.startsWith("/") ? rest : "/" + rest;
    int fragment = whole.indexOf('#');
    String sent = fragment < 0 ? whole : whole.substring(0, fragment);
    int mark = sent.indexOf('?');
    return mark < 0
        ? escaped(sent, UNESCAPED)
        : escaped(sent.substring(0, mark), UNESCAPED)
            + "?"
            + escaped(sent.substring(mark + 1), UNESCAPED + "?");
  }

  private static String escaped(String text, String kept) {
    StringBuilder out = new StringBuilder();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean escape = c == '%' && i + 2 < bytes.length && isHex(bytes[i + 1], bytes[i + 2]);
      if (plain || escape || kept.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append("%%%02X".formatted((int) c));
      }
    }
    return out.toString();
  }

  private static boolean isHex(byte high, byte low) {
    return Character.digit(high, 16) >= 0 && Character.digit(low, 16) >= 0;
  }

  /** Probes do not ask who answers, as upstream's do not. */
  private static Socket secure(Socket plain, String host, int port) throws IOException {
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
