package io.tiphys.server.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What the listener shows to clients.
 *
 * @param chain the serving certificate, leaf first
 * @param clientAuthorities whose certificates clients are invited to present; the identity stage
 *     decides what they are worth
 */
public record TlsIdentity(
    List<X509Certificate> chain, PrivateKey key, List<X509Certificate> clientAuthorities) {
  public TlsIdentity {
    chain = List.copyOf(chain);
    clientAuthorities = List.copyOf(clientAuthorities);
  }
}
