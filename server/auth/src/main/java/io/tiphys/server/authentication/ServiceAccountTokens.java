package io.tiphys.server.authentication;

import io.tiphys.base.Clock;
import io.tiphys.codec.Json;
import io.tiphys.server.authentication.TokenSubjects.Kind;
import io.tiphys.server.authentication.TokenSubjects.Subject;
import io.tiphys.server.http.User;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges service account tokens: signed by us, in time, for the right audience, and everything they
 * are bound to still alive. Checked against upstream's pkg/serviceaccount/{jwt,claims}.go.
 */
public final class ServiceAccountTokens implements TokenAuthenticator {
  private static final String EXTRA = "authentication.kubernetes.io/";

  /** Clocks differ, and what is deleted may still say goodbye: upstream's jwt.DefaultLeeway. */
  private static final Duration LEEWAY = Duration.ofMinutes(1);

  /**
   * Tokens whose signature was found good. Checking one costs more than all the rest of a small
   * request; this holds the tokens of a thousand pods and more.
   */
  private static final int MAX_REMEMBERED = 4096;

  private final List<PublicKey> keys;
  private final TokenSubjects subjects;
  private final Clock clock;
  private final Remembered<String, Json.Obj> signedWell = new Remembered<>(MAX_REMEMBERED);

  public ServiceAccountTokens(List<PublicKey> keys, TokenSubjects subjects, Clock clock) {
    this.keys = List.copyOf(keys);
    this.subjects = subjects;
    this.clock = clock;
  }

  /** A token without dots is none of ours; one of ours is quick when its signature is known. */
  @Override
  public boolean isQuick(String token) {
    return token.indexOf('.') < 0 || signedWell.get(token) != null;
  }

  @Override
  public Judgement authenticate(String token, List<String> audiences) {
    Json.Obj claims = signedWell.get(token);
    if (claims == null) {
      Jwt.Unverified unverified;
      try {
        unverified = Jwt.parse(token);
      } catch (IllegalArgumentException e) {
        return Judgement.OF_ANOTHER_SORT;
      }
      if (!Jwt.text(unverified.claims(), "iss").equals(TokenIssuer.ISSUER)) {
        return Judgement.OF_ANOTHER_SORT;
      }
      if (keys.stream().noneMatch(unverified::signedBy)) {
        return Judgement.rejected("invalid bearer token");
      }
      claims = unverified.claims();
      signedWell.put(token, claims);
    }
    return judge(claims, audiences.isEmpty() ? List.of(TokenIssuer.ISSUER) : audiences);
  }

  private Judgement judge(Json.Obj claims, List<String> audiences) {
    Instant now = clock.now();
    if (now.minus(LEEWAY).isAfter(time(claims, "exp"))) {
      return Judgement.rejected("service account token has expired");
    }
    if (now.plus(LEEWAY).isBefore(time(claims, "nbf"))) {
      return Judgement.rejected("service account token is not valid yet");
    }
    List<String> meantFor = new ArrayList<>(strings(claims.get("aud")));
    List<String> asked = List.copyOf(meantFor);
    meantFor.retainAll(audiences);
    if (meantFor.isEmpty()) {
      return Judgement.rejected(
          "token audiences %s is invalid for the target audiences %s"
              .formatted(goList(asked), goList(audiences)));
    }
    if (!(claims.get("kubernetes.io") instanceof Json.Obj kubernetes)
        || !(kubernetes.get("serviceaccount") instanceof Json.Obj account)) {
      return Judgement.rejected("service account token has no kubernetes.io claim");
    }
    String problem = deadSubject(kubernetes, account, now);
    if (problem != null) {
      return Judgement.rejected(problem);
    }
    User user =
        User.serviceAccount(
            Jwt.text(kubernetes, "namespace"),
            Jwt.text(account, "name"),
            Jwt.text(account, "uid"),
            extra(claims, kubernetes));
    return new Judgement(new Authenticator.Finding.Known(user), meantFor);
  }

  private @Nullable String deadSubject(Json.Obj kubernetes, Json.Obj account, Instant now) {
    String namespace = Jwt.text(kubernetes, "namespace");
    String name = Jwt.text(account, "name");
    Subject live = subjects.find(Kind.SERVICE_ACCOUNT, namespace, name);
    if (live == null) {
      return "serviceaccounts \"" + name + "\" not found";
    }
    if (!live.uid().equals(Jwt.text(account, "uid"))) {
      return "service account UID (%s) does not match claim (%s)"
          .formatted(live.uid(), Jwt.text(account, "uid"));
    }
    if (deletedBefore(live, now)) {
      return "service account %s/%s has been deleted".formatted(namespace, name);
    }
    boolean podBound = kubernetes.get("pod") != null;
    for (Kind kind : List.of(Kind.SECRET, Kind.POD, Kind.NODE)) {
      // A pod's token names its node for information only.
      boolean bound = kind != Kind.NODE || !podBound;
      if (bound && kubernetes.get(claim(kind)) instanceof Json.Obj ref) {
        Subject subject =
            subjects.find(kind, kind == Kind.NODE ? "" : namespace, Jwt.text(ref, "name"));
        if (subject == null || deletedBefore(subject, now)) {
          return "service account token has been invalidated";
        }
        if (!subject.uid().equals(Jwt.text(ref, "uid"))) {
          return "%s UID (%s) does not match service account %s ref claim (%s)"
              .formatted(claim(kind), subject.uid(), claim(kind), Jwt.text(ref, "uid"));
        }
      }
    }
    return null;
  }

  private static boolean deletedBefore(Subject subject, Instant now) {
    return subject.deleted() != null && subject.deleted().isBefore(now.minus(LEEWAY));
  }

  private static String claim(Kind kind) {
    return switch (kind) {
      case SERVICE_ACCOUNT -> "serviceaccount";
      case POD -> "pod";
      case SECRET -> "secret";
      case NODE -> "node";
    };
  }

  private static Map<String, List<String>> extra(Json.Obj claims, Json.Obj kubernetes) {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    String id = Jwt.text(claims, "jti");
    if (!id.isEmpty()) {
      extra.put(EXTRA + "credential-id", List.of("JTI=" + id));
    }
    for (String bound : List.of("pod", "node")) {
      if (kubernetes.get(bound) instanceof Json.Obj ref) {
        extra.put(EXTRA + bound + "-name", List.of(Jwt.text(ref, "name")));
        if (!Jwt.text(ref, "uid").isEmpty()) {
          extra.put(EXTRA + bound + "-uid", List.of(Jwt.text(ref, "uid")));
        }
      }
    }
    return extra;
  }

  private static Instant time(Json.Obj claims, String name) {
    return switch (claims.get(name)) {
      case Json.Int(long seconds) -> Instant.ofEpochSecond(seconds);
      case Json.Num(double seconds) -> Instant.ofEpochSecond((long) seconds);
      case null, default -> Instant.EPOCH;
    };
  }

  private static List<String> strings(@Nullable Json value) {
    return switch (value) {
      case Json.Str(String one) -> List.of(one);
      case Json.Arr(List<Json> several) ->
          several.stream()
              .filter(Json.Str.class::isInstance)
              .map(one -> ((Json.Str) one).value())
              .toList();
      case null, default -> List.of();
    };
  }

  private static String goList(List<String> values) {
    return "[\"" + String.join("\" \"", values) + "\"]";
  }
}
