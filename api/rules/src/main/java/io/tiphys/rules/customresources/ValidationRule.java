package io.tiphys.rules.customresources;

import io.tiphys.codec.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A rule of {@code x-kubernetes-validations}, as it was written.
 *
 * @param reason null where it is not said
 * @param optionalOldSelf null where it is not said
 */
record ValidationRule(
    String rule,
    String message,
    String messageExpression,
    @Nullable String reason,
    String fieldPath,
    @Nullable Boolean optionalOldSelf) {

  /** All rules of a schema, in their order. */
  static List<ValidationRule> of(Json.Obj schema) {
    List<ValidationRule> rules = new ArrayList<>();
    for (Json each : SchemaValidation.elements(schema.get("x-kubernetes-validations"))) {
      Json.Obj rule = each instanceof Json.Obj object ? object : Json.Obj.EMPTY;
      String reason = SchemaValidation.text(rule, "reason");
      rules.add(
          new ValidationRule(
              SchemaValidation.text(rule, "rule"),
              SchemaValidation.text(rule, "message"),
              SchemaValidation.text(rule, "messageExpression"),
              reason.isEmpty() ? null : reason,
              SchemaValidation.text(rule, "fieldPath"),
              rule.get("optionalOldSelf") instanceof Json.Bool(boolean flag) ? flag : null));
    }
    return rules;
  }

  boolean hasOptionalOldSelf() {
    return Boolean.TRUE.equals(optionalOldSelf);
  }

  /** What stands for it in messages. */
  String shown() {
    return message.isEmpty() ? rule.strip() : message.strip();
  }

  String defaultMessage() {
    return message.isEmpty() ? "failed rule: " + shown() : message.strip();
  }
}
