package io.tiphys.node.engine.images;

import io.tiphys.node.cri.AuthConfig;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which credentials go where: the rules of distribution's token and basic authentication. */
final class RegistryAuth {
  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|([^\",\\s]+))");

  private final AuthConfig config;

  RegistryAuth(AuthConfig config) {
    this.config = config;
  }

  /** What a registry asks for in {@code WWW-Authenticate}. */
  record Challenge(String scheme, Map<String, String> parameters) {
    Challenge {
      parameters = Map.copyOf(parameters);
    }

    static Challenge parse(String header) {
      String trimmed = header.strip();
      int space = trimmed.indexOf(' ');
      String scheme = space < 0 ? trimmed : trimmed.substring(0, space);
      Map<String, String> parameters = new HashMap<>();
      Matcher matcher = PARAMETER.matcher(space < 0 ? "" : trimmed.substring(space));
      while (matcher.find()) {
        String value = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
        parameters.put(matcher.group(1).toLowerCase(Locale.ROOT), value);
      }
      return new Challenge(scheme.toLowerCase(Locale.ROOT), parameters);
    }

    /** The challenge to answer: a token before a password. */
    static Optional<Challenge> choose(List<String> headers) {
      List<Challenge> all = headers.stream().map(Challenge::parse).toList();
      return all.stream()
          .filter(c -> c.scheme.equals("bearer"))
          .findFirst()
          .or(() -> all.stream().filter(c -> c.scheme.equals("basic")).findFirst());
    }
  }

  /**
   * A request for a token.
   *
   * @param form empty for a GET, else the body of a POST
   * @param authorization empty for none
   */
  record TokenRequest(URI uri, String form, String authorization) {}

  /** The header value that carries name and password, if there are any. */
  Optional<String> basic() {
    if (!config.auth().isEmpty()) {
      return Optional.of("Basic " + config.auth());
    }
    if (config.username().isEmpty()) {
      return Optional.empty();
    }
    byte[] pair = (config.username() + ":" + config.password()).getBytes(StandardCharsets.UTF_8);
    return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  /** A token that was given as such. */
  Optional<String> givenBearer() {
    return config.registryToken().isEmpty()
        ? Optional.empty()
        : Optional.of("Bearer " + config.registryToken());
  }

  /**
   * The request that answers a bearer challenge.
   *
   * @param secure whether the registry itself was reached by TLS; then no password leaves without
   * @throws IllegalArgumentException if the challenge is none that can be answered
   */
  TokenRequest tokenRequest(Challenge challenge, String repository, boolean secure) {
    URI realm = URI.create(challenge.parameters().getOrDefault("realm", ""));
    boolean plain = "http".equals(realm.getScheme());
    if (realm.getHost() == null || !(plain || "https".equals(realm.getScheme()))) {
      throw new IllegalArgumentException("the registry names no place to get a token: " + realm);
    }
    if (plain && secure) {
      throw new IllegalArgumentException(
          "the registry sends for a token to a place without TLS: " + realm);
    }
    String scope =
        challenge.parameters().getOrDefault("scope", "repository:" + repository + ":pull");
    String query = "scope=" + encode(scope);
    String service = challenge.parameters().getOrDefault("service", "");
    if (!service.isEmpty()) {
      query += "&service=" + encode(service);
    }
    if (!config.identityToken().isEmpty()) {
      String form =
          query
              + "&grant_type=refresh_token&client_id=tiphys&refresh_token="
              + encode(config.identityToken());
      return new TokenRequest(realm, form, "");
    }
    String separator = realm.getRawQuery() == null ? "?" : "&";
    return new TokenRequest(URI.create(realm + separator + query), "", basic().orElse(""));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
