package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.meta.apply.FieldFilter;
import java.util.List;

/** What replacing an object, or through a subresource a part of it, demands. */
public interface UpdateRules<T extends ApiObject> {
  /**
   * What would be stored of {@code object}: fields the writer may not touch come from {@code old},
   * and {@code metadata.generation} (given as the old one) grows when the wish changed.
   */
  T prepareForUpdate(T object, T old, WriteContext context);

  /** What is wrong with {@code object}; metadata common to all kinds is checked by the caller. */
  default List<FieldError> validateUpdate(T object, T old) {
    return List.of();
  }

  /** What the writer should hear though the write is good. */
  default List<String> warningsOnUpdate(T object, T old) {
    return List.of();
  }

  /**
   * Leaves out the fields that {@link #prepareForUpdate} puts back whatever is sent: whoever writes
   * here does not own them. Upstream's GetResetFields.
   */
  default FieldFilter resetFields() {
    return FieldFilter.NONE;
  }
}
