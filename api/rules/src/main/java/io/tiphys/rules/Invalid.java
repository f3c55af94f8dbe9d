package io.tiphys.rules;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.meta.v1.Status;
import io.tiphys.api.meta.v1.StatusCause;
import io.tiphys.api.meta.v1.StatusDetails;
import io.tiphys.meta.GoText;
import io.tiphys.meta.GroupVersionKind;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Field errors as the answer 422 Invalid. */
public final class Invalid {
  private static final int UNPROCESSABLE_ENTITY = 422;

  private Invalid() {}

  /** {@code Pod "x" is invalid: spec.containers: Required value}. */
  public static ApiFailure failure(GroupVersionKind kind, String name, List<FieldError> errors) {
    return failure(kind.group(), kind.kind(), name, errors);
  }

  /**
   * As {@link #failure(GroupVersionKind, String, List)}.
   *
   * @param kind a kind, or a resource where upstream names that
   */
  public static ApiFailure failure(
      String group, String kind, String name, List<FieldError> errors) {
    List<StatusCause> causes =
        errors.stream()
            .map(
                error ->
                    StatusCause.builder()
                        .reason(error.type().reason())
                        .message(error.body())
                        .field(error.field())
                        .build())
            .toList();
    String qualified = group.isEmpty() ? kind : kind + "." + group;
    String summary = qualified + " " + GoText.quote(name) + " is invalid";
    return new ApiFailure(
        Status.builder()
            .status("Failure")
            .code(UNPROCESSABLE_ENTITY)
            .reason("Invalid")
            .message(errors.isEmpty() ? summary : summary + ": " + aggregate(errors))
            .details(
                StatusDetails.builder().group(group).kind(kind).name(name).causes(causes).build())
            .build());
  }

  /** One message plainly, several in brackets, each once. */
  public static String aggregate(List<FieldError> errors) {
    Set<String> messages = new LinkedHashSet<>();
    errors.forEach(error -> messages.add(error.message()));
    return messages.size() == 1
        ? messages.iterator().next()
        : "[" + String.join(", ", messages) + "]";
  }
}
