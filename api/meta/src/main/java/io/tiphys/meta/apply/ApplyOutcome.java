package io.tiphys.meta.apply;

import io.tiphys.codec.Json;
import java.util.List;

/** What comes of applying a configuration. */
public sealed interface ApplyOutcome {

  /**
   * It was merged.
   *
   * @param object the merged object without {@code metadata.managedFields}, not yet defaulted
   * @param managed the new {@code metadata.managedFields}
   */
  record Applied(Json.Obj object, List<ManagedEntry> managed) implements ApplyOutcome {}

  /** Others own what it would change: 409, reason Conflict, one cause per conflict. */
  record Conflicted(List<Conflict> conflicts) implements ApplyOutcome {
    public String message() {
      return Conflict.message(conflicts);
    }
  }

  /**
   * It cannot be merged.
   *
   * @param badRequest answered with 400, otherwise, as upstream does, with 500
   */
  record Rejected(boolean badRequest, String message) implements ApplyOutcome {}
}
