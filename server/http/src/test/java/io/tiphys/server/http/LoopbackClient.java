package io.tiphys.server.http;

import io.tiphys.server.tls.Pki;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** The JDK's client, trusting the authority of a test. */
public final class LoopbackClient {
  private LoopbackClient() {}

  /**
   * @param credential the client's certificate, or null for none
   */
  public static HttpClient of(Pki pki, Pki.@Nullable Credential credential) {
    return HttpClient.newBuilder().sslContext(tls(pki, credential)).build();
  }

  public static SSLContext tls(Pki pki, Pki.@Nullable Credential credential) {
    try {
      KeyStore trusted = empty();
      trusted.setCertificateEntry("ca", pki.authority());
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      KeyStore own = empty();
      if (credential != null) {
        own.setKeyEntry(
            "me", credential.key(), new char[0], new Certificate[] {credential.certificate()});
      }
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
