package io.tiphys.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tiphys.base.PrivateKeyPem;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and public keys as text; private ones are {@link PrivateKeyPem}'s. */
public final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

  private Pem() {}

  public static String of(X509Certificate certificate) {
    try {
      return block("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  public static String of(List<X509Certificate> chain) {
    StringBuilder text = new StringBuilder();
    chain.forEach(certificate -> text.append(of(certificate)));
    return text.toString();
  }

  public static String of(PublicKey key) {
    return block("PUBLIC KEY", encoded(key));
  }

  /**
   * Reads all certificates in {@code text}.
   *
   * @throws GeneralSecurityException when there is none or one cannot be read
   */
  public static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] block : blocks(text, "CERTIFICATE")) {
      certificates.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
    }
    return certificates;
  }

  /** Reads a public key of the given algorithm: {@code EC} or {@code RSA}. */
  public static PublicKey publicKey(String text, String algorithm) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm)
        .generatePublic(new X509EncodedKeySpec(blocks(text, "PUBLIC KEY").getFirst()));
  }

  private static List<byte[]> blocks(String text, String type) throws GeneralSecurityException {
    List<byte[]> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).equals(type)) {
        found.add(Base64.getMimeDecoder().decode(matcher.group(2)));
      }
    }
    if (found.isEmpty()) {
      throw new GeneralSecurityException("no PEM block of type " + type);
    }
    return found;
  }

  private static byte[] encoded(Key key) {
    return key.getEncoded();
  }

  private static String block(String type, byte[] bytes) {
    String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(bytes);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }
}
