package io.tiphys.rules.networking;

import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldPath;
import org.jspecify.annotations.Nullable;

/** The parts of a reference to an object of any kind. */
final class References {
  private References() {}

  static void group(@Nullable String group, FieldPath path, Checks checks) {
    if (group != null) {
      checks.each(path.child("apiGroup"), group, Names.dns1123Subdomain(group));
    }
  }

  /** What must be there and fit into an address. */
  static void segment(String value, FieldPath path, Checks checks) {
    if (value.isEmpty()) {
      checks.required(path);
    } else {
      checks.each(path, value, Names.pathSegmentName(value));
    }
  }
}
