package io.tiphys.assembly;

import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.cli.CliException;
import io.tiphys.cli.ServerFlag;
import io.tiphys.cli.ServerFlags;
import io.tiphys.server.authentication.AnonymousAccess;
import io.tiphys.server.authentication.AuthenticationConfig;
import io.tiphys.server.authentication.TokenAuthenticator;
import io.tiphys.server.authentication.TokenFile;
import io.tiphys.server.authentication.TokenIssuer;
import io.tiphys.server.authentication.TokenWebhook;
import io.tiphys.server.authentication.oidc.AuthenticationFile;
import io.tiphys.server.authentication.oidc.JwtAuthenticator;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig;
import io.tiphys.server.authentication.oidc.JwtAuthenticatorConfig.Mapping;
import io.tiphys.server.configuration.ConfigurationException;
import io.tiphys.server.http.GoDuration;
import io.tiphys.server.http.User;
import io.tiphys.server.webhook.WebhookConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the flags say of who is let in; pkg/kubeapiserver/options/authentication.go. */
record AuthenticationFlags(ServerFlags flags, Machine machine) {
  private static final Set<String> OWN_ISSUERS = Set.of(TokenIssuer.ISSUER);

  /** Upstream's DefaultAuthWebhookRetryBackoff. */
  private static final Duration WEBHOOK_BACKOFF = Duration.ofMillis(500);

  /** Users by token, from a file; none without one. */
  Map<String, User> tokens() {
    Path file = flags.file(ServerFlag.TOKEN_AUTH_FILE);
    try {
      return file == null ? Map.of() : TokenFile.read(file.toString(), content(file));
    } catch (ConfigurationException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  /** The issuers whose tokens are believed, and what is said of the anonymous. */
  AuthenticationFile.Content issuers() {
    Path file = flags.file(ServerFlag.AUTHENTICATION_CONFIG);
    boolean oidc = !flags.text(ServerFlag.OIDC_ISSUER_URL).isEmpty();
    if (oidc != !flags.text(ServerFlag.OIDC_CLIENT_ID).isEmpty()) {
      throw new CliException("oidc-issuer-url and oidc-client-id must be specified together");
    }
    if (file == null) {
      return new AuthenticationFile.Content(oidc ? List.of(ofFlags()) : List.of(), null);
    }
    if (oidc) {
      throw new CliException("authentication-config file and oidc-* flags are mutually exclusive");
    }
    try {
      AuthenticationFile.Content content = AuthenticationFile.read(content(file), OWN_ISSUERS);
      if (content.anonymous() != null && flags.has(ServerFlag.ANONYMOUS_AUTH)) {
        throw new CliException(
            "--anonymous-auth flag cannot be set when anonymous field is configured in"
                + " authentication configuration file");
      }
      return content;
    } catch (ConfigurationException e) {
      throw new CliException("--authentication-config=%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private JwtAuthenticatorConfig ofFlags() {
    Path authorities = flags.file(ServerFlag.OIDC_CA_FILE);
    String url = flags.text(ServerFlag.OIDC_ISSUER_URL);
    String claim = flags.text(ServerFlag.OIDC_USERNAME_CLAIM);
    JwtAuthenticatorConfig config =
        new JwtAuthenticatorConfig(
            url,
            "",
            authorities == null ? "" : content(authorities),
            List.of(flags.text(ServerFlag.OIDC_CLIENT_ID)),
            algorithms(),
            new Mapping(claim, prefix(url, claim)),
            new Mapping(
                flags.text(ServerFlag.OIDC_GROUPS_CLAIM),
                flags.text(ServerFlag.OIDC_GROUPS_PREFIX)),
            "",
            requiredClaims());
    try {
      AuthenticationFile.check(config, OWN_ISSUERS);
    } catch (ConfigurationException e) {
      throw new CliException("--oidc-issuer-url: " + e.getMessage(), e);
    }
    return config;
  }

  /** Names of other issuers do not look like those that the cluster gives, unless told to. */
  private String prefix(String url, String claim) {
    String told = flags.text(ServerFlag.OIDC_USERNAME_PREFIX);
    if (told.equals("-")) {
      return "";
    }
    return told.isEmpty() && !claim.equals("email") ? url + "#" : told;
  }

  private List<String> algorithms() {
    List<String> algorithms = flags.texts(ServerFlag.OIDC_SIGNING_ALGS);
    for (String each : algorithms) {
      if (!JwtAuthenticatorConfig.ALGORITHMS.contains(each)) {
        throw new CliException("oidc: unsupported signing alg: \"" + each + "\"");
      }
    }
    return algorithms;
  }

  private Map<String, String> requiredClaims() {
    Map<String, String> claims = new LinkedHashMap<>();
    for (String each : flags.texts(ServerFlag.OIDC_REQUIRED_CLAIM)) {
      int equals = each.indexOf('=');
      if (equals < 0) {
        throw new CliException("--oidc-required-claim=%s must be a key=value pair".formatted(each));
      }
      claims.put(each.substring(0, equals), each.substring(equals + 1));
    }
    return claims;
  }

  /** The server that judges tokens; null for none. */
  @Nullable WebhookConfig webhook() {
    Path file = flags.file(ServerFlag.AUTHENTICATION_TOKEN_WEBHOOK_CONFIG_FILE);
    if (file == null) {
      return null;
    }
    String version = flags.text(ServerFlag.AUTHENTICATION_TOKEN_WEBHOOK_VERSION);
    if (!version.equals("v1")) {
      throw new CliException(
          "%s=%s: only v1 is supported"
              .formatted(ServerFlag.AUTHENTICATION_TOKEN_WEBHOOK_VERSION.text(), version));
    }
    try {
      return WebhookConfig.read(file, machine);
    } catch (ConfigurationException e) {
      throw new CliException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Opens everything; {@code closer} closes it. */
  AuthenticationConfig open(Clock clock, Loops loops, RandomGenerator random, Closer closer) {
    AuthenticationFile.Content content = issuers();
    WebhookConfig webhook = webhook();
    List<TokenAuthenticator> further = new ArrayList<>();
    for (JwtAuthenticatorConfig issuer : content.issuers()) {
      further.add(closer.add(JwtAuthenticator.open(issuer, machine.network(), clock, loops)));
    }
    if (webhook != null) {
      Duration memory =
          GoDuration.parse(flags.text(ServerFlag.AUTHENTICATION_TOKEN_WEBHOOK_CACHE_TTL));
      further.add(
          closer.add(
              new TokenWebhook(
                  webhook.open(machine, WEBHOOK_BACKOFF, clock, random), memory, clock)));
    }
    AnonymousAccess anonymous =
        content.anonymous() == null
            ? new AnonymousAccess(flags.truth(ServerFlag.ANONYMOUS_AUTH), List.of())
            : content.anonymous();
    return new AuthenticationConfig(
        flags.truth(ServerFlag.ENABLE_BOOTSTRAP_TOKEN_AUTH), anonymous, further);
  }

  private String content(Path file) {
    try {
      return machine.disk().readString(file);
    } catch (IOException e) {
      throw new CliException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
