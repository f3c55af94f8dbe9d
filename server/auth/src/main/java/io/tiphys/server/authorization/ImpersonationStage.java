package io.tiphys.server.authorization;

import io.tiphys.api.ApiFailure;
import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.http.Handler;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.Response;
import io.tiphys.server.http.Stage;
import io.tiphys.server.http.User;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lets a request act as somebody else ({@code kubectl --as}) if its user may impersonate each thing
 * that it asks to be. Checked against upstream's apiserver/pkg/endpoints/filters/impersonation.
 */
public final class ImpersonationStage implements Stage {
  private static final String USER = "impersonate-user";
  private static final String GROUP = "impersonate-group";
  private static final String UID = "impersonate-uid";
  private static final String EXTRA_PREFIX = "impersonate-extra-";
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";
  private static final String AUTHENTICATION_GROUP = "authentication.k8s.io";

  private final Authorizer authorizer;

  public ImpersonationStage(Authorizer authorizer) {
    this.authorizer = authorizer;
  }

  /** Asks many questions of the roles; nobody impersonates fifty thousand times a second. */
  @Override
  public boolean mayBlock(Request request) {
    return request.header(USER) != null;
  }

  @Override
  public Response pass(Request request, Handler next) throws InterruptedException {
    String name = request.headers().getOrDefault(USER, "");
    List<String> groups = values(request, GROUP);
    String uid = request.headers().getOrDefault(UID, "");
    Map<String, List<String>> extra = extra(request);
    if (name.isEmpty()) {
      if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
        throw ApiFailure.badRequest(
            "requested groups %s, uid %s, extra %s without impersonating a user"
                .formatted(groups, Forbidden.quoted(uid), extra.keySet()));
      }
      return next.handle(request);
    }
    User requestor = request.user();
    List<String> own = mayBe(requestor, name);
    groups.forEach(group -> require(requestor, "", "groups", "", "", group));
    if (!uid.isEmpty()) {
      require(requestor, AUTHENTICATION_GROUP, "uids", "", "", uid);
    }
    extra.forEach(
        (key, values) ->
            values.forEach(
                value -> require(requestor, AUTHENTICATION_GROUP, "userextras", key, "", value)));
    List<String> all = new ArrayList<>(groups.isEmpty() ? own : groups);
    addStanding(name, all);
    User impersonated = new User(name, uid, all, extra);
    request.scope().audit().impersonated(impersonated, "");
    return next.handle(request.withUser(impersonated));
  }

  /** Checks the name itself; returns the groups that come with it. */
  private List<String> mayBe(User requestor, String name) {
    if (name.startsWith(SERVICE_ACCOUNT)) {
      String[] parts = name.substring(SERVICE_ACCOUNT.length()).split(":", -1);
      if (parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty()) {
        require(requestor, "", "serviceaccounts", "", parts[0], parts[1]);
        return User.serviceAccountGroups(parts[0]);
      }
    }
    require(requestor, "", "users", "", "", name);
    return List.of();
  }

  private void require(
      User requestor,
      String apiGroup,
      String resource,
      String subresource,
      String namespace,
      String name) {
    Attributes attributes =
        new Attributes(
            requestor, "impersonate", true, apiGroup, resource, subresource, namespace, name, "");
    if (!authorizer.authorize(attributes).allowed()) {
      throw Forbidden.failure(attributes, "");
    }
  }

  /** An impersonated user counts as authenticated, unless anonymous or told otherwise. */
  private static void addStanding(String name, List<String> groups) {
    if (name.equals(User.ANONYMOUS.name())) {
      if (!groups.contains(User.UNAUTHENTICATED)) {
        groups.add(User.UNAUTHENTICATED);
      }
    } else if (!groups.contains(User.AUTHENTICATED) && !groups.contains(User.UNAUTHENTICATED)) {
      groups.add(User.AUTHENTICATED);
    }
  }

  private static Map<String, List<String>> extra(Request request) {
    Map<String, List<String>> extra = new TreeMap<>();
    for (String header : request.headers().keySet()) {
      if (header.startsWith(EXTRA_PREFIX)) {
        String key = header.substring(EXTRA_PREFIX.length());
        extra.put(unescaped(key), values(request, header));
      }
    }
    return extra;
  }

  private static String unescaped(String key) {
    try {
      // A plus sign is itself here, unlike in a query.
      return URLDecoder.decode(key.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return key;
    }
  }

  private static List<String> values(Request request, String header) {
    String joined = request.header(header);
    return joined == null || joined.isEmpty() ? List.of() : List.of(joined.split(", ", -1));
  }
}
