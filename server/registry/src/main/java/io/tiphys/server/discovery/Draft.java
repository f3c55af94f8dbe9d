package io.tiphys.server.discovery;

import io.tiphys.meta.GroupVersionKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operation in the making: who it is, what it takes and, last, what it gives.
 *
 * @param action see {@link Operation}
 * @param subject see {@link Operation}
 */
record Draft(
    String method, String action, @Nullable GroupVersionKind kind, String tag, String subject) {

  Named named(String id, String description) {
    return new Named(this, id, description);
  }

  /** With its name. */
  record Named(Draft draft, String id, String description) {
    Taking takes(List<String> media, Operation.@Nullable Body body, List<String> parameters) {
      return new Taking(this, media, body, parameters);
    }
  }

  /** With its input. */
  record Taking(
      Named named, List<String> consumes, Operation.@Nullable Body body, List<String> parameters) {

    Operation gives(List<String> produces, Operation.Answer... answers) {
      Draft draft = named.draft;
      List<Operation.Answer> all = new ArrayList<>(List.of(answers));
      all.add(new Operation.Answer(401, "Unauthorized", ""));
      return new Operation(
          draft.method,
          named.id,
          named.description,
          draft.tag,
          draft.action,
          draft.kind,
          draft.subject,
          new Operation.Media(consumes, produces),
          body,
          parameters,
          all);
    }
  }
}
