package io.tiphys.server.authorization;

import io.tiphys.server.http.Request;
import io.tiphys.server.http.RequestInfo;
import io.tiphys.server.http.User;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether a user may do something. Thread-safe. */
@FunctionalInterface
public interface Authorizer {
  Decision authorize(Attributes attributes);

  /**
   * Decides without waiting and without much work, as event loops need it; null when that is not
   * possible now.
   */
  default @Nullable Decision authorizeAtOnce(Attributes attributes) {
    return authorize(attributes);
  }

  /**
   * What is decided.
   *
   * @param reason why it is allowed; empty when it is not
   */
  record Decision(boolean allowed, String reason) {
    public static final Decision NO = new Decision(false, "");
  }

  /**
   * What a user wants to do.
   *
   * @param path of a request that is about no resource; empty otherwise
   */
  record Attributes(
      User user,
      String verb,
      boolean resourceRequest,
      String apiGroup,
      String resource,
      String subresource,
      String namespace,
      String name,
      String path) {

    public static Attributes of(Request request) {
      RequestInfo info = request.info();
      return new Attributes(
          request.user(),
          info.verb(),
          info.resourceRequest(),
          info.apiGroup(),
          info.resource(),
          info.subresource(),
          info.namespace(),
          info.name(),
          info.resourceRequest() ? "" : request.path());
    }

    /** Something about a resource outside any request. */
    public static Attributes onResource(
        User user, String verb, String apiGroup, String resource, String namespace, String name) {
      return new Attributes(user, verb, true, apiGroup, resource, "", namespace, name, "");
    }

    public Attributes withVerb(String other) {
      return new Attributes(
          user, other, resourceRequest, apiGroup, resource, subresource, namespace, name, path);
    }

    /** {@code pods} or {@code pods/log}. */
    public String combinedResource() {
      return subresource.isEmpty() ? resource : resource + "/" + subresource;
    }
  }

  /** The first of {@code authorizers} that allows it. */
  static Authorizer anyOf(List<Authorizer> authorizers) {
    List<Authorizer> all = List.copyOf(authorizers);
    return new Authorizer() {
      @Override
      public Decision authorize(Attributes attributes) {
        for (Authorizer authorizer : all) {
          Decision decision = authorizer.authorize(attributes);
          if (decision.allowed()) {
            return decision;
          }
        }
        return Decision.NO;
      }

      @Override
      public @Nullable Decision authorizeAtOnce(Attributes attributes) {
        for (Authorizer authorizer : all) {
          Decision decision = authorizer.authorizeAtOnce(attributes);
          if (decision == null || decision.allowed()) {
            return decision;
          }
        }
        return Decision.NO;
      }
    };
  }
}
