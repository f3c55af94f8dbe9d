package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.authentication.v1.TokenRequest;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.server.authentication.Authenticator.Finding;
import io.tiphys.server.authentication.TokenIssuer.Binding;
import io.tiphys.server.authentication.TokenIssuer.Ref;
import io.tiphys.server.authentication.TokenSubjects.Kind;
import io.tiphys.server.authentication.TokenSubjects.Subject;
import io.tiphys.server.authentication.VirtualResource.Asker;
import io.tiphys.server.http.User;
import io.tiphys.server.tls.Pki;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ServiceAccountTokensTest {
  private static final UUID ID = new UUID(1, 2);

  private final ManualClock clock = new ManualClock();
  private final KeyPair key = Pki.ephemeral(clock, new SecureRandom()).serviceAccountKey();
  private final Map<String, Subject> live = new HashMap<>();
  private final TokenSubjects subjects =
      (kind, namespace, name) -> live.get(kind + " " + namespace + "/" + name);
  private final TokenIssuer issuer = new TokenIssuer(key, clock, () -> ID);
  private final ServiceAccountTokens tokens =
      new ServiceAccountTokens(List.of(key.getPublic()), subjects, clock);

  @BeforeEach
  void populate() {
    live.put(Kind.SERVICE_ACCOUNT + " ns/sa", new Subject("sa", "u1"));
    live.put(Kind.POD + " ns/pod", new Subject("pod", "u2", null, "sa", "node"));
    live.put(Kind.NODE + " /node", new Subject("node", "u3"));
  }

  private String issue(List<String> audiences, Binding binding) {
    return issuer.issue("ns", new Ref("sa", "u1"), audiences, Duration.ofHours(1), binding).token();
  }

  private Finding judge(String token) {
    return tokens.authenticate(token, List.of()).finding();
  }

  @Test
  void aTokenSpeaksForItsAccountAndPod() {
    Binding binding = new Binding(new Ref("pod", "u2"), null, new Ref("node", "u3"));

    User user = ((Finding.Known) judge(issue(List.of(), binding))).user();

    assertThat(user.name()).isEqualTo("system:serviceaccount:ns:sa");
    assertThat(user.uid()).isEqualTo("u1");
    assertThat(user.groups())
        .containsExactly("system:serviceaccounts", "system:serviceaccounts:ns");
    assertThat(user.extra())
        .containsEntry("authentication.kubernetes.io/pod-name", List.of("pod"))
        .containsEntry("authentication.kubernetes.io/pod-uid", List.of("u2"))
        .containsEntry("authentication.kubernetes.io/node-name", List.of("node"))
        .containsEntry("authentication.kubernetes.io/credential-id", List.of("JTI=" + ID));
  }

  @Test
  void theClaimsAreUpstreams() {
    String token = issue(List.of("a"), new Binding(new Ref("pod", "u2"), null, null));

    String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), UTF_8);
    assertThat(claims)
        .isEqualTo(
            "{\"aud\":[\"a\"],\"exp\":1767229200,\"iat\":1767225600,"
                + "\"iss\":\"https://kubernetes.default.svc.cluster.local\",\"jti\":\""
                + ID
                + "\",\"kubernetes.io\":{\"namespace\":\"ns\","
                + "\"pod\":{\"name\":\"pod\",\"uid\":\"u2\"},"
                + "\"serviceaccount\":{\"name\":\"sa\",\"uid\":\"u1\"}},"
                + "\"nbf\":1767225600,\"sub\":\"system:serviceaccount:ns:sa\"}");
  }

  @Test
  void aTokenEndsWithItsTime() {
    String token = issue(List.of(), Binding.NONE);
    assertThat(judge(token)).isInstanceOf(Finding.Known.class);

    clock.advance(Duration.ofMinutes(62));

    assertThat(judge(token)).isEqualTo(new Finding.Rejected("service account token has expired"));
  }

  @Test
  void aTokenDiesWithItsPod() {
    String token = issue(List.of(), new Binding(new Ref("pod", "u2"), null, null));
    assertThat(judge(token)).isInstanceOf(Finding.Known.class);

    live.put(Kind.POD + " ns/pod", new Subject("pod", "another"));
    assertThat(judge(token)).isInstanceOf(Finding.Rejected.class);
    live.remove(Kind.POD + " ns/pod");
    assertThat(judge(token))
        .isEqualTo(new Finding.Rejected("service account token has been invalidated"));
  }

  @Test
  void aTokenDiesWithItsAccount() {
    String token = issue(List.of(), Binding.NONE);
    live.put(Kind.SERVICE_ACCOUNT + " ns/sa", new Subject("sa", "u1", clock.now(), "", ""));
    assertThat(judge(token)).isInstanceOf(Finding.Known.class);

    clock.advance(Duration.ofMinutes(2));
    assertThat(judge(token))
        .isEqualTo(new Finding.Rejected("service account ns/sa has been deleted"));
  }

  @Test
  void aTokenIsForItsAudienceOnly() {
    String token = issue(List.of("vault"), Binding.NONE);

    assertThat(judge(token)).isInstanceOf(Finding.Rejected.class);
    assertThat(tokens.authenticate(token, List.of("other", "vault")).audiences())
        .containsExactly("vault");
  }

  @Test
  void forgedTokensAreRejected() {
    String token = issue(List.of(), Binding.NONE);
    String[] parts = token.split("\\.", -1);
    String claims =
        new String(Base64.getUrlDecoder().decode(parts[1]), UTF_8).replace(":sa\"", ":admin\"");
    String forged =
        parts[0]
            + "."
            + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(UTF_8))
            + "."
            + parts[2];
    String unsigned =
        Base64.getUrlEncoder().withoutPadding().encodeToString("{\"alg\":\"none\"}".getBytes(UTF_8))
            + "."
            + parts[1]
            + ".";

    assertThat(judge(forged)).isEqualTo(new Finding.Rejected("invalid bearer token"));
    assertThat(judge(unsigned)).isEqualTo(new Finding.Rejected("invalid bearer token"));
    assertThat(judge("opaque")).isInstanceOf(Finding.NoCredentials.class);
    assertThat(judge("a.b.c")).isInstanceOf(Finding.NoCredentials.class);
  }

  @Test
  void rsaKeysServeToo() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair rsa = generator.generateKeyPair();
    String token =
        new TokenIssuer(rsa, clock, () -> ID)
            .issue("ns", new Ref("sa", "u1"), List.of(), Duration.ofHours(1), Binding.NONE)
            .token();

    assertThat(judge(token)).isInstanceOf(Finding.Rejected.class);
    var both = new ServiceAccountTokens(List.of(key.getPublic(), rsa.getPublic()), subjects, clock);
    assertThat(both.authenticate(token, List.of()).finding()).isInstanceOf(Finding.Known.class);
  }

  @Test
  void requestsAreAnsweredAsUpstreamAnswers() {
    VirtualResource<TokenRequest> requests = new TokenRequests(issuer, subjects, clock).resource();
    Asker asker = new Asker(User.ANONYMOUS, "ns", "sa");

    assertThat(Asking.ask(requests, asker, "{\"spec\":{}}"))
        .contains("\"expirationSeconds\":3600")
        .contains("\"audiences\":[\"https://kubernetes.default.svc.cluster.local\"]")
        .contains("\"expirationTimestamp\":\"2026-01-01T01:00:00Z\"");
    assertThatThrownBy(() -> Asking.ask(requests, asker, "{\"spec\":{\"expirationSeconds\":5}}"))
        .hasMessageContaining(
            "TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid"
                + " value: 5: may not specify a duration less than 10 minutes");
    assertThatThrownBy(
            () ->
                Asking.ask(
                    requests,
                    asker,
                    "{\"spec\":{\"boundObjectRef\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\","
                        + "\"name\":\"pod\",\"uid\":\"old\"}}}"))
        .hasMessageContaining("does not match the UID in record");
    assertThatThrownBy(
            () -> Asking.ask(requests, new Asker(User.ANONYMOUS, "ns", "nobody"), "{\"spec\":{}}"))
        .hasMessage("serviceaccounts \"nobody\" not found");
  }

  @Test
  void reviewsTellWhoseATokenIs() {
    BearerTokens bearer =
        new BearerTokens(
            List.of(
                new StaticTokens(Map.of("join", new User("joiner", "", List.of("g"), Map.of()))),
                tokens));
    List<VirtualResource<?>> reviews = new TokenReviews(bearer, clock).resources();
    Asker asker = new Asker(User.ANONYMOUS, "", "");

    assertThat(Asking.ask(reviews.getFirst(), asker, "{\"spec\":{\"token\":\"join\"}}"))
        .contains("\"authenticated\":true")
        .contains("\"username\":\"joiner\"")
        .contains("\"groups\":[\"g\",\"system:authenticated\"]");
    assertThat(Asking.ask(reviews.getFirst(), asker, "{\"spec\":{\"token\":\"wrong\"}}"))
        .contains("\"error\":\"invalid bearer token\"")
        .doesNotContain("\"authenticated\":true");
    assertThat(Asking.ask(reviews.getLast(), asker, "{}"))
        .contains("\"userInfo\":{\"username\":\"system:anonymous\"");
  }

  @Test
  void theStageKnowsItsCallersOrCallsThemAnonymous() {
    AuthenticationStage stage = new AuthenticationStage(List.of(new BearerTokens(List.of(tokens))));

    assertThat(stage.identify(Requests.withToken(issue(List.of(), Binding.NONE))))
        .hasValueSatisfying(user -> assertThat(user.groups()).contains("system:authenticated"));
    assertThat(stage.identify(Requests.withToken("wrong"))).isEmpty();
    assertThat(stage.identify(Requests.from(List.of()))).hasValue(User.ANONYMOUS);
  }
}
