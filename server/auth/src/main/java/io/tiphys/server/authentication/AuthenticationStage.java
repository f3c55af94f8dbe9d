package io.tiphys.server.authentication;

import io.tiphys.api.ApiFailure;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.Stage;
import io.tiphys.server.http.User;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts a name on every request. The first authenticator that knows the caller wins; a caller whom
 * nobody knows is anonymous, unless it showed credentials that were no good.
 */
public final class AuthenticationStage implements Stage {
  private static final Logger LOG = System.getLogger(AuthenticationStage.class.getName());

  private final List<Authenticator> authenticators;
  private final AnonymousAccess anonymous;

  /** The anonymous are let in everywhere. */
  public AuthenticationStage(List<Authenticator> authenticators) {
    this(authenticators, AnonymousAccess.ALLOWED);
  }

  public AuthenticationStage(List<Authenticator> authenticators, AnonymousAccess anonymous) {
    this.authenticators = List.copyOf(authenticators);
    this.anonymous = anonymous;
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    User user = identify(request).orElseThrow(() -> ApiFailure.unauthorized("Unauthorized"));
    return next.handle(WebSocketTokens.withoutToken(request).withUser(user));
  }

  /** The caller; empty when the credentials are no good. */
  Optional<User> identify(Request request) {
    boolean rejected = false;
    for (Authenticator authenticator : authenticators) {
      switch (authenticator.authenticate(request)) {
        case Authenticator.Finding.Known(User user) -> {
          return Optional.of(withAuthenticated(user));
        }
        case Authenticator.Finding.Rejected(String reason) -> {
          LOG.log(Level.DEBUG, "credentials rejected: {0}", reason);
          rejected = true;
        }
        case Authenticator.Finding.NoCredentials _ -> {}
      }
    }
    return rejected || !anonymous.isAllowed(request.path())
        ? Optional.empty()
        : Optional.of(User.ANONYMOUS);
  }

  static User withAuthenticated(User user) {
    if (user.groups().contains(User.AUTHENTICATED) || user.name().equals("system:anonymous")) {
      return user;
    }
    List<String> groups = new ArrayList<>(user.groups());
    groups.add(User.AUTHENTICATED);
    return new User(user.name(), user.uid(), groups, user.extra());
  }
}
