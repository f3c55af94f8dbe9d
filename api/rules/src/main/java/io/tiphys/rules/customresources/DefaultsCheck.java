package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Defaults must be values of their own schema, without fields it does not know. Checked against
 * apiextensions-apiserver/pkg/apiserver/schema/defaulting/validation.go.
 */
final class DefaultsCheck {
  private final Checks checks = new Checks();

  private DefaultsCheck() {}

  static List<FieldError> validate(Structural root, FieldPath at) {
    DefaultsCheck check = new DefaultsCheck();
    check.check(root, at);
    return check.checks.errors();
  }

  private void check(@Nullable Structural schema, FieldPath at) {
    if (schema == null) {
      return;
    }
    Json value = schema.defaultValue();
    if (value != null) {
      value(value, schema, at.child("default"));
    }
    check(schema.items(), at.child("items"));
    schema
        .properties()
        .forEach((name, property) -> check(property, at.child("properties").key(name)));
  }

  private void value(Json value, Structural schema, FieldPath at) {
    if (!Pruner.prune(value, schema).value().equals(value)) {
      checks.invalid(at, value, "must not have unknown fields");
    }
    checks.addAll(ValueValidation.validate(at.toString(), value, null, schema));
  }
}
