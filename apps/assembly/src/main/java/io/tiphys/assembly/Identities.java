package io.tiphys.assembly;

import io.tiphys.server.http.User;
import java.util.List;
import java.util.Map;

/** Who the components of one process are to the API. */
final class Identities {
  static final User CONTROLLERS = user("system:kube-controller-manager", User.MASTERS);
  static final User SCHEDULER = user("system:kube-scheduler");
  static final User NETWORK = user("system:kube-proxy", User.MASTERS);
  static final User ADMINISTRATOR = user("kubernetes-admin", User.MASTERS);

  private Identities() {}

  static User node(String name) {
    return user("system:node:" + name, "system:nodes");
  }

  private static User user(String name, String... groups) {
    List<String> all = new java.util.ArrayList<>(List.of(groups));
    all.add(User.AUTHENTICATED);
    return new User(name, "", all, Map.of());
  }
}
