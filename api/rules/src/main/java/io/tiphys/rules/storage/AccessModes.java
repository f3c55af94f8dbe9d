package io.tiphys.rules.storage;

import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;

/** How a volume may be mounted. */
final class AccessModes {
  private static final List<String> KNOWN =
      List.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");

  private AccessModes() {}

  static void check(List<String> modes, FieldPath path, List<FieldError> errors) {
    for (String mode : modes) {
      if (!KNOWN.contains(mode)) {
        errors.add(FieldError.notSupported(path, mode, KNOWN));
      }
    }
  }
}
