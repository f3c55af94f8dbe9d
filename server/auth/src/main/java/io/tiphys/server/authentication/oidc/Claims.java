package io.tiphys.server.authentication.oidc;

import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.server.http.User;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The claims of a token that was verified, and the user they make. */
record Claims(JwtAuthenticatorConfig config, Json.Obj claims) {
  /** Of the year 9999 or so; far beyond it an Instant cannot be made. */
  private static final long LAST_SECOND = 253_402_300_799L;

  /** Claims that make no user. */
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1;

    Unfit(String message) {
      super(message);
    }
  }

  User user() throws Unfit {
    User user = new User(username(), uid(), groups(), Map.of());
    for (Map.Entry<String, String> required : config.requiredClaims().entrySet()) {
      check(required.getKey(), required.getValue());
    }
    return user;
  }

  private String username() throws Unfit {
    String claim = config.username().claim();
    if (!(claims.get(claim) instanceof Json.Str(String name))) {
      throw new Unfit(
          "oidc: parse username claims %s: %s".formatted(GoText.quote(claim), missing(claim)));
    }
    Json verified = claims.get("email_verified");
    if (claim.equals("email") && verified != null) {
      if (!(verified instanceof Json.Bool(boolean truth))) {
        throw new Unfit("oidc: parse 'email_verified' claim: it is neither true nor false");
      }
      if (!truth) {
        throw new Unfit("oidc: email not verified");
      }
    }
    return config.username().prefix() + name;
  }

  private String missing(String claim) {
    return claims.get(claim) == null ? "claim not present" : "it is no string";
  }

  private List<String> groups() throws Unfit {
    String claim = config.groups().claim();
    Json value = claim.isEmpty() ? null : claims.get(claim);
    if (value == null) {
      return List.of();
    }
    List<String> groups = texts(value);
    if (groups == null) {
      throw new Unfit(
          "oidc: parse groups claim %s: it is neither a string nor a list of strings"
              .formatted(GoText.quote(claim)));
    }
    return groups.stream().map(group -> config.groups().prefix() + group).toList();
  }

  private String uid() throws Unfit {
    String claim = config.uidClaim();
    if (claim.isEmpty()) {
      return "";
    }
    if (!(claims.get(claim) instanceof Json.Str(String uid))) {
      throw new Unfit(
          "oidc: parse uid claim %s: %s".formatted(GoText.quote(claim), missing(claim)));
    }
    return uid;
  }

  private void check(String claim, String wanted) throws Unfit {
    Json value = claims.get(claim);
    if (value == null) {
      throw new Unfit("oidc: required claim %s not present in ID token".formatted(claim));
    }
    if (!(value instanceof Json.Str(String found))) {
      throw new Unfit("oidc: parse claim %s: it is no string".formatted(claim));
    }
    if (!found.equals(wanted)) {
      throw new Unfit(
          "oidc: required claim %s value does not match. Got = %s, want = %s"
              .formatted(claim, found, wanted));
    }
  }

  static String text(Json.Obj members, String name) {
    return members.get(name) instanceof Json.Str(String value) ? value : "";
  }

  /** One string or several; null when it is anything else. */
  static @Nullable List<String> texts(@Nullable Json value) {
    if (value instanceof Json.Str(String one)) {
      return List.of(one);
    }
    if (!(value instanceof Json.Arr(List<Json> several))) {
      return null;
    }
    List<String> texts = new ArrayList<>();
    for (Json each : several) {
      if (!(each instanceof Json.Str(String text))) {
        return null;
      }
      texts.add(text);
    }
    return texts;
  }

  static @Nullable Instant time(Json.Obj claims, String name) {
    return switch (claims.get(name)) {
      case Json.Int(long seconds) -> time(seconds);
      case Json.Num(double seconds) -> time((long) seconds);
      case null, default -> null;
    };
  }

  /** Years of more than nine digits are as good as the last before them. */
  private static Instant time(long seconds) {
    return Instant.ofEpochSecond(Math.clamp(seconds, -LAST_SECOND, LAST_SECOND));
  }
}
