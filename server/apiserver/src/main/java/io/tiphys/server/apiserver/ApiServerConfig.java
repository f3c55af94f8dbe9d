package io.tiphys.server.apiserver;

import io.tiphys.server.authentication.AuthenticationConfig;
import io.tiphys.server.http.User;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;

/**
 * What sets one API server apart from another.
 *
 * @param gitVersion as {@code /version} tells it, such as {@code v1.36.0+tiphys}
 * @param architecture of the machine, in Go's words, such as {@code amd64}
 * @param advertiseAddress the IPv4 address under which pods reach the API
 * @param port the port of the listener
 * @param serviceRange addresses of services, such as {@code 10.96.0.0/16}
 * @param clientAuthorities whose certificates prove who a client is
 * @param serviceAccountKey signs tokens
 * @param staticTokens users by bearer token
 * @param authentication who is let in besides
 */
public record ApiServerConfig(
    String gitVersion,
    String architecture,
    String advertiseAddress,
    int port,
    String serviceRange,
    List<X509Certificate> clientAuthorities,
    KeyPair serviceAccountKey,
    Map<String, User> staticTokens,
    AuthenticationConfig authentication) {
  /** With upstream's defaults. */
  public ApiServerConfig(
      String gitVersion,
      String architecture,
      String advertiseAddress,
      int port,
      String serviceRange,
      List<X509Certificate> clientAuthorities,
      KeyPair serviceAccountKey,
      Map<String, User> staticTokens) {
    this(
        gitVersion,
        architecture,
        advertiseAddress,
        port,
        serviceRange,
        clientAuthorities,
        serviceAccountKey,
        staticTokens,
        AuthenticationConfig.STANDARD);
  }

  public ApiServerConfig {
    clientAuthorities = List.copyOf(clientAuthorities);
    staticTokens = Map.copyOf(staticTokens);
  }

  @Override
  public String toString() {
    return "ApiServerConfig[" + gitVersion + ", " + advertiseAddress + ":" + port + "]";
  }
}
