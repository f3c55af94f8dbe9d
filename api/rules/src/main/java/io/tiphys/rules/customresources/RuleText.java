package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;

/**
 * What is wrong with the text of a rule before it is compiled. Checked against
 * apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go.
 */
final class RuleText {
  private static final List<String> REASONS =
      List.of(
          "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired");

  private RuleText() {}

  static List<FieldError> validate(ValidationRule rule, Json.Obj schema, FieldPath at) {
    Checks checks = new Checks();
    FieldPath message = at.child("message");
    if (rule.rule().isBlank()) {
      checks.required(at.child("rule"), "rule is not specified");
    } else if (!rule.message().isEmpty() && rule.message().isBlank()) {
      checks.invalid(message, rule.message(), "must be non-empty if specified");
    } else if (hasNewLines(rule.message().strip())) {
      checks.invalid(message, rule.message(), "must not contain line breaks");
    } else if (hasNewLines(rule.rule().strip()) && rule.message().isBlank()) {
      checks.required(message, "message must be specified if rule contains line breaks");
    }
    if (!rule.messageExpression().isEmpty() && rule.messageExpression().isBlank()) {
      checks.required(
          at.child("messageExpression"), "messageExpression must be non-empty if specified");
    }
    String reason = rule.reason();
    if (reason != null && !REASONS.contains(reason)) {
      checks.supported(at.child("reason"), reason, REASONS);
    }
    if (!rule.fieldPath().isEmpty()) {
      fieldPath(rule.fieldPath(), schema, at.child("fieldPath"), checks);
    }
    return checks.errors();
  }

  private static void fieldPath(String path, Json.Obj schema, FieldPath at, Checks checks) {
    if (path.isBlank()) {
      checks.invalid(at, path, "must be non-empty if specified");
    }
    if (hasNewLines(path)) {
      checks.invalid(at, path, "must not contain line breaks");
    }
    if (RulePaths.normalized(path, schema).isEmpty()) {
      checks.invalid(at, path, "must be a valid path");
    }
  }

  private static boolean hasNewLines(String text) {
    return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }
}
