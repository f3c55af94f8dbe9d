package io.tiphys.rules.warnings;

import io.tiphys.api.ApiObject;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.UpdateRules;
import io.tiphys.rules.WriteContext;
import java.util.List;
import java.util.function.Function;

/**
 * Rules of a subresource whose writer should hear something.
 *
 * @param rules what the write itself demands
 * @param warnings of the object as it would be stored
 */
public record Warned<T extends ApiObject>(UpdateRules<T> rules, Function<T, List<String>> warnings)
    implements UpdateRules<T> {
  @Override
  public T prepareForUpdate(T object, T old, WriteContext context) {
    return rules.prepareForUpdate(object, old, context);
  }

  @Override
  public List<FieldError> validateUpdate(T object, T old) {
    return rules.validateUpdate(object, old);
  }

  @Override
  public List<String> warningsOnUpdate(T object, T old) {
    return warnings.apply(object);
  }

  @Override
  public FieldFilter resetFields() {
    return rules.resetFields();
  }
}
