package io.tiphys.server.authentication;

import io.tiphys.server.http.User;
import java.util.List;

/** Judges bearer tokens of one sort. Thread-safe. */
public interface TokenAuthenticator {
  /**
   * @param audiences who the token must be meant for: one of these; empty for the API server itself
   * @return {@link Authenticator.Finding.NoCredentials} when the token is of another sort
   */
  Judgement authenticate(String token, List<String> audiences);

  /** Whether the token can be judged without much work, such as checking a signature. */
  default boolean isQuick(String token) {
    return true;
  }

  /**
   * A finding about a token.
   *
   * @param audiences those of the asked-for audiences that the token is meant for
   */
  record Judgement(Authenticator.Finding finding, List<String> audiences) {
    /** Somebody else must know it. */
    public static final Judgement OF_ANOTHER_SORT =
        new Judgement(Authenticator.NO_CREDENTIALS, List.of());

    /**
     * Of a token that says nothing about audiences: it is meant for the API server alone. Checked
     * against WrapAudienceAgnosticToken of apiserver/pkg/authentication/token.
     */
    public static Judgement ofApiServer(User user, List<String> audiences) {
      if (!audiences.isEmpty() && !audiences.contains(TokenIssuer.ISSUER)) {
        return OF_ANOTHER_SORT;
      }
      return new Judgement(
          new Authenticator.Finding.Known(user),
          audiences.isEmpty() ? List.of() : List.of(TokenIssuer.ISSUER));
    }

    public static Judgement rejected(String reason) {
      return new Judgement(new Authenticator.Finding.Rejected(reason), List.of());
    }
  }
}
