package io.tiphys.server.authentication;

import java.util.List;

/**
 * Whether those who show nothing are let in as anonymous; authentication/request/anonymous of
 * apiserver/pkg.
 *
 * @param paths the only ones where they are; empty for all
 */
public record AnonymousAccess(boolean enabled, List<String> paths) {
  /** Everywhere, as upstream has it by default. */
  public static final AnonymousAccess ALLOWED = new AnonymousAccess(true, List.of());

  public AnonymousAccess {
    paths = List.copyOf(paths);
  }

  boolean isAllowed(String path) {
    return enabled && (paths.isEmpty() || paths.contains(path));
  }
}
