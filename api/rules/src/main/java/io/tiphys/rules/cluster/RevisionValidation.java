package io.tiphys.rules.cluster;

import io.tiphys.api.apps.v1.ControllerRevision;
import io.tiphys.codec.Json;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;

/** Revisions of sets, which never change; checked against ValidateControllerRevisionCreate. */
final class RevisionValidation {
  private static final FieldPath DATA = FieldPath.of("data");

  private RevisionValidation() {}

  static List<FieldError> of(ControllerRevision revision) {
    Checks checks = new Checks();
    checks.notNegative(FieldPath.of("revision"), revision.revision());
    switch (revision.data()) {
      case null -> checks.required(DATA, "data is mandatory");
      case Json.Null _ -> checks.required(DATA, "data is mandatory");
      case Json.Obj _ -> {} // as it should be
      default -> checks.required(DATA, "data must be a valid JSON object");
    }
    return checks.errors();
  }

  static List<FieldError> ofUpdate(ControllerRevision revision, ControllerRevision old) {
    Checks checks = new Checks();
    checks.notNegative(FieldPath.of("revision"), revision.revision());
    checks.immutable(DATA, revision.data(), old.data());
    return checks.errors();
  }
}
