package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.codec.JsonReader;
import io.tiphys.codec.JsonWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * JSON web tokens in their compact form, signed with ES256 or RS256. The algorithm follows from the
 * key, never from what a token says of itself.
 */
final class Jwt {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private Jwt() {}

  /** Claims that are not yet proven to come from anyone. */
  record Unverified(Json.Obj header, Json.Obj claims, byte[] signed, byte[] signature) {
    boolean signedBy(PublicKey key) {
      try {
        Signature verifier = Signature.getInstance(signatureName(key.getAlgorithm()));
        verifier.initVerify(key);
        verifier.update(signed);
        return algorithm(key.getAlgorithm()).equals(text(header, "alg"))
            && verifier.verify(signature);
      } catch (GeneralSecurityException e) {
        return false;
      }
    }
  }

  static String sign(Json.Obj claims, KeyPair key) {
    Map<String, Json> header = new LinkedHashMap<>();
    header.put("alg", new Json.Str(algorithm(key.getPublic().getAlgorithm())));
    header.put("kid", new Json.Str(keyId(key.getPublic())));
    String signed = encode(new Json.Obj(header)) + "." + encode(claims);
    try {
      Signature signer = Signature.getInstance(signatureName(key.getPublic().getAlgorithm()));
      signer.initSign(key.getPrivate());
      signer.update(signed.getBytes(US_ASCII));
      return signed + "." + ENCODER.encodeToString(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign with the service account key", e);
    }
  }

  /**
   * @throws IllegalArgumentException when this is no token
   */
  static Unverified parse(String token) {
    String[] parts = token.split("\\.", 4);
    if (parts.length != 3) {
      throw new IllegalArgumentException("a token has three parts");
    }
    return new Unverified(
        decode(parts[0]),
        decode(parts[1]),
        (parts[0] + "." + parts[1]).getBytes(US_ASCII),
        DECODER.decode(parts[2]));
  }

  /** As upstream names keys: the hash of their public form. */
  static String keyId(PublicKey key) {
    try {
      return ENCODER.encodeToString(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** A string member; empty when it is absent or something else. */
  static String text(Json.Obj object, String name) {
    return object.get(name) instanceof Json.Str(String value) ? value : "";
  }

  /** How JSON web tokens name what a key of this algorithm signs with. */
  static String algorithm(String keyAlgorithm) {
    return keyAlgorithm.equals("EC") ? "ES256" : "RS256";
  }

  private static String signatureName(String keyAlgorithm) {
    return keyAlgorithm.equals("EC") ? "SHA256withECDSAinP1363Format" : "SHA256withRSA";
  }

  private static String encode(Json tree) {
    JsonWriter writer = new JsonWriter();
    writer.writeTree(tree);
    return ENCODER.encodeToString(writer.toByteArray());
  }

  private static Json.Obj decode(String part) {
    try {
      if (JsonReader.of(DECODER.decode(part)).readTree() instanceof Json.Obj object) {
        return object;
      }
    } catch (CodecException e) {
      throw new IllegalArgumentException(e);
    }
    throw new IllegalArgumentException("a token's parts are objects");
  }
}
