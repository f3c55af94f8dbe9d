package io.tiphys.server.authentication;

import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import java.util.List;

/** Finds the {@code Authorization: Bearer} token and asks one judge after the other. */
public final class BearerTokens implements Authenticator {
  private final List<TokenAuthenticator> judges;

  public BearerTokens(List<TokenAuthenticator> judges) {
    this.judges = List.copyOf(judges);
  }

  @Override
  public Finding authenticate(Request request) {
    String header = request.header("authorization");
    if (header == null) {
      return NO_CREDENTIALS;
    }
    String[] parts = header.strip().split(" ", 3);
    if (parts.length < 2 || !parts[0].equalsIgnoreCase("bearer") || parts[1].isEmpty()) {
      return NO_CREDENTIALS;
    }
    return judge(request, parts[1]).finding();
  }

  /** Judges a token that a request carries. */
  TokenAuthenticator.Judgement judge(Request request, String token) {
    if (!request.scope().mayWait() && !judges.stream().allMatch(judge -> judge.isQuick(token))) {
      MustWait.unlessMayWait(request);
    }
    return judge(token, List.of());
  }

  /** Judges a token that came in another way. */
  TokenAuthenticator.Judgement judge(String token, List<String> audiences) {
    TokenAuthenticator.Judgement rejected = null;
    for (TokenAuthenticator judge : judges) {
      TokenAuthenticator.Judgement judgement = judge.authenticate(token, audiences);
      if (judgement.finding() instanceof Finding.Known) {
        return judgement;
      }
      // Another may know it still: two clusters name their issuers alike.
      if (rejected == null && judgement.finding() instanceof Finding.Rejected) {
        rejected = judgement;
      }
    }
    return rejected == null
        ? TokenAuthenticator.Judgement.rejected("invalid bearer token")
        : rejected;
  }
}
