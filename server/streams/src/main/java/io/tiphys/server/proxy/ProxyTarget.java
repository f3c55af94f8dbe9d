package io.tiphys.server.proxy;

/**
 * Where a request is passed on to.
 *
 * @param host an IP address
 */
public record ProxyTarget(boolean tls, String host, int port) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /**
   * @param port 0 for the scheme's own
   */
  public static ProxyTarget of(String scheme, String host, int port) {
    boolean tls = scheme.equals("https");
    return new ProxyTarget(tls, host, port == 0 ? (tls ? HTTPS : HTTP) : port);
  }

  /** As Go's net.JoinHostPort. */
  String address() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
