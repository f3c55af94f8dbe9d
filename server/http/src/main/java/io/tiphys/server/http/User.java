package io.tiphys.server.http;

import java.util.List;
import java.util.Map;

/** Who makes a request. */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  public static final String MASTERS = "system:masters";
  public static final String AUTHENTICATED = "system:authenticated";
  public static final String UNAUTHENTICATED = "system:unauthenticated";

  public static final User ANONYMOUS =
      new User("system:anonymous", "", List.of(UNAUTHENTICATED), Map.of());

  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  public User {
    groups = List.copyOf(groups);
    extra = Map.copyOf(extra);
  }

  /** A service account as the API knows it when it calls. */
  public static User serviceAccount(
      String namespace, String name, String uid, Map<String, List<String>> extra) {
    return new User(
        SERVICE_ACCOUNT + namespace + ":" + name, uid, serviceAccountGroups(namespace), extra);
  }

  /** The groups of every service account of a namespace. */
  public static List<String> serviceAccountGroups(String namespace) {
    return List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace);
  }

  /** Whether nothing is forbidden to this user. */
  public boolean isMaster() {
    return groups.contains(MASTERS);
  }
}
