package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.server.authentication.Authenticator.Finding;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.User;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebSocketTokensTest {
  private static final User ANN = new User("ann", "", List.of(), Map.of());
  private static final String PREFIX = "base64url.bearer.authorization.k8s.io.";

  private final WebSocketTokens tokens =
      new WebSocketTokens(new BearerTokens(List.of(new StaticTokens(Map.of("secret", ANN)))));

  private static String token(String value) {
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(value.getBytes(UTF_8));
  }

  private static Request asking(String protocols) {
    return Requests.of(
        "GET",
        "/api/v1/namespaces/n/pods/p/exec",
        User.ANONYMOUS,
        Map.of(
            "upgrade", "websocket", "connection", "Upgrade", "sec-websocket-protocol", protocols),
        "");
  }

  @Test
  void theTokenAmongTheProtocolsSaysWhoItIsAndGoesNoFurther() throws Exception {
    Request request = asking("v5.channel.k8s.io, " + token("secret"));

    assertThat(tokens.authenticate(request)).isEqualTo(new Finding.Known(ANN));
    new AuthenticationStage(List.of(tokens))
        .pass(
            request,
            seen -> {
              assertThat(seen.user().name()).isEqualTo("ann");
              assertThat(seen.header("sec-websocket-protocol")).isEqualTo("v5.channel.k8s.io");
              return io.tiphys.server.http.Answers.text(200, "");
            });
  }

  @Test
  void whatIsNoGoodIsRejected() {
    assertThat(tokens.authenticate(asking("v5, " + token("other"))))
        .isEqualTo(new Finding.Rejected("invalid bearer token"));
    assertThat(tokens.authenticate(asking("v5, " + PREFIX + "%%")))
        .isEqualTo(new Finding.Rejected("invalid base64.bearer.authorization token encoding"));
    assertThat(tokens.authenticate(asking(token("secret"))))
        .isEqualTo(new Finding.Rejected("missing additional subprotocol"));
    assertThat(tokens.authenticate(asking("v5, " + token("secret") + "," + token("secret"))))
        .isEqualTo(new Finding.Rejected("multiple base64.bearer.authorization tokens specified"));
  }

  @Test
  void onlyWebSocketsCarryTokensSo() {
    Map<String, String> headers = Map.of("sec-websocket-protocol", "v5, " + token("secret"));
    Request plain = Requests.of("GET", "/api", User.ANONYMOUS, headers, "");

    assertThat(tokens.authenticate(plain)).isEqualTo(Authenticator.NO_CREDENTIALS);
    assertThat(tokens.authenticate(asking("v5"))).isEqualTo(Authenticator.NO_CREDENTIALS);
  }
}
