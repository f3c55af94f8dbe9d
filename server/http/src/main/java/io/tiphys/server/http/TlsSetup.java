package io.tiphys.server.http;

import io.tiphys.server.tls.TlsIdentity;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** TLS as Go's servers speak it: a client's certificate is asked for and judged later. */
final class TlsSetup {
  static final String HTTP_2 = "h2";
  private static final String HTTP_1_1 = "http/1.1";
  private static final String ALIAS = "serving";

  private TlsSetup() {}

  /** The identity is asked for at every handshake, so a renewed certificate needs no restart. */
  static SSLContext context(Supplier<TlsIdentity> identity) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          new KeyManager[] {new CurrentKey(identity)},
          new TrustManager[] {new JudgedLater(identity)},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK cannot set up TLS: " + e.getMessage(), e);
    }
  }

  /**
   * One connection's end. The JDK's own engine, without Netty's wrapping: it speaks ALPN itself,
   * and the wrapping takes a quarter of a second to load.
   */
  static SSLEngine engine(SSLContext context) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    parameters.setWantClientAuth(true);
    engine.setSSLParameters(parameters);
    engine.setHandshakeApplicationProtocolSelector((_, offered) -> choose(offered));
    return engine;
  }

  /** Empty, which leaves HTTP/1.1, when the client offers neither: strange, but no reason to go. */
  private static String choose(List<String> offered) {
    return offered.contains(HTTP_2) ? HTTP_2 : offered.contains(HTTP_1_1) ? HTTP_1_1 : "";
  }

  private static final class CurrentKey extends X509ExtendedKeyManager {
    private final Supplier<TlsIdentity> identity;

    CurrentKey(Supplier<TlsIdentity> identity) {
      this.identity = identity;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return keyType.equals(identity.get().key().getAlgorithm()) ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return identity.get().chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identity.get().key();
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[0];
    }

    @Override
    public @Nullable String chooseClientAlias(
        String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }
  }

  /**
   * Takes any client certificate: the handshake proves that the client holds its key, and the
   * identity stage answers 401 when nobody it trusts signed it (a failed handshake could not say
   * so).
   */
  private static final class JudgedLater extends X509ExtendedTrustManager {
    private final Supplier<TlsIdentity> identity;

    JudgedLater(Supplier<TlsIdentity> identity) {
      this.identity = identity;
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return identity.get().clientAuthorities().toArray(X509Certificate[]::new);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      throw new IllegalStateException("the listener calls nobody");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      throw new IllegalStateException("the listener calls nobody");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      throw new IllegalStateException("the listener calls nobody");
    }
  }
}
