package io.tiphys.node.agent.volumes;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.authentication.v1.BoundObjectReference;
import io.tiphys.api.authentication.v1.TokenRequest;
import io.tiphys.api.authentication.v1.TokenRequestSpec;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.ServiceAccountTokenProjection;
import io.tiphys.base.Clock;
import io.tiphys.client.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Tokens of pods' service accounts, asked for when they are needed and renewed before they end.
 * Checked against pkg/kubelet/token/token_manager.go.
 */
final class PodTokens {
  /** As upstream's maxTTL: no token is shown for longer, whatever its life. */
  private static final Duration LONGEST_USE = Duration.ofHours(24);

  private static final int STANDARD_SECONDS = 3600;

  private final Source source;
  private final Clock clock;
  private final Map<Key, Token> tokens = new ConcurrentHashMap<>();

  /** Pods ask for tokens of different lives for the same audience. */
  private record Key(String podUid, String audience, long seconds) {}

  private record Token(String text, Instant renewAt, Instant ends) {}

  PodTokens(Source source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  /** Drops the tokens of a pod that is gone. */
  void forget(String podUid) {
    tokens.keySet().removeIf(key -> key.podUid.equals(podUid));
  }

  /**
   * A token that is good for a while.
   *
   * @throws VolumeProblem if there is none and none is given
   */
  String token(Pod pod, ServiceAccountTokenProjection wanted) throws VolumeProblem {
    Long asked = wanted.expirationSeconds();
    long seconds = asked == null ? STANDARD_SECONDS : asked;
    Key key = new Key(pod.metadata().uid(), wanted.audience(), seconds);
    Token known = tokens.get(key);
    if (known != null && clock.now().isBefore(known.renewAt)) {
      return known.text;
    }
    try {
      Token fresh = request(pod, wanted, seconds);
      tokens.put(key, fresh);
      return fresh.text;
    } catch (ApiFailure e) {
      return inSpiteOf(e, known);
    }
  }

  private String inSpiteOf(ApiFailure failure, @Nullable Token known) throws VolumeProblem {
    if (known == null) {
      throw new VolumeProblem("failed to fetch token: " + failure.getMessage());
    }
    if (clock.now().isAfter(known.ends)) {
      throw new VolumeProblem("token expired and refresh failed: " + failure.getMessage());
    }
    return known.text;
  }

  private Token request(Pod pod, ServiceAccountTokenProjection wanted, long seconds) {
    TokenRequest request =
        TokenRequest.builder()
            .spec(
                TokenRequestSpec.builder()
                    .audiences(wanted.audience().isEmpty() ? List.of() : List.of(wanted.audience()))
                    .expirationSeconds(seconds)
                    .boundObjectRef(
                        BoundObjectReference.builder()
                            .kind("Pod")
                            .apiVersion("v1")
                            .name(pod.name())
                            .uid(pod.metadata().uid())
                            .build())
                    .build())
            .build();
    String account = pod.spec().serviceAccountName();
    TokenRequest answer =
        source.createSubresource(
            CoreV1.SERVICEACCOUNTS,
            pod.namespace(),
            account.isEmpty() ? "default" : account,
            "token",
            request,
            TokenRequest.TYPE);
    Long given = answer.spec().expirationSeconds();
    Duration life = Duration.ofSeconds(given == null ? seconds : given);
    Instant ends = answer.status().expirationTimestamp();
    Instant end = ends == null ? clock.now().plus(life) : ends;
    return new Token(answer.status().token(), renewal(end, life), end);
  }

  /** When four fifths of its life are over, or a day. */
  private static Instant renewal(Instant ends, Duration life) {
    Instant late = ends.minus(life.dividedBy(5));
    Instant oneDay = ends.minus(life).plus(LONGEST_USE);
    return oneDay.isBefore(late) ? oneDay : late;
  }
}
