package io.tiphys.server.authentication;

import io.tiphys.base.Clock;
import io.tiphys.codec.Json;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Issues service account tokens. Checked against upstream's pkg/serviceaccount/claims.go. */
public final class TokenIssuer {
  /** The issuer and default audience, as kubeadm configures them. */
  public static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  private final KeyPair key;
  private final Clock clock;
  private final Supplier<UUID> ids;

  public TokenIssuer(KeyPair key, Clock clock, Supplier<UUID> ids) {
    this.key = key;
    this.clock = clock;
    this.ids = ids;
  }

  /** A name and which one of that name. */
  public record Ref(String name, String uid) {}

  /**
   * What a token is bound to; at most one of pod and secret.
   *
   * @param node where the pod runs, or what the token is bound to
   */
  public record Binding(@Nullable Ref pod, @Nullable Ref secret, @Nullable Ref node) {
    public static final Binding NONE = new Binding(null, null, null);
  }

  /** A token and when it ends. */
  public record Issued(String token, Instant expires) {
    @Override
    public String toString() {
      return "Issued[expires=" + expires + "]";
    }
  }

  /**
   * Issues a token.
   *
   * @param audiences empty for the API server
   */
  public Issued issue(
      String namespace, Ref account, List<String> audiences, Duration validity, Binding binding) {
    Instant now = clock.now();
    Instant expires = now.plus(validity);
    List<Json> meantFor = new ArrayList<>();
    (audiences.isEmpty() ? List.of(ISSUER) : audiences)
        .forEach(audience -> meantFor.add(new Json.Str(audience)));
    Map<String, Json> claims = new LinkedHashMap<>();
    claims.put("aud", new Json.Arr(meantFor));
    claims.put("exp", new Json.Int(expires.getEpochSecond()));
    claims.put("iat", new Json.Int(now.getEpochSecond()));
    claims.put("iss", new Json.Str(ISSUER));
    claims.put("jti", new Json.Str(ids.get().toString()));
    claims.put("kubernetes.io", kubernetes(namespace, account, binding));
    claims.put("nbf", new Json.Int(now.getEpochSecond()));
    claims.put("sub", new Json.Str("system:serviceaccount:" + namespace + ":" + account.name()));
    return new Issued(Jwt.sign(new Json.Obj(claims), key), expires);
  }

  private static Json kubernetes(String namespace, Ref account, Binding binding) {
    Map<String, Json> members = new LinkedHashMap<>();
    members.put("namespace", new Json.Str(namespace));
    put(members, "node", binding.node());
    put(members, "pod", binding.pod());
    put(members, "secret", binding.secret());
    put(members, "serviceaccount", account);
    return new Json.Obj(members);
  }

  private static void put(Map<String, Json> members, String name, @Nullable Ref ref) {
    if (ref != null) {
      Map<String, Json> parts = new LinkedHashMap<>();
      parts.put("name", new Json.Str(ref.name()));
      parts.put("uid", new Json.Str(ref.uid()));
      members.put(name, new Json.Obj(parts));
    }
  }
}
