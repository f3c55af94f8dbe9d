package io.tiphys.rules.customresources;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/**
 * Certificates of authorities as a client is given them, in PEM; checked against rootCertPool in
 * client-go/transport/transport.go.
 */
final class AuthorityBundle {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final String UNREADABLE = "unable to load root certificates: ";

  private AuthorityBundle() {}

  /** What is wrong with it, or empty: one good certificate is enough. */
  static String problem(String pem) {
    String problem = "unable to parse bytes as PEM block";
    int from = 0;
    for (int end = pem.indexOf(END); end >= 0; end = pem.indexOf(END, from)) {
      String part = pem.substring(from, end + END.length());
      from = end + END.length();
      int start = part.lastIndexOf(BEGIN);
      if (start < 0) {
        continue;
      }
      try {
        byte[] one = part.substring(start).getBytes(StandardCharsets.UTF_8);
        var _ =
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(one));
        return "";
      } catch (CertificateException e) {
        problem = "failed to parse certificate: " + e.getMessage();
      }
    }
    return UNREADABLE + problem;
  }
}
