package io.tiphys.server.authentication.oidc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.tiphys.base.SystemClock;
import io.tiphys.server.tls.Pem;
import io.tiphys.server.tls.Pki;
import io.tiphys.server.tls.TlsIdentity;
import io.tiphys.server.webhook.OtherServer;
import io.tiphys.server.webhook.OtherServer.Answer;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A little OpenID issuer over TLS on loopback, with keys that come and go. */
public final class Issuer implements AutoCloseable {
  private static final Pki PKI = Pki.ephemeral(new SystemClock(), new SecureRandom());
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final OtherServer server;
  private final Map<String, KeyPair> keys = new ConcurrentHashMap<>();

  private Issuer(OtherServer server) {
    this.server = server;
    server.answer(
        asked ->
            switch (asked.path()) {
              case "/.well-known/openid-configuration" ->
                  new Answer(
                      200,
                      "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}"
                          .formatted(server.url(), server.url()));
              case "/keys" -> new Answer(200, keySet());
              default -> new Answer(404, "");
            });
  }

  public static Issuer open() {
    try {
      TlsIdentity identity = PKI.serving(List.of("127.0.0.1")).get();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "i", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, new char[0]);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(factory.getKeyManagers(), null, null);
      return new Issuer(OtherServer.open(tls));
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  public String url() {
    return server.url();
  }

  /** PEM of who signed its certificate. */
  public static String authority() {
    return Pem.of(PKI.authority());
  }

  /** Has a key from now on. */
  public Issuer with(String id, String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      keys.put(id, generator.generateKeyPair());
      return this;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  OtherServer server() {
    return server;
  }

  /** A token with these claims (members of a JSON object), signed with a key of this issuer. */
  public String token(String id, String algorithm, String claims) {
    String header = "{\"alg\":\"%s\",\"kid\":\"%s\"}".formatted(algorithm, id);
    String signed = encoded(header) + "." + encoded("{\"iss\":\"" + url() + "\"," + claims + "}");
    return signed + "." + BASE64.encodeToString(signature(id, algorithm, signed));
  }

  private byte[] signature(String id, String algorithm, String signed) {
    try {
      String digest = "SHA" + algorithm.substring(2);
      Signature signer;
      if (algorithm.startsWith("PS")) {
        signer = Signature.getInstance("RSASSA-PSS");
        String hash = "SHA-" + algorithm.substring(2);
        int salt = Integer.parseInt(algorithm.substring(2)) / 8;
        signer.setParameter(
            new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), salt, 1));
      } else {
        signer =
            Signature.getInstance(
                algorithm.startsWith("ES")
                    ? digest + "withECDSAinP1363Format"
                    : digest + "withRSA");
      }
      signer.initSign(requireNonNull(keys.get(id)).getPrivate());
      signer.update(signed.getBytes(US_ASCII));
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String encoded(String json) {
    return BASE64.encodeToString(json.getBytes(UTF_8));
  }

  private String keySet() {
    return keys.entrySet().stream()
        .map(entry -> key(entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
  }

  private static String key(String id, KeyPair pair) {
    if (pair.getPublic() instanceof ECPublicKey curve) {
      int bits = curve.getParams().getCurve().getField().getFieldSize();
      return "{\"kty\":\"EC\",\"use\":\"sig\",\"kid\":\"%s\",\"crv\":\"P-%d\",\"x\":\"%s\",\"y\":\"%s\"}"
          .formatted(
              id, bits, number(curve.getW().getAffineX()), number(curve.getW().getAffineY()));
    }
    RSAPublicKey rsa = (RSAPublicKey) pair.getPublic();
    return "{\"kty\":\"RSA\",\"use\":\"sig\",\"kid\":\"%s\",\"n\":\"%s\",\"e\":\"%s\"}"
        .formatted(id, number(rsa.getModulus()), number(rsa.getPublicExponent()));
  }

  private static String number(BigInteger value) {
    return BASE64.encodeToString(value.toByteArray());
  }

  @Override
  public void close() {
    server.close();
  }
}
