package io.tiphys.server.identity;

import java.util.List;
import java.util.Map;

/** Who makes a request. */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  public static final String MASTERS = "system:masters";
  public static final String AUTHENTICATED = "system:authenticated";

  public static final User ANONYMOUS =
      new User("system:anonymous", "", List.of("system:unauthenticated"), Map.of());

  public User {
    groups = List.copyOf(groups);
  }
}
