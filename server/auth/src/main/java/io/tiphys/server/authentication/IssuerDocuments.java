package io.tiphys.server.authentication;

import io.tiphys.codec.Json;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What others need to check service account tokens by themselves: the issuer's OpenID configuration
 * and its keys. Checked against upstream's pkg/serviceaccount/openidmetadata.go and
 * pkg/routes/openidmetadata.go.
 */
public final class IssuerDocuments implements Handler {
  public static final String CONFIGURATION = "/.well-known/openid-configuration";
  public static final String KEYS = "/openid/v1/jwks";

  /** Upstream's, for keys that are read from files: they change with a restart. */
  private static final Map<String, String> CACHED_AN_HOUR =
      Map.of("Cache-Control", "public, max-age=3600");

  /** A coordinate of P-256. */
  private static final int COORDINATE_BYTES = 32;

  private final byte[] configuration;
  private final byte[] keys;

  /**
   * @param address host and port at which the keys can be had
   */
  public IssuerDocuments(PublicKey key, String address) {
    configuration =
        Json.Obj.builder()
            .put("issuer", new Json.Str(TokenIssuer.ISSUER))
            .put("jwks_uri", new Json.Str("https://" + address + KEYS))
            .put("response_types_supported", list("id_token"))
            .put("subject_types_supported", list("public"))
            .put("id_token_signing_alg_values_supported", list(Jwt.algorithm(key.getAlgorithm())))
            .build()
            .toBytes();
    keys = Json.Obj.builder().put("keys", new Json.Arr(List.of(webKey(key)))).build().toBytes();
  }

  private static Json list(String only) {
    return new Json.Arr(List.of(new Json.Str(only)));
  }

  private static Json webKey(PublicKey key) {
    Json.Obj.Builder members =
        Json.Obj.builder()
            .put("use", new Json.Str("sig"))
            .put("kty", new Json.Str(key.getAlgorithm()))
            .put("kid", new Json.Str(Jwt.keyId(key)));
    if (key instanceof ECPublicKey) {
      members.put("crv", new Json.Str("P-256"));
    }
    members.put("alg", new Json.Str(Jwt.algorithm(key.getAlgorithm())));
    switch (key) {
      case ECPublicKey curve -> {
        members.put("x", number(curve.getW().getAffineX(), COORDINATE_BYTES));
        members.put("y", number(curve.getW().getAffineY(), COORDINATE_BYTES));
      }
      case RSAPublicKey rsa -> {
        members.put("n", number(rsa.getModulus(), (rsa.getModulus().bitLength() + 7) / 8));
        BigInteger exponent = rsa.getPublicExponent();
        members.put("e", number(exponent, (exponent.bitLength() + 7) / 8));
      }
      default -> throw new IllegalArgumentException("tokens are signed with EC or RSA keys");
    }
    return members.build();
  }

  /** A number as so many bytes, the highest first. */
  private static Json number(BigInteger value, int length) {
    byte[] signed = value.toByteArray();
    byte[] bytes = new byte[length];
    int taken = Math.min(length, signed.length);
    System.arraycopy(signed, signed.length - taken, bytes, length - taken, taken);
    Arrays.fill(bytes, 0, length - taken, (byte) 0);
    return new Json.Str(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  public static boolean answers(String path) {
    return path.equals(CONFIGURATION) || path.equals(KEYS);
  }

  @Override
  public boolean mayBlock(Request request) {
    return false;
  }

  @Override
  public Response handle(Request request) {
    return request.path().equals(KEYS)
        ? new Response.Full(200, "application/jwk-set+json", List.of(keys), CACHED_AN_HOUR)
        : new Response.Full(200, "application/json", List.of(configuration), CACHED_AN_HOUR);
  }
}
