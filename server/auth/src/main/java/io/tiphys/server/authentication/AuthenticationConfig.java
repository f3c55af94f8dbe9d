package io.tiphys.server.authentication;

import java.util.List;

/**
 * Whom the API server believes besides client certificates and its own tokens.
 *
 * @param bootstrapTokens whether tokens of Secrets in kube-system let machines join
 * @param further who judges tokens after the server itself, in order; closed by whoever opened them
 */
public record AuthenticationConfig(
    boolean bootstrapTokens, AnonymousAccess anonymous, List<TokenAuthenticator> further) {
  /** Upstream's defaults. */
  public static final AuthenticationConfig STANDARD =
      new AuthenticationConfig(false, AnonymousAccess.ALLOWED, List.of());

  public AuthenticationConfig {
    further = List.copyOf(further);
  }
}
