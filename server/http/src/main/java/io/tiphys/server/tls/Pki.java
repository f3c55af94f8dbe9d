package io.tiphys.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tiphys.base.Clock;
import io.tiphys.base.PrivateKeyPem;
import io.tiphys.base.machine.Disk;
import io.tiphys.server.tls.CertificateIssuer.Authority;
import io.tiphys.server.tls.CertificateIssuer.Validity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The cluster's keys: the authority and the key that signs service account tokens are kept in a
 * folder for the life of the cluster; everything they sign is made anew at every start and never
 * written down here.
 */
public final class Pki {
  /** The names under which pods and the machine itself know the server. */
  private static final List<String> STANDING_NAMES =
      List.of(
          "localhost",
          "127.0.0.1",
          "::1",
          "kubernetes",
          "kubernetes.default",
          "kubernetes.default.svc",
          "kubernetes.default.svc.cluster.local");

  /** kubeadm's: an authority outlives every cluster that is ever upgraded. */
  private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

  /** kubeadm's: a year. */
  private static final Duration LEAF_VALIDITY = Duration.ofDays(365);

  /** A process that runs for most of a year shows a fresh certificate from here on. */
  private static final Duration RENEW_BEFORE = Duration.ofDays(60);

  private final CertificateIssuer issuer;
  private final Clock clock;
  private final Authority authority;
  private final KeyPair serviceAccountKey;

  private Pki(
      CertificateIssuer issuer, Clock clock, Authority authority, KeyPair serviceAccountKey) {
    this.issuer = issuer;
    this.clock = clock;
    this.authority = authority;
    this.serviceAccountKey = serviceAccountKey;
  }

  /**
   * Reads {@code ca.crt}, {@code ca.key}, {@code sa.key} and {@code sa.pub} from the folder, or
   * makes them.
   *
   * @throws IllegalStateException naming a file that cannot be read or is missing beside its twin
   */
  public static Pki open(Path folder, Disk disk, Clock clock, SecureRandom random) {
    CertificateIssuer issuer = new CertificateIssuer(random);
    try {
      disk.createDirectories(folder);
      return new Pki(
          issuer,
          clock,
          authority(folder, disk, issuer, clock),
          serviceAccountKey(folder, disk, issuer));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keys that live in memory only. */
  public static Pki ephemeral(Clock clock, SecureRandom random) {
    CertificateIssuer issuer = new CertificateIssuer(random);
    return new Pki(issuer, clock, newAuthority(issuer, clock), issuer.newKey());
  }

  /** The authority that signed every certificate of the cluster; what clients must trust. */
  public X509Certificate authority() {
    return authority.certificate();
  }

  /** What signs and verifies service account tokens. */
  public KeyPair serviceAccountKey() {
    return serviceAccountKey;
  }

  /**
   * The serving certificate for the standing names and {@code hosts} (names and addresses), renewed
   * in time; for {@link io.tiphys.server.http.ApiListener#open}.
   */
  public Supplier<TlsIdentity> serving(List<String> hosts) {
    return new Serving(Stream.concat(STANDING_NAMES.stream(), hosts.stream()).toList());
  }

  /** A serving certificate for other listeners, such as a node's. */
  public Credential issueServer(String name, List<String> hosts) {
    KeyPair key = issuer.newKey();
    X509Certificate certificate =
        issuer.server(authority, name, hosts, key.getPublic(), validity(LEAF_VALIDITY));
    return new Credential(certificate, key.getPrivate());
  }

  /** A client certificate: the bearer's name and groups. */
  public Credential issueClient(String user, List<String> groups) {
    KeyPair key = issuer.newKey();
    X509Certificate certificate =
        issuer.client(authority, user, groups, key.getPublic(), validity(LEAF_VALIDITY));
    return new Credential(certificate, key.getPrivate());
  }

  /** A certificate with its key. */
  public record Credential(X509Certificate certificate, PrivateKey key) {
    public String certificatePem() {
      return Pem.of(certificate);
    }

    public String keyPem() {
      return PrivateKeyPem.of(new KeyPair(certificate.getPublicKey(), key));
    }

    @Override
    public String toString() {
      return "Credential[" + certificate.getSubjectX500Principal() + "]";
    }
  }

  private Validity validity(Duration length) {
    return new Validity(clock.now(), length);
  }

  private static Authority newAuthority(CertificateIssuer issuer, Clock clock) {
    KeyPair key = issuer.newKey();
    return new Authority(
        issuer.selfSigned("kubernetes", key, new Validity(clock.now(), AUTHORITY_VALIDITY)), key);
  }

  private static Authority authority(Path folder, Disk disk, CertificateIssuer issuer, Clock clock)
      throws IOException {
    Path certificateFile = folder.resolve("ca.crt");
    Path keyFile = folder.resolve("ca.key");
    if (!present(disk, certificateFile, keyFile)) {
      Authority authority = newAuthority(issuer, clock);
      // The key first: a certificate alone means that a key was lost, and must be an error.
      write(disk, keyFile, PrivateKeyPem.of(authority.key()), "rw-------");
      write(disk, certificateFile, Pem.of(authority.certificate()), "rw-r--r--");
      return authority;
    }
    try {
      X509Certificate certificate = Pem.certificates(disk.readString(certificateFile)).getFirst();
      PrivateKey key = PrivateKeyPem.read(disk.readString(keyFile));
      return new Authority(certificate, new KeyPair(certificate.getPublicKey(), key));
    } catch (GeneralSecurityException | CharacterCodingException | RuntimeException e) {
      throw unreadable(certificateFile, keyFile, e);
    }
  }

  private static KeyPair serviceAccountKey(Path folder, Disk disk, CertificateIssuer issuer)
      throws IOException {
    Path publicFile = folder.resolve("sa.pub");
    Path keyFile = folder.resolve("sa.key");
    if (!present(disk, publicFile, keyFile)) {
      KeyPair key = issuer.newKey();
      write(disk, keyFile, PrivateKeyPem.of(key), "rw-------");
      write(disk, publicFile, Pem.of(key.getPublic()), "rw-r--r--");
      return key;
    }
    try {
      return new KeyPair(
          Pem.publicKey(disk.readString(publicFile), "EC"),
          PrivateKeyPem.read(disk.readString(keyFile)));
    } catch (GeneralSecurityException | CharacterCodingException | RuntimeException e) {
      throw unreadable(publicFile, keyFile, e);
    }
  }

  private static boolean present(Disk disk, Path publicFile, Path keyFile) {
    if (!disk.exists(publicFile)) {
      return false;
    }
    if (!disk.exists(keyFile)) {
      throw new IllegalStateException(
          keyFile + " is missing beside " + publicFile + "; restore it, or remove both");
    }
    return true;
  }

  private static IllegalStateException unreadable(Path a, Path b, Exception e) {
    String what = e instanceof GeneralSecurityException ? ": " + e.getMessage() : "";
    return new IllegalStateException(
        "%s and %s do not hold a readable pair%s; restore them from a copy".formatted(a, b, what),
        e);
  }

  /** Whole or not at all, also across a crash. */
  private static void write(Disk disk, Path file, String text, String permissions)
      throws IOException {
    disk.replace(file, text.getBytes(US_ASCII), PosixFilePermissions.fromString(permissions));
  }

  private final class Serving implements Supplier<TlsIdentity> {
    private final List<String> hosts;
    private volatile Issued issued;

    Serving(List<String> hosts) {
      this.hosts = hosts;
      this.issued = issue();
    }

    @Override
    public TlsIdentity get() {
      Issued current = issued;
      if (clock.now().isAfter(current.renewAt())) {
        synchronized (this) {
          if (clock.now().isAfter(issued.renewAt())) {
            issued = issue();
          }
          current = issued;
        }
      }
      return current.identity();
    }

    private Issued issue() {
      Credential credential = issueServer("kube-apiserver", hosts);
      return new Issued(
          new TlsIdentity(
              List.of(credential.certificate()),
              credential.key(),
              List.of(authority.certificate())),
          clock.now().plus(LEAF_VALIDITY).minus(RENEW_BEFORE));
    }
  }

  private record Issued(TlsIdentity identity, Instant renewAt) {}
}
