package io.tiphys.server.authentication.oidc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Network;
import io.tiphys.codec.CodecException;
import io.tiphys.codec.Json;
import io.tiphys.meta.GoText;
import io.tiphys.server.authentication.TokenAuthenticator;
import io.tiphys.server.webhook.ClientTls;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges the tokens of one issuer. Checked against plugin/pkg/authenticator/token/oidc of apiserver
 * and the verifier of go-oidc.
 */
public final class JwtAuthenticator implements TokenAuthenticator, Lifecycle {
  /** go-oidc's: clocks of issuers run ahead. */
  private static final Duration NOT_BEFORE_LEEWAY = Duration.ofMinutes(5);

  private static final Duration CONNECT = Duration.ofSeconds(30);

  private final JwtAuthenticatorConfig config;
  private final Clock clock;
  private final IssuerKeys keys;

  private JwtAuthenticator(JwtAuthenticatorConfig config, Clock clock, IssuerKeys keys) {
    this.config = config;
    this.clock = clock;
    this.keys = keys;
  }

  /** Begins to look for the issuer's keys; until they are found its tokens are no good. */
  public static JwtAuthenticator open(
      JwtAuthenticatorConfig config, Network network, Clock clock, Loops loops) {
    HttpClient.Builder http = network.http().connectTimeout(CONNECT);
    if (!config.authorities().isEmpty()) {
      http.sslContext(ClientTls.context(config.authorities(), false, "", ""));
    }
    IssuerKeys keys = new IssuerKeys(config, http.build(), clock, loops);
    return new JwtAuthenticator(config, clock, keys);
  }

  /** Whether the issuer's keys have been found. */
  public boolean isReady() {
    return keys.isReady();
  }

  /** A token in its parts. */
  private record Token(Json.Obj header, Json.Obj claims, byte[] signed, byte[] signature) {
    static @Nullable Token parse(String text) {
      String[] parts = text.split("\\.", 4);
      if (parts.length != 3) {
        return null;
      }
      try {
        Base64.Decoder decoder = Base64.getUrlDecoder();
        return Json.parse(decoder.decode(parts[0])) instanceof Json.Obj header
                && Json.parse(decoder.decode(parts[1])) instanceof Json.Obj claims
            ? new Token(
                header,
                claims,
                (parts[0] + "." + parts[1]).getBytes(UTF_8),
                decoder.decode(parts[2]))
            : null;
      } catch (CodecException | IllegalArgumentException e) {
        return null;
      }
    }
  }

  /** A signature is checked each time. */
  @Override
  public boolean isQuick(String token) {
    return token.indexOf('.') < 0;
  }

  @Override
  public Judgement authenticate(String text, List<String> audiences) {
    Token token = Token.parse(text);
    if (token == null || !Claims.text(token.claims(), "iss").equals(config.url())) {
      return Judgement.OF_ANOTHER_SORT;
    }
    if (!keys.isReady()) {
      return Judgement.rejected("oidc: authenticator not initialized");
    }
    try {
      String problem = problem(token);
      if (!problem.isEmpty()) {
        return Judgement.rejected("oidc: verify token: " + problem);
      }
      Claims claims = new Claims(config, token.claims());
      return Judgement.ofApiServer(claims.user(), audiences);
    } catch (Claims.Unfit e) {
      return Judgement.rejected(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Judgement.rejected("context canceled");
    }
  }

  private String problem(Token token) throws InterruptedException {
    Instant now = clock.now();
    Instant expiry = Claims.time(token.claims(), "exp");
    if (expiry == null || now.isAfter(expiry)) {
      return "oidc: token is expired (Token Expiry: %s)".formatted(expiry);
    }
    Instant notBefore = Claims.time(token.claims(), "nbf");
    if (notBefore != null && now.plus(NOT_BEFORE_LEEWAY).isBefore(notBefore)) {
      return "oidc: current time %s before the nbf (not before) time: %s".formatted(now, notBefore);
    }
    String algorithm = Claims.text(token.header(), "alg");
    if (!config.algorithms().contains(algorithm)) {
      return "oidc: id token signed with unsupported algorithm, expected %s got %s"
          .formatted(quoted(config.algorithms()), GoText.quote(algorithm));
    }
    if (!isSigned(token, algorithm)) {
      return "failed to verify signature: failed to verify id token signature";
    }
    List<String> meantFor = Claims.texts(token.claims().get("aud"));
    if (meantFor == null || meantFor.stream().noneMatch(config.audiences()::contains)) {
      List<String> found = meantFor == null ? List.of() : meantFor;
      return "oidc: expected audience in %s got %s"
          .formatted(quoted(config.audiences()), quoted(found));
    }
    return "";
  }

  private boolean isSigned(Token token, String algorithm) throws InterruptedException {
    return isSigned(token, algorithm, keys.known()) || isSigned(token, algorithm, keys.refresh());
  }

  private static boolean isSigned(Token token, String algorithm, KeySet among) {
    for (KeySet.Key key : among.named(Claims.text(token.header(), "kid"))) {
      if (SigningAlgorithm.verify(algorithm, key.key(), token.signed(), token.signature())) {
        return true;
      }
    }
    return false;
  }

  private static String quoted(List<String> values) {
    List<String> quoted = new ArrayList<>();
    values.forEach(value -> quoted.add(GoText.quote(value)));
    return "[" + String.join(" ", quoted) + "]";
  }

  @Override
  public void close() {
    keys.close();
  }
}
