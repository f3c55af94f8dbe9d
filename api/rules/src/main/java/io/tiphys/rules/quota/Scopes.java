package io.tiphys.rules.quota;

import io.tiphys.api.core.v1.ScopedResourceSelectorRequirement;
import org.jspecify.annotations.Nullable;

/** Selectors of scopes, which are those of labels. */
final class Scopes {
  private Scopes() {}

  /**
   * @param value null where there is none
   */
  static boolean selects(ScopedResourceSelectorRequirement scope, @Nullable String value) {
    return switch (scope.operator()) {
      case "In" -> value != null && scope.values().contains(value);
      case "NotIn" -> value == null || !scope.values().contains(value);
      case "Exists" -> value != null;
      case "DoesNotExist" -> value == null;
      default -> false;
    };
  }
}
