package io.tiphys.server.registry;

import io.tiphys.rules.WriteContext;
import io.tiphys.server.http.User;
import java.time.Instant;

/**
 * Who makes a write and how.
 *
 * @param fieldManager in whose name fields are owned
 * @param warnings filled on the way
 */
public record Call(
    User user,
    String fieldManager,
    boolean dryRun,
    FieldValidation fieldValidation,
    Warnings warnings) {

  /** A write by a component of this process. */
  public static Call of(User user, String fieldManager) {
    return new Call(user, fieldManager, false, FieldValidation.IGNORE, Warnings.unheard());
  }

  WriteContext context(Instant now) {
    return new WriteContext(user.name(), user.uid(), user.groups(), user.extra(), now);
  }
}
