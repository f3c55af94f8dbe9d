package io.tiphys.server.authentication;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.AuthenticationV1;
import io.tiphys.api.authentication.v1.SelfSubjectReview;
import io.tiphys.api.authentication.v1.SelfSubjectReviewStatus;
import io.tiphys.api.authentication.v1.TokenReview;
import io.tiphys.api.authentication.v1.TokenReviewStatus;
import io.tiphys.api.authentication.v1.UserInfo;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Clock;
import io.tiphys.server.http.User;
import java.util.List;

/**
 * Answers the questions of group authentication.k8s.io: whose token is this, who am I. Checked
 * against upstream's pkg/registry/authentication.
 */
public final class TokenReviews {
  private final BearerTokens tokens;
  private final Clock clock;

  public TokenReviews(BearerTokens tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /** The resources under which they are asked. */
  public List<VirtualResource<?>> resources() {
    return List.of(
        VirtualResource.review(AuthenticationV1.TOKENREVIEWS, (_, review) -> judged(review)),
        VirtualResource.review(
            AuthenticationV1.SELFSUBJECTREVIEWS, (asker, _) -> self(asker.user())));
  }

  private TokenReview judged(TokenReview review) {
    String token = review.spec().token();
    if (token.isEmpty()) {
      throw ApiFailure.badRequest("token is required for TokenReview in authentication");
    }
    List<String> audiences =
        review.spec().audiences().isEmpty()
            ? List.of(TokenIssuer.ISSUER)
            : review.spec().audiences();
    TokenAuthenticator.Judgement judgement = tokens.judge(token, audiences);
    return review.withStatus(
        switch (judgement.finding()) {
          case Authenticator.Finding.Known(User user) ->
              TokenReviewStatus.EMPTY
                  .withAuthenticated(true)
                  .withUser(info(AuthenticationStage.withAuthenticated(user)))
                  .withAudiences(judgement.audiences());
          case Authenticator.Finding.Rejected(String reason) ->
              TokenReviewStatus.EMPTY.withError(reason);
          case Authenticator.Finding.NoCredentials _ -> TokenReviewStatus.EMPTY;
        });
  }

  /** Of the question nothing stays. */
  private SelfSubjectReview self(User user) {
    return SelfSubjectReview.EMPTY
        .withMetadata(ObjectMeta.EMPTY.withCreationTimestamp(clock.now()))
        .withStatus(new SelfSubjectReviewStatus(info(user)));
  }

  private static UserInfo info(User user) {
    return new UserInfo(user.name(), user.uid(), user.groups(), user.extra());
  }
}
