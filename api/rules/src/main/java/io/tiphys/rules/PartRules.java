package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.meta.apply.FieldFilter;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The rules of one part of an object that is written by itself: its status, its finalizers.
 *
 * @param prepare as {@link UpdateRules#prepareForUpdate}
 * @param check as {@link UpdateRules#validateUpdate}
 */
public record PartRules<T extends ApiObject>(
    Preparation<T> prepare, BiFunction<T, T, List<FieldError>> check, FieldFilter resetFields)
    implements UpdateRules<T> {

  /** Makes what would be stored of what is written. */
  @FunctionalInterface
  public interface Preparation<T extends ApiObject> {
    T apply(T object, T old, WriteContext context);
  }

  @Override
  public T prepareForUpdate(T object, T old, WriteContext context) {
    return prepare.apply(object, old, context);
  }

  @Override
  public List<FieldError> validateUpdate(T object, T old) {
    return check.apply(object, old);
  }
}
