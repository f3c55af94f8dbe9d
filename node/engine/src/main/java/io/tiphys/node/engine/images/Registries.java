package io.tiphys.node.engine.images;

import io.tiphys.base.Clock;
import io.tiphys.base.machine.Network;
import io.tiphys.node.cri.AuthConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** The HTTP clients for all registries; made at the first pull, since many nodes never do one. */
final class Registries {
  /** A registry that does not take a connection in this time is down; kubelet tries again. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final RegistryConfig config;
  private final Network network;
  private final Clock clock;
  private final RandomGenerator random;
  private @Nullable HttpClient secure;
  private @Nullable HttpClient trusting;

  Registries(RegistryConfig config, Network network, Clock clock, RandomGenerator random) {
    this.config = config;
    this.network = network;
    this.clock = clock;
    this.random = random;
  }

  /** A conversation about one repository. */
  RegistryClient client(ImageReference name, @Nullable AuthConfig auth) {
    String host = name.registry().equals("docker.io") ? "registry-1.docker.io" : name.registry();
    return new RegistryClient(
        httpClient(config.isInsecure(name.registry())),
        new RegistryClient.Target(
            host,
            name.repository(),
            config.allowsPlainHttp(name.registry()),
            config.speaksPlainHttp(name.registry())),
        new RegistryAuth(auth == null ? AuthConfig.EMPTY : auth),
        clock,
        random);
  }

  private synchronized HttpClient httpClient(boolean insecure) {
    HttpClient existing = insecure ? trusting : secure;
    if (existing != null) {
      return existing;
    }
    HttpClient.Builder builder =
        network
            .http()
            .connectTimeout(CONNECT_TIMEOUT)
            // Followed by hand: credentials must not go to another host.
            .followRedirects(HttpClient.Redirect.NEVER);
    HttpClient made;
    try {
      if (insecure) {
        made = builder.sslContext(context(new TrustEveryone())).build();
        trusting = made;
      } else {
        if (config.certificateAuthorities() != null) {
          builder.sslContext(context(withAuthorities()));
        }
        made = builder.build();
        secure = made;
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("TLS cannot be set up", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return made;
  }

  private static SSLContext context(TrustManager trust) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {trust}, null);
    return context;
  }

  /** Trusts the system's authorities and those of the file. */
  private TrustManager withAuthorities() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int number = 0;
    for (X509Certificate known : systemTrust().getAcceptedIssuers()) {
      store.setCertificateEntry("known-" + number++, known);
    }
    if (config.certificateAuthorities() != null) {
      try (InputStream in = Files.newInputStream(config.certificateAuthorities())) {
        for (Certificate added : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
          store.setCertificateEntry("added-" + number++, added);
        }
      }
    }
    return trust(store);
  }

  private static X509TrustManager systemTrust() throws GeneralSecurityException {
    return trust(null);
  }

  private static X509TrustManager trust(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    List<X509TrustManager> managers = new ArrayList<>();
    Arrays.stream(factory.getTrustManagers())
        .forEach(
            manager -> {
              if (manager instanceof X509TrustManager x509) {
                managers.add(x509);
              }
            });
    return managers.getFirst();
  }

  /** For registries that the configuration calls insecure. Checks neither chain nor host name. */
  private static final class TrustEveryone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
