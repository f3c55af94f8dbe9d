package io.tiphys.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/** Makes P-256 keys and signs certificates (RFC 5280). */
final class CertificateIssuer {
  /** Clocks of clients may be behind ours by this much. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  private static final Pattern IP_ADDRESS =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private static final String COMMON_NAME = "2.5.4.3";
  private static final String ORGANIZATION = "2.5.4.10";
  private static final String SUBJECT_KEY_ID = "2.5.29.14";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  /** An uncompressed point of P-256: the key itself, at the end of its encoded form. */
  private static final int POINT_BYTES = 65;

  private final SecureRandom random;

  CertificateIssuer(SecureRandom random) {
    this.random = random;
  }

  /** How long a certificate is good. */
  record Validity(Instant from, Duration length) {}

  /** Who signs. */
  record Authority(X509Certificate certificate, KeyPair key) {}

  KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK has no P-256 keys", e);
    }
  }

  X509Certificate selfSigned(String name, KeyPair key, Validity validity) {
    byte[] subject = name(name, List.of());
    byte[] encoded = key.getPublic().getEncoded();
    byte[] point = Arrays.copyOfRange(encoded, encoded.length - POINT_BYTES, encoded.length);
    byte[] keyId = Der.value(Der.OCTET_STRING, sha1(point));
    List<byte[]> extensions =
        List.of(
            extension("2.5.29.19", true, Der.sequence(Der.yes())),
            // digitalSignature, keyCertSign, cRLSign
            extension("2.5.29.15", true, Der.bitString(1, new byte[] {(byte) 0x86})),
            extension(SUBJECT_KEY_ID, false, keyId));
    return sign(new Parts(subject, subject, key.getPublic(), validity, extensions), key);
  }

  X509Certificate server(
      Authority authority,
      String name,
      Collection<String> hosts,
      PublicKey key,
      Validity validity) {
    byte[][] names =
        hosts.stream().distinct().map(CertificateIssuer::generalName).toArray(byte[][]::new);
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(purposes(SERVER_AUTH, CLIENT_AUTH));
    extensions.add(extension("2.5.29.17", false, Der.sequence(names)));
    return leaf(authority, name(name, List.of()), key, validity, extensions);
  }

  X509Certificate client(
      Authority authority, String user, List<String> groups, PublicKey key, Validity validity) {
    return leaf(authority, name(user, groups), key, validity, List.of(purposes(CLIENT_AUTH)));
  }

  private X509Certificate leaf(
      Authority authority, byte[] subject, PublicKey key, Validity validity, List<byte[]> purpose) {
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(extension("2.5.29.19", true, Der.sequence()));
    // digitalSignature
    extensions.add(extension("2.5.29.15", true, Der.bitString(7, new byte[] {(byte) 0x80})));
    byte[] issuerKeyId = authority.certificate().getExtensionValue(SUBJECT_KEY_ID);
    if (issuerKeyId != null) {
      byte[] id = Der.read(Der.read(issuerKeyId).getFirst().content()).getFirst().content();
      extensions.add(extension("2.5.29.35", false, Der.sequence(Der.value(0x80, id))));
    }
    extensions.addAll(purpose);
    byte[] issuer = authority.certificate().getSubjectX500Principal().getEncoded();
    return sign(new Parts(issuer, subject, key, validity, extensions), authority.key());
  }

  /** What a certificate says. */
  private record Parts(
      byte[] issuer, byte[] subject, PublicKey key, Validity validity, List<byte[]> extensions) {}

  private X509Certificate sign(Parts parts, KeyPair key) {
    boolean elliptic = key.getPublic().getAlgorithm().equals("EC");
    byte[] algorithm =
        elliptic
            ? Der.sequence(Der.oid("1.2.840.10045.4.3.2"))
            : Der.sequence(Der.oid("1.2.840.113549.1.1.11"), new byte[] {0x05, 0x00});
    Instant from = parts.validity().from();
    byte[] signed =
        Der.sequence(
            Der.value(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(127, random).add(BigInteger.ONE)),
            algorithm,
            parts.issuer(),
            Der.sequence(
                Der.time(from.minus(CLOCK_SKEW)), Der.time(from.plus(parts.validity().length()))),
            parts.subject(),
            parts.key().getEncoded(),
            Der.value(0xa3, Der.sequence(parts.extensions().toArray(byte[][]::new))));
    try {
      Signature signer = Signature.getInstance(elliptic ? "SHA256withECDSA" : "SHA256withRSA");
      signer.initSign(key.getPrivate(), random);
      signer.update(signed);
      byte[] certificate = Der.sequence(signed, algorithm, Der.bitString(0, signer.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificate));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot issue a certificate", e);
    }
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    return Der.sequence(
        Der.oid(oid), critical ? Der.yes() : new byte[0], Der.value(Der.OCTET_STRING, value));
  }

  private static byte[] purposes(String... oids) {
    byte[][] purposes = Arrays.stream(oids).map(Der::oid).toArray(byte[][]::new);
    return extension("2.5.29.37", false, Der.sequence(purposes));
  }

  private static byte[] generalName(String host) {
    return IP_ADDRESS.matcher(host).matches()
        ? Der.value(0x87, InetAddress.ofLiteral(host).getAddress())
        : Der.value(0x82, host.getBytes(US_ASCII));
  }

  private static byte[] name(String commonName, List<String> organizations) {
    List<byte[]> attributes = new ArrayList<>();
    organizations.forEach(organization -> attributes.add(attribute(ORGANIZATION, organization)));
    attributes.add(attribute(COMMON_NAME, commonName));
    return Der.sequence(attributes.toArray(byte[][]::new));
  }

  private static byte[] attribute(String oid, String value) {
    return Der.value(Der.SET, Der.sequence(Der.oid(oid), Der.utf8(value)));
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
