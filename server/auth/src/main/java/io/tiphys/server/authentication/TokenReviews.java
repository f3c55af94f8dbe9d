package io.tiphys.server.authentication;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.authentication.v1.SelfSubjectReview;
import io.tiphys.api.authentication.v1.SelfSubjectReviewStatus;
import io.tiphys.api.authentication.v1.TokenReview;
import io.tiphys.api.authentication.v1.TokenReviewStatus;
import io.tiphys.api.authentication.v1.UserInfo;
import io.tiphys.base.Clock;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Payload;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.ReviewResources;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Set;

/**
 * Answers the questions of group authentication.k8s.io: whose token is this, who am I. Checked
 * against upstream's pkg/registry/authentication.
 */
public final class TokenReviews implements Handler {
  private static final ReviewResources QUESTIONS =
      new ReviewResources("authentication.k8s.io", Set.of("tokenreviews", "selfsubjectreviews"));

  private final BearerTokens tokens;
  private final Clock clock;

  public TokenReviews(BearerTokens tokens, Clock clock) {
    this.tokens = tokens;
    this.clock = clock;
  }

  /** Whether this handler is the one to answer. */
  public static boolean fits(Request request) {
    return QUESTIONS.fits(request);
  }

  @Override
  public Response handle(Request request) {
    return QUESTIONS.answer(request, this::answer);
  }

  private ApiObject answer(Request request) {
    return request.info().resource().equals("tokenreviews")
        ? judged(Payload.read(request, TokenReview.TYPE))
        : self(Payload.read(request, SelfSubjectReview.TYPE), request.user());
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

  private SelfSubjectReview self(SelfSubjectReview review, User user) {
    return review
        .withMetadata(review.metadata().withCreationTimestamp(clock.now()))
        .withStatus(new SelfSubjectReviewStatus(info(user)));
  }

  private static UserInfo info(User user) {
    return new UserInfo(user.name(), user.uid(), user.groups(), user.extra());
  }
}
