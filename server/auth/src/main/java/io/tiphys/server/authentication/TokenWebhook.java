package io.tiphys.server.authentication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tiphys.api.ObjectCodec;
import io.tiphys.api.authentication.v1.TokenReview;
import io.tiphys.api.authentication.v1.TokenReviewSpec;
import io.tiphys.api.authentication.v1.TokenReviewStatus;
import io.tiphys.api.authentication.v1.UserInfo;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.codec.CodecException;
import io.tiphys.server.http.User;
import io.tiphys.server.webhook.WebhookClient;
import io.tiphys.server.webhook.WebhookException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has another server judge tokens by TokenReviews, and remembers for a while what it said. Checked
 * against plugin/pkg/authenticator/token/webhook and authentication/token/cache of apiserver.
 */
public final class TokenWebhook implements TokenAuthenticator, Lifecycle {
  /** Upstream's tokencache holds four thousand in each of 32 parts; a bound is all it needs. */
  private static final int MAX_REMEMBERED = 8192;

  /** Who a token must be meant for when a request carries it. */
  private static final List<String> API_SERVER = List.of(TokenIssuer.ISSUER);

  private final WebhookClient client;
  private final Duration memory;
  private final Clock clock;
  private final Remembered<String, Said> remembered = new Remembered<>(MAX_REMEMBERED);

  /** What was said of a token, and until when that holds. */
  private record Said(Judgement judgement, long untilNanos) {}

  /**
   * @param memory how long an answer holds; zero for not at all
   */
  public TokenWebhook(WebhookClient client, Duration memory, Clock clock) {
    this.client = client;
    this.memory = memory;
    this.clock = clock;
  }

  @Override
  public boolean isQuick(String token) {
    return known(key(token, API_SERVER)) != null;
  }

  private @Nullable Judgement known(String key) {
    Said said = remembered.get(key);
    return said == null || said.untilNanos() - clock.nanoTime() <= 0 ? null : said.judgement();
  }

  @Override
  public Judgement authenticate(String token, List<String> audiences) {
    if (audiences.isEmpty()) {
      Judgement judgement = judge(token, API_SERVER);
      return new Judgement(judgement.finding(), List.of());
    }
    return judge(token, audiences);
  }

  private Judgement judge(String token, List<String> audiences) {
    String key = key(token, audiences);
    Judgement known = known(key);
    if (known != null) {
      return known;
    }
    try {
      Judgement judgement = judgement(ask(token, audiences), audiences);
      if (!(judgement.finding() instanceof Authenticator.Finding.Rejected)) {
        remembered.put(key, new Said(judgement, clock.nanoTime() + memory.toNanos()));
      }
      return judgement;
    } catch (WebhookException | CodecException e) {
      return Judgement.rejected(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Judgement.rejected("context canceled");
    }
  }

  private TokenReviewStatus ask(String token, List<String> audiences)
      throws WebhookException, InterruptedException {
    TokenReview review =
        TokenReview.EMPTY.withSpec(TokenReviewSpec.EMPTY.withToken(token).withAudiences(audiences));
    byte[] answer = client.post(ObjectCodec.toJson(review), false);
    return ObjectCodec.fromJson(TokenReview.TYPE, answer).status();
  }

  private static Judgement judgement(TokenReviewStatus status, List<String> audiences) {
    List<String> meantFor = new ArrayList<>(audiences);
    meantFor.retainAll(status.audiences().isEmpty() ? API_SERVER : status.audiences());
    if (meantFor.isEmpty()) {
      return Judgement.OF_ANOTHER_SORT;
    }
    if (!status.authenticated()) {
      return status.error().isEmpty()
          ? Judgement.OF_ANOTHER_SORT
          : Judgement.rejected(status.error());
    }
    UserInfo user = status.user() == null ? UserInfo.EMPTY : status.user();
    return new Judgement(
        new Authenticator.Finding.Known(
            new User(user.username(), user.uid(), user.groups(), user.extra())),
        meantFor);
  }

  /** Tokens themselves are not kept. Each part has its length before it: none reads as another. */
  private static String key(String token, List<String> audiences) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      part(digest, token);
      audiences.forEach(audience -> part(digest, audience));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static void part(MessageDigest digest, String part) {
    byte[] bytes = part.getBytes(UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  @Override
  public void close() {
    client.close();
  }
}
