package io.tiphys.node.cri;

/**
 * Credentials for a registry; empty strings are absent.
 *
 * @param auth base64 of {@code username:password}, instead of the two
 * @param identityToken an OAuth2 refresh token
 * @param registryToken a bearer token, sent as it is
 */
public record AuthConfig(
    String username,
    String password,
    String auth,
    String serverAddress,
    String identityToken,
    String registryToken) {
  public static final AuthConfig EMPTY = new AuthConfig("", "", "", "", "", "");

  public static AuthConfig basic(String username, String password) {
    return new AuthConfig(username, password, "", "", "", "");
  }

  /** Never shows a secret. */
  @Override
  public String toString() {
    return "AuthConfig[username=" + username + ", serverAddress=" + serverAddress + "]";
  }
}
