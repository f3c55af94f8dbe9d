package io.tiphys.server.permission;

import io.tiphys.server.door.Handler;
import io.tiphys.server.door.MustWait;
import io.tiphys.server.door.Request;
import io.tiphys.server.door.Response;
import io.tiphys.server.door.Stage;
import io.tiphys.server.permission.Authorizer.Attributes;
import io.tiphys.server.permission.Authorizer.Decision;
import java.util.Set;

/** Lets a request pass if its user may do what it asks. */
public final class PermissionStage implements Stage {
  private final Authorizer authorizer;
  private final Set<String> alwaysAllowedPaths;

  public PermissionStage(Authorizer authorizer) {
    // Upstream's default of --authorization-always-allow-paths: whoever can reach the port may
    // ask whether anyone is home.
    this(authorizer, Set.of("/healthz", "/readyz", "/livez"));
  }

  PermissionStage(Authorizer authorizer, Set<String> alwaysAllowedPaths) {
    this.authorizer = authorizer;
    this.alwaysAllowedPaths = Set.copyOf(alwaysAllowedPaths);
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    if (!request.user().isMaster() && !alwaysAllowedPaths.contains(request.path())) {
      Attributes attributes = Attributes.of(request);
      Decision decision = decide(request, attributes);
      if (!decision.allowed()) {
        throw Forbidden.failure(attributes, decision.reason());
      }
    }
    return next.handle(request);
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
