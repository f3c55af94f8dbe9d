package io.tiphys.cel.library;

import org.jspecify.annotations.Nullable;

/** Says what users may do; expressions ask it through {@code authorizer}. */
public interface Authorizer {
  /**
   * @param serviceAccount {@code namespace/name} of another user to ask for; null for the one that
   *     the expression is about
   */
  Decision pathAllowed(@Nullable String serviceAccount, String path, String verb);

  Decision resourceAllowed(@Nullable String serviceAccount, ResourceQuestion question, String verb);

  /**
   * Of which resource something is asked. Empty where it is not said.
   *
   * @param fieldSelector as it was written
   * @param labelSelector as it was written
   */
  record ResourceQuestion(
      String group,
      String resource,
      String subresource,
      String namespace,
      String name,
      String fieldSelector,
      String labelSelector) {}

  /**
   * @param error why there is no answer; empty if there is one
   */
  record Decision(boolean allowed, String reason, String error) {}
}
