package io.tiphys.server.authorization;

import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.authorization.Authorizer.Decision;
import io.tiphys.server.http.AuditNotes;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.MustWait;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.Stage;
import java.util.Set;

/** Lets a request pass if its user may do what it asks. */
public final class AuthorizationStage implements Stage {
  private final Authorizer authorizer;
  private final Set<String> alwaysAllowedPaths;

  public AuthorizationStage(Authorizer authorizer) {
    // Upstream's default of --authorization-always-allow-paths: whoever can reach the port may
    // ask whether anyone is home.
    this(authorizer, Set.of("/healthz", "/readyz", "/livez"));
  }

  AuthorizationStage(Authorizer authorizer, Set<String> alwaysAllowedPaths) {
    this.authorizer = authorizer;
    this.alwaysAllowedPaths = Set.copyOf(alwaysAllowedPaths);
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    if (request.user().isMaster() || alwaysAllowedPaths.contains(request.path())) {
      note(request, "allow", "");
      return next.handle(request);
    }
    Attributes attributes = Attributes.of(request);
    Decision decision = decide(request, attributes);
    note(request, decision.allowed() ? "allow" : "forbid", decision.reason());
    if (!decision.allowed()) {
      throw Forbidden.failure(attributes, decision.reason());
    }
    return next.handle(request);
  }

  private static void note(Request request, String decision, String reason) {
    AuditNotes notes = request.scope().audit();
    notes.annotate("authorization.k8s.io/decision", decision);
    notes.annotate("authorization.k8s.io/reason", reason);
  }

  private Decision decide(Request request, Attributes attributes) {
    if (!request.scope().mayWait()) {
      Decision decision = authorizer.authorizeAtOnce(attributes);
      if (decision != null) {
        return decision;
      }
      MustWait.unlessMayWait(request);
    }
    return authorizer.authorize(attributes);
  }
}
