package io.tiphys.server.registry;

import io.tiphys.client.Fence;
import io.tiphys.rules.WriteContext;
import io.tiphys.server.admission.AdmissionNotes;
import io.tiphys.server.admission.AdmissionRequest.Caller;
import io.tiphys.server.admission.OperationOptions;
import io.tiphys.server.http.AuditNotes;
import io.tiphys.server.http.Request;
import io.tiphys.server.http.User;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who makes a write and how.
 *
 * @param fieldManager in whose name fields are owned
 * @param warnings filled on the way
 * @param fence what the write is bound to; null for nothing
 */
public record Call(
    Caller caller,
    String fieldManager,
    FieldValidation fieldValidation,
    Warnings warnings,
    @Nullable Fence fence) {

  /** A write by somebody who need not lead. */
  Call(Caller caller, String fieldManager, FieldValidation fieldValidation, Warnings warnings) {
    this(caller, fieldManager, fieldValidation, warnings, null);
  }

  /** A write by a component of this process. */
  public static Call of(User user, String fieldManager) {
    OperationOptions options = new OperationOptions.Write(List.of(), fieldManager, "");
    return new Call(
        new Caller(user, false, options, AdmissionNotes.NONE),
        fieldManager,
        FieldValidation.IGNORE,
        Warnings.unheard());
  }

  /** A write that a request asks for. */
  static Call of(
      Request request,
      boolean dryRun,
      OperationOptions options,
      String fieldManager,
      FieldValidation fieldValidation) {
    Warnings warnings = new Warnings();
    Notes notes = new Notes(warnings, request.scope().audit());
    return new Call(
        new Caller(request.user(), dryRun, options, notes),
        fieldManager,
        fieldValidation,
        warnings);
  }

  User user() {
    return caller.user();
  }

  boolean dryRun() {
    return caller.dryRun();
  }

  /** The same write, only tried. */
  Call dry() {
    return new Call(caller.dry(), fieldManager, fieldValidation, warnings, fence);
  }

  /** The same write by a leader. */
  Call within(@Nullable Fence leaders) {
    return new Call(caller, fieldManager, fieldValidation, warnings, leaders);
  }

  WriteContext context(Instant now) {
    User user = user();
    return new WriteContext(user.name(), user.uid(), user.groups(), user.extra(), now);
  }

  /** What admission says goes into the answer and into the audit events. */
  private record Notes(Warnings warnings, AuditNotes audit) implements AdmissionNotes {
    @Override
    public void warn(String message) {
      warnings.add(message);
    }

    @Override
    public void annotate(String key, String value) {
      audit.annotate(key, value);
    }
  }
}
