package io.tiphys.server.authentication.oidc;

import java.util.List;
import java.util.Map;

/**
 * An issuer whose tokens are believed, and what their claims say of a user.
 *
 * @param url of the issuer, as its tokens have it
 * @param discoveryUrl where it tells of its keys; empty for the usual place below {@code url}
 * @param authorities PEM of who signs its certificate; empty for those that the JDK trusts
 * @param audiences one of which a token must be meant for
 * @param algorithms with which tokens may be signed
 * @param uidClaim empty for none
 * @param requiredClaims with the values they must have
 */
public record JwtAuthenticatorConfig(
    String url,
    String discoveryUrl,
    String authorities,
    List<String> audiences,
    List<String> algorithms,
    Mapping username,
    Mapping groups,
    String uidClaim,
    Map<String, String> requiredClaims) {

  /** What upstream allows; allowedSigningAlgs of plugin/pkg/authenticator/token/oidc. */
  public static final List<String> ALGORITHMS =
      List.of("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512");

  /**
   * A claim, and what is put before its value.
   *
   * @param claim empty for none
   */
  public record Mapping(String claim, String prefix) {
    public static final Mapping NONE = new Mapping("", "");
  }

  public JwtAuthenticatorConfig {
    audiences = List.copyOf(audiences);
    algorithms = List.copyOf(algorithms);
    requiredClaims = Map.copyOf(requiredClaims);
  }

  /** Where the issuer tells of its keys. */
  String discovery() {
    if (!discoveryUrl.isEmpty()) {
      return discoveryUrl;
    }
    int end = url.length();
    while (end > 0 && url.charAt(end - 1) == '/') {
      end--;
    }
    return url.substring(0, end) + "/.well-known/openid-configuration";
  }
}
