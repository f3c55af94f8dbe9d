package io.tiphys.server.authorization;

import io.tiphys.api.ApiFailure;
import io.tiphys.server.authorization.Authorizer.Attributes;

/** The refusal, in the words of upstream's apiserver/pkg/endpoints/handlers/responsewriters. */
public final class Forbidden {
  private Forbidden() {}

  /**
   * @param reason what to add to the sentence, or empty
   */
  public static ApiFailure failure(Attributes attributes, String reason) {
    String why = sentence(attributes) + (reason.isEmpty() ? "" : ": " + reason);
    String resource =
        attributes.apiGroup().isEmpty()
            ? attributes.resource()
            : attributes.resource() + "." + attributes.apiGroup();
    return ApiFailure.forbidden(resource, attributes.name(), why);
  }

  private static String sentence(Attributes attributes) {
    String user = quoted(attributes.user().name());
    if (!attributes.resourceRequest()) {
      return "User %s cannot %s path %s"
          .formatted(user, attributes.verb(), quoted(attributes.path()));
    }
    String place =
        attributes.namespace().isEmpty()
            ? "at the cluster scope"
            : "in the namespace " + quoted(attributes.namespace());
    return "User %s cannot %s resource %s in API group %s %s"
        .formatted(
            user,
            attributes.verb(),
            quoted(attributes.combinedResource()),
            quoted(attributes.apiGroup()),
            place);
  }

  /** Go's %q, and upstream's guard against markup in what a browser might show. */
  static String quoted(String text) {
    String safe =
        text.replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;");
    return "\"" + safe + "\"";
  }
}
