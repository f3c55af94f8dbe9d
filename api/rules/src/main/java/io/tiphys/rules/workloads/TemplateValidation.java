package io.tiphys.rules.workloads;

import io.tiphys.api.LabelSelectors;
import io.tiphys.api.batch.v1.PodFailurePolicy;
import io.tiphys.api.batch.v1.SuccessPolicy;
import io.tiphys.api.core.v1.PodTemplateSpec;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.codec.Json;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import io.tiphys.rules.GoValues;
import io.tiphys.rules.pods.PodValidation;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What all workloads ask of their selector, template and counts. */
final class TemplateValidation {
  static final FieldPath SPEC = FieldPath.of("spec");

  private static final List<String> ALWAYS = List.of("Always");

  private final Checks checks = new Checks();
  private final List<FieldError> errors = checks.errors();

  /**
   * Whether a selector can be read, after saying what is wrong with it; checked against
   * pkg/apis/apps/validation. One that is missing can be read: it selects nothing.
   *
   * @param noun the kind, as the message about an empty selector names it
   * @param unreadable what upstream says of one that cannot be read
   */
  boolean selector(@Nullable LabelSelector selector, String noun, String unreadable) {
    FieldPath path = SPEC.child("selector");
    if (selector == null) {
      checks.required(path);
      return true;
    }
    int before = errors.size();
    checks.selector(path, selector);
    boolean readable = errors.size() == before;
    notEmpty(selector, noun);
    if (!readable) {
      checks.invalid(path, shown(selector), unreadable);
    }
    return readable;
  }

  TemplateValidation notEmpty(@Nullable LabelSelector selector, String noun) {
    if (selector != null
        && selector.matchLabels().isEmpty()
        && selector.matchExpressions().isEmpty()) {
      checks.invalid(
          SPEC.child("selector"), Json.Obj.EMPTY, "empty selector is invalid for " + noun);
    }
    return this;
  }

  /** The template's pods are selected, by a selector that can be read. */
  TemplateValidation selected(@Nullable LabelSelector selector, PodTemplateSpec template) {
    Map<String, String> labels = template.metadata().labels();
    if (!LabelSelectors.of(selector).matches(labels)) {
      mismatch(labels);
    }
    return this;
  }

  void mismatch(Map<String, String> labels) {
    checks.invalid(
        SPEC.child("template", "metadata", "labels"),
        labels.isEmpty() ? null : labels,
        "`selector` does not match template `labels`");
  }

  TemplateValidation pods(PodTemplateSpec template) {
    errors.addAll(PodValidation.of(template, SPEC.child("template")));
    return this;
  }

  /**
   * The pods run for ever.
   *
   * @param kind whose template it is, as the message about a deadline names it
   */
  TemplateValidation forEver(PodTemplateSpec template, String kind) {
    FieldPath path = SPEC.child("template", "spec");
    String policy = template.spec().restartPolicy();
    if (!ALWAYS.contains(policy)) {
      errors.add(FieldError.notSupported(path.child("restartPolicy"), policy, ALWAYS));
    }
    if (template.spec().activeDeadlineSeconds() != null) {
      checks.forbidden(
          path.child("activeDeadlineSeconds"),
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

  Checks checks() {
    return checks;
  }

  TemplateValidation add(FieldError error) {
    errors.add(error);
    return this;
  }

  List<FieldError> errors() {
    return errors;
  }
}
