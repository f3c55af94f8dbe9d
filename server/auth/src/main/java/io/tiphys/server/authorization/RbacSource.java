package io.tiphys.server.authorization;

import io.tiphys.base.Lifecycle;

/** Where the roles and bindings come from: the cache, or an informer. */
public interface RbacSource {
  RbacObjects current();

  /**
   * Has {@code action} run after every change of a role or binding, from when {@link #current}
   * shows it. The action is quick and never fails.
   *
   * @return ends the notifications when closed
   */
  Lifecycle onChange(Runnable action);
}
