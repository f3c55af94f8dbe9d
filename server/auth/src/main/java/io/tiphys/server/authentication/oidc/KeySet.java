package io.tiphys.server.authentication.oidc;

import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The public keys of an issuer: a JSON web key set (RFC 7517). */
record KeySet(List<Key> keys) {
  static final KeySet EMPTY = new KeySet(List.of());

  /** No issuer has more; each costs the check of a signature. */
  private static final int MAX_KEYS = 64;

  /**
   * A key.
   *
   * @param id empty when it has none
   */
  record Key(String id, PublicKey key) {}

  KeySet {
    keys = List.copyOf(keys);
  }

  /**
   * Reads a key set; keys of other sorts are passed over.
   *
   * @throws IllegalArgumentException if it is none
   */
  static KeySet read(byte[] json) {
    Json tree;
    try {
      tree = Json.parse(json);
    } catch (CodecException e) {
      throw new IllegalArgumentException("failed to decode keys: " + e.getMessage(), e);
    }
    if (!(tree instanceof Json.Obj set) || !(set.get("keys") instanceof Json.Arr(List<Json> all))) {
      throw new IllegalArgumentException("failed to decode keys: there are none");
    }
    List<Key> keys = new ArrayList<>();
    for (Json each : all.subList(0, Math.min(MAX_KEYS, all.size()))) {
      PublicKey key = each instanceof Json.Obj members ? key(members) : null;
      if (key != null) {
        keys.add(new Key(text((Json.Obj) each, "kid"), key));
      }
    }
    return new KeySet(keys);
  }

  /** Those that may have signed: with the name that a token gives, or all. */
  List<Key> named(String id) {
    return id.isEmpty() ? keys : keys.stream().filter(key -> key.id().equals(id)).toList();
  }

  private static @Nullable PublicKey key(Json.Obj members) {
    String use = text(members, "use");
    if (!use.isEmpty() && !use.equals("sig")) {
      return null;
    }
    try {
      return switch (text(members, "kty")) {
        case "RSA" ->
            KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(number(members, "n"), number(members, "e")));
        case "EC" ->
            KeyFactory.getInstance("EC")
                .generatePublic(
                    new ECPublicKeySpec(
                        new ECPoint(number(members, "x"), number(members, "y")),
                        curve(text(members, "crv"))));
        default -> null;
      };
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return null;
    }
  }

  private static ECParameterSpec curve(String name) throws GeneralSecurityException {
    String known =
        switch (name) {
          case "P-256" -> "secp256r1";
          case "P-384" -> "secp384r1";
          case "P-521" -> "secp521r1";
          default -> throw new IllegalArgumentException("no such curve: " + name);
        };
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(known));
    return parameters.getParameterSpec(ECParameterSpec.class);
  }

  private static BigInteger number(Json.Obj members, String name) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(text(members, name)));
  }

  private static String text(Json.Obj members, String name) {
    return members.get(name) instanceof Json.Str(String value) ? value : "";
  }
}
