package io.tiphys.store.etcd.grpc;

import java.net.URI;

/** Where a server listens. */
public record Endpoint(String host, int port, boolean tls) {
  private static final int ETCD_PORT = 2379;

  /**
   * @param url such as {@code https://10.0.0.7:2379}
   * @throws IllegalArgumentException when it is none
   */
  public static Endpoint parse(String url) {
    URI uri = URI.create(url.contains("://") ? url : "http://" + url);
    boolean tls = "https".equals(uri.getScheme());
    if (uri.getHost() == null || !(tls || "http".equals(uri.getScheme()))) {
      throw new IllegalArgumentException("not the address of an etcd server: " + url);
    }
    String host = uri.getHost().replaceAll("[\\[\\]]", "");
    return new Endpoint(host, uri.getPort() < 0 ? ETCD_PORT : uri.getPort(), tls);
  }

  @Override
  public String toString() {
    return (tls ? "https://" : "http://") + host + ":" + port;
  }
}
