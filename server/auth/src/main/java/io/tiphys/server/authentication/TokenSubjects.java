package io.tiphys.server.authentication;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The live objects that a service account token stands on: it dies with them. */
@FunctionalInterface
public interface TokenSubjects {
  /**
   * @param namespace empty for nodes
   * @return null when there is none
   */
  @Nullable Subject find(Kind kind, String namespace, String name);

  /** Waits until {@link #find} shows everything that was written before this call. */
  default void awaitCurrent() throws InterruptedException {}

  /** What a token may be bound to, besides its account. */
  enum Kind {
    SERVICE_ACCOUNT,
    POD,
    SECRET,
    NODE
  }

  /**
   * @param deleted when its deletion was asked for, or null
   * @param serviceAccount of a pod; empty for all others
   * @param node where a pod runs; empty for all others
   */
  record Subject(
      String name, String uid, @Nullable Instant deleted, String serviceAccount, String node) {
    public Subject(String name, String uid) {
      this(name, uid, null, "", "");
    }
  }
}
