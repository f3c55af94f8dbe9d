package io.tiphys.server.http;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Who is at the other end of a connection, as far as the connection itself tells.
 *
 * @param address the remote IP address; empty inside the process
 * @param certificates the client's certificate chain, leaf first; possession of the key is proven,
 *     trust is not: that is the identity stage's business
 */
public record Peer(String address, List<X509Certificate> certificates) {
  /** A caller in the same process. */
  public static final Peer LOCAL = new Peer("", List.of());

  public Peer {
    certificates = List.copyOf(certificates);
  }
}
