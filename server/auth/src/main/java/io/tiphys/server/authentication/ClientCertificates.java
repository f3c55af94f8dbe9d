package io.tiphys.server.authentication;

import io.tiphys.base.Clock;
import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.User;
import io.tiphys.server.tls.Der;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Client certificates: the common name is the user, the organizations are the groups. Checked
 * against upstream's apiserver/pkg/authentication/request/x509/x509.go.
 */
public final class ClientCertificates implements Authenticator {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_PURPOSE = "2.5.29.37.0";

  private static final byte[] COMMON_NAME = {0x55, 4, 3};
  private static final byte[] ORGANIZATION = {0x55, 4, 10};

  /** Certificates remembered as good; more than most clusters have clients at a time. */
  private static final int MAX_REMEMBERED = 2048;

  private final Set<TrustAnchor> anchors;
  private final Clock clock;
  private final Remembered<X509Certificate, User> remembered = new Remembered<>(MAX_REMEMBERED);

  public ClientCertificates(List<X509Certificate> authorities, Clock clock) {
    this.anchors =
        Set.copyOf(
            authorities.stream().map(authority -> new TrustAnchor(authority, null)).toList());
    this.clock = clock;
  }

  @Override
  public Finding authenticate(Request request) {
    List<X509Certificate> chain = request.peer().certificates();
    if (chain.isEmpty()) {
      return NO_CREDENTIALS;
    }
    X509Certificate leaf = chain.getFirst();
    Instant now = clock.now();
    if (now.isAfter(leaf.getNotAfter().toInstant())
        || now.isBefore(leaf.getNotBefore().toInstant())) {
      return new Finding.Rejected("x509: certificate has expired or is not yet valid");
    }
    User known = remembered.get(leaf);
    if (known == null) {
      MustWait.unlessMayWait(request);
      try {
        verify(chain, now);
        known = user(leaf);
      } catch (GeneralSecurityException e) {
        return new Finding.Rejected("verifying certificate failed: " + e.getMessage());
      }
      if (known.name().isEmpty()) {
        return NO_CREDENTIALS;
      }
      remembered.put(leaf, known);
    }
    return new Finding.Known(known);
  }

  private void verify(List<X509Certificate> chain, Instant now) throws GeneralSecurityException {
    X509Certificate leaf = chain.getFirst();
    List<String> purposes = leaf.getExtendedKeyUsage();
    if (purposes == null || !(purposes.contains(CLIENT_AUTH) || purposes.contains(ANY_PURPOSE))) {
      throw new GeneralSecurityException("certificate specifies an incompatible key usage");
    }
    PKIXParameters parameters = new PKIXParameters(anchors);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    List<X509Certificate> path = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      // Clients may send their authority along; it is not part of the path to itself.
      if (anchors.stream().noneMatch(anchor -> certificate.equals(anchor.getTrustedCert()))) {
        path.add(certificate);
      }
    }
    CertPathValidator.getInstance("PKIX")
        .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
  }

  private static User user(X509Certificate leaf) throws GeneralSecurityException {
    byte[] subject = leaf.getSubjectX500Principal().getEncoded();
    List<String> names = values(subject, COMMON_NAME);
    String digest =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(leaf.getEncoded()))
            .toLowerCase(Locale.ROOT);
    return new User(
        names.isEmpty() ? "" : names.getLast(),
        "",
        values(subject, ORGANIZATION),
        Map.of("authentication.kubernetes.io/credential-id", List.of("X509SHA256=" + digest)));
  }

  private static List<String> values(byte[] subject, byte[] type) {
    List<String> values = new ArrayList<>();
    for (Der.Element set : Der.read(subject).getFirst().children()) {
      for (Der.Element attribute : set.children()) {
        List<Der.Element> pair = attribute.children();
        if (Arrays.equals(pair.getFirst().content(), type)) {
          values.add(pair.getLast().text());
        }
      }
    }
    return values;
  }
}
