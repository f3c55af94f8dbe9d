package io.tiphys.rules.workloads;

import io.tiphys.api.LabelSelectors;
import io.tiphys.api.batch.v1.PodFailurePolicy;
import io.tiphys.api.batch.v1.SuccessPolicy;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.codec.Json;
import io.tiphys.meta.IntOrString;
import io.tiphys.meta.Names;
import io.tiphys.meta.selector.SelectorException;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.GoValues;
import io.tiphys.rules.pods.PodValidation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What all workloads ask of their selector, template and counts. */
final class TemplateValidation {
  static final FieldPath SPEC = FieldPath.of("spec");

  private static final List<String> ALWAYS = List.of("Always");

  private final Checks checks = new Checks();
  private final List<FieldError> errors = checks.errors();

  /**
   * The selector selects the template's pods; checked against pkg/apis/apps/validation.
   *
   * @param noun the kind, as the message about an empty selector names it
   */
  TemplateValidation selects(
      @Nullable LabelSelector selector, PodTemplateSpec template, String noun) {
    FieldPath path = SPEC.child("selector");
    if (selector == null) {
      checks.required(path);
      return this;
    }
    int before = errors.size();
    checks.selector(path, selector);
    if (selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty()) {
      checks.invalid(path, Json.Obj.EMPTY, "empty selector is invalid for " + noun);
    }
    if (errors.size() > before) {
      return this;
    }
    try {
      if (!LabelSelectors.of(selector).matches(template.metadata().labels())) {
        Map<String, Json> labels = new TreeMap<>();
        template.metadata().labels().forEach((name, value) -> labels.put(name, Json.of(value)));
        checks.invalid(
            SPEC.child("template", "metadata", "labels"),
            new Json.Obj(labels),
            "`selector` does not match template `labels`");
      }
    } catch (SelectorException e) {
      checks.invalid(path, shown(selector), String.valueOf(e.getMessage()));
    }
    return this;
  }

  /**
   * The template makes pods that run for ever.
   *
   * @param kind whose template it is, as the message about a deadline names it
   */
  TemplateValidation runs(PodTemplateSpec template, String kind) {
    FieldPath path = SPEC.child("template");
    errors.addAll(PodValidation.of(template, path));
    String policy = template.spec().restartPolicy();
    if (!ALWAYS.contains(policy)) {
      errors.add(FieldError.notSupported(path.child("spec", "restartPolicy"), policy, ALWAYS));
    }
    if (template.spec().activeDeadlineSeconds() != null) {
      checks.forbidden(
          path.child("spec", "activeDeadlineSeconds"),
          "activeDeadlineSeconds in " + kind + " is not Supported");
    }
    return this;
  }

  TemplateValidation notNegative(String field, @Nullable Number value) {
    if (value != null && value.longValue() < 0) {
      errors.add(
          FieldError.invalid(SPEC.child(field), value, "must be greater than or equal to 0"));
    }
    return this;
  }

  TemplateValidation unchanged(String field, @Nullable Object value, @Nullable Object before) {
    unchanged(checks, field, value, before);
    return this;
  }

  static void unchanged(
      Checks checks, String field, @Nullable Object value, @Nullable Object before) {
    if (!Objects.equals(before, value)) {
      checks.invalid(SPEC.child(field), shown(value), "field is immutable");
    }
  }

  static @Nullable Object shown(@Nullable Object value) {
    return switch (value) {
      case LabelSelector selector -> GoValues.tree(selector::write);
      case PodFailurePolicy policy -> GoStructs.show("batch.PodFailurePolicy", policy::write);
      case SuccessPolicy policy -> GoStructs.show("batch.SuccessPolicy", policy::write);
      case null, default -> value;
    };
  }

  /** A strategy as messages show it: upstream prints its internal form. */
  static Json strategy(String type) {
    return Json.Obj.builder().put("Type", type).put("RollingUpdate", Json.Null.NULL).build();
  }

  /** Steps of a roll-out: numbers or percentages, in upstream's words. */
  TemplateValidation numberOrPercent(FieldPath path, IntOrString value) {
    switch (value) {
      case IntOrString.Int(int number) -> {
        if (number < 0) {
          errors.add(FieldError.invalid(path, number, "must be greater than or equal to 0"));
        }
      }
      case IntOrString.Text(String text) ->
          Names.percent(text).forEach(w -> errors.add(FieldError.invalid(path, text, w)));
    }
    return this;
  }

  TemplateValidation atMostAll(FieldPath path, IntOrString value) {
    if (value instanceof IntOrString.Text(String text)
        && Names.percent(text).isEmpty()
        && amount(value) > 100) {
      errors.add(FieldError.invalid(path, text, "must not be greater than 100%"));
    }
    return this;
  }

  /** The number, or that before the percent sign; 0 when there is none. */
  static long amount(IntOrString value) {
    return switch (value) {
      case IntOrString.Int(int number) -> number;
      case IntOrString.Text(String text) ->
          text.matches("[0-9]{1,9}%") ? Long.parseLong(text.substring(0, text.length() - 1)) : 0;
    };
  }

  TemplateValidation add(FieldError error) {
    errors.add(error);
    return this;
  }

  List<FieldError> errors() {
    return errors;
  }
}
