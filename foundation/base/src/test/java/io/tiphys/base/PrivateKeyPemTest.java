package io.tiphys.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeyPemTest {
  @ParameterizedTest
  @ValueSource(strings = {"secp256r1", "secp384r1", "secp521r1"})
  void ellipticCurveKeysAreWrittenAsClientGoWritesThem(String curve) throws Exception {
    KeyPair pair = ellipticCurve(curve);

    String text = PrivateKeyPem.of(pair);

    assertThat(text).startsWith("-----BEGIN EC PRIVATE KEY-----\n");
    assertThat(((ECPrivateKey) PrivateKeyPem.read(text)).getS())
        .isEqualTo(((ECPrivateKey) pair.getPrivate()).getS());
  }

  @Test
  void opensslReadsTheKeyAndFindsItsPublicHalf(@TempDir Path folder) throws Exception {
    KeyPair pair = ellipticCurve("secp256r1");
    Path key = folder.resolve("key");
    Files.writeString(key, PrivateKeyPem.of(pair));
    assumeTrue(Files.exists(Path.of("/usr/bin/openssl")), "there is no openssl on this machine");

    Process openssl =
        new ProcessBuilder("/usr/bin/openssl", "ec", "-in", key.toString(), "-pubout").start();
    String shown = new String(openssl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(shown.replaceAll("-----[A-Z ]+-----|\\s", ""))
        .isEqualTo(Base64.getEncoder().encodeToString(pair.getPublic().getEncoded()));
  }

  @Test
  void keysOfEarlierReleasesArePkcs8AndAreStillRead() throws Exception {
    KeyPair pair = ellipticCurve("secp256r1");
    KeyPair rsa = rsa();

    assertThat(PrivateKeyPem.read(pem("PRIVATE KEY", pair.getPrivate().getEncoded())))
        .isEqualTo(pair.getPrivate());
    assertThat(PrivateKeyPem.read(PrivateKeyPem.of(rsa))).isEqualTo(rsa.getPrivate());
  }

  @Test
  void kubeadmsRsaKeysAreRead() throws Exception {
    KeyPair rsa = rsa();
    byte[] pkcs8 = rsa.getPrivate().getEncoded();
    // PKCS #8 holds PKCS #1 as its last part, behind 26 bytes of head.
    byte[] pkcs1 = Arrays.copyOfRange(pkcs8, 26, pkcs8.length);

    assertThat(PrivateKeyPem.read(pem("RSA PRIVATE KEY", pkcs1))).isEqualTo(rsa.getPrivate());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "MAA=", "MAMC", "MAMCAQE="})
  void damagedKeysAreSaidToBe(String body) {
    for (String type : new String[] {"EC PRIVATE KEY", "RSA PRIVATE KEY", "PRIVATE KEY"}) {
      String text = "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
      assertThatThrownBy(() -> PrivateKeyPem.read(text))
          .isInstanceOf(GeneralSecurityException.class);
    }
  }

  private static KeyPair ellipticCurve(String curve) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  private static KeyPair rsa() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  private static String pem(String type, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(type, Base64.getMimeEncoder().encodeToString(bytes), type);
  }
}
