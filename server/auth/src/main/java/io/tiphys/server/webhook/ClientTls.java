package io.tiphys.server.webhook;

import io.tiphys.base.PrivateKeyPem;
import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.tls.Pem;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS towards another server: whom to trust, and who one is. */
public final class ClientTls {
  private static final char[] NO_PASSWORD = new char[0];

  private ClientTls() {}

  /**
   * A context for connections.
   *
   * @param authorities PEM; empty for those that the JDK trusts
   * @param insecure whether any server is believed
   * @param certificate PEM of the own certificate; empty for none
   * @param key PEM of the own key; empty for none
   */
  public static SSLContext context(
      String authorities, boolean insecure, String certificate, String key) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(certificate, key), trust(authorities, insecure), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new ConfigurationException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static KeyManager @Nullable [] keys(String certificate, String key)
      throws GeneralSecurityException, IOException {
    if (certificate.isEmpty() && key.isEmpty()) {
      return null;
    }
    List<X509Certificate> chain = Pem.certificates(certificate);
    PrivateKey own = PrivateKeyPem.read(key);
    KeyStore store = empty();
    store.setKeyEntry("client", own, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager @Nullable [] trust(String authorities, boolean insecure)
      throws GeneralSecurityException, IOException {
    if (insecure) {
      return new TrustManager[] {new Credulous()};
    }
    if (authorities.isEmpty()) {
      return null;
    }
    KeyStore store = empty();
    for (X509Certificate authority : Pem.certificates(authorities)) {
      store.setCertificateEntry("authority " + store.size(), authority);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  /** Believes any server: what insecure-skip-tls-verify asks for. */
  private static final class Credulous extends X509ExtendedTrustManager {
    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}
  }
}
