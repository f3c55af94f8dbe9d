package io.tiphys.rules.admissionregistration;

import io.tiphys.api.admissionregistration.v1.AuditAnnotation;
import io.tiphys.api.admissionregistration.v1.MatchResources;
import io.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicy;
import io.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicySpec;
import io.tiphys.api.admissionregistration.v1.Mutation;
import io.tiphys.api.admissionregistration.v1.ParamKind;
import io.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import io.tiphys.api.admissionregistration.v1.Validation;
import io.tiphys.api.admissionregistration.v1.Variable;
import io.tiphys.cel.schema.FieldNames;
import io.tiphys.codec.FieldWriter;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What is wrong with policies; checked against pkg/apis/admissionregistration/validation. */
final class PolicyValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> REASONS =
      List.of("Forbidden", "Invalid", "RequestEntityTooLarge");
  private static final List<String> PATCH_TYPES = List.of("ApplyConfiguration", "JSONPatch");
  private static final Pattern IDENTIFIER = Pattern.compile("[_a-zA-Z][_a-zA-Z0-9]*");

  /** Upstream's maxAuditAnnotations. */
  private static final int MAX_ANNOTATIONS = 20;

  /** Upstream's maxAuditAnnotationValueExpressionLength. */
  private static final int MAX_VALUE_EXPRESSION = 5 * 1024;

  private PolicyValidation() {}

  static List<FieldError> validating(ValidatingAdmissionPolicy policy) {
    ValidatingAdmissionPolicySpec spec = policy.spec();
    Checks checks = new Checks();
    common(spec.failurePolicy(), spec.paramKind(), spec.matchConstraints(), checks);
    RuleValidation.conditions(spec.matchConditions(), SPEC.child("matchConditions"), checks);
    variables(spec.variables(), checks);
    FieldPath validations = SPEC.child("validations");
    FieldPath annotations = SPEC.child("auditAnnotations");
    if (spec.validations().isEmpty() && spec.auditAnnotations().isEmpty()) {
      String missing = "validations or auditAnnotations must contain at least one item";
      checks.required(validations, missing);
      checks.required(annotations, missing);
    }
    for (int i = 0; i < spec.validations().size(); i++) {
      validation(spec.validations().get(i), validations.index(i), checks);
    }
    annotations(policy.name(), spec.auditAnnotations(), annotations, checks);
    return checks.errors();
  }

  private static void common(
      @Nullable String failurePolicy,
      @Nullable ParamKind parameters,
      @Nullable MatchResources match,
      Checks checks) {
    checks.oneOf(
        SPEC.child("failurePolicy"),
        failurePolicy == null ? "" : failurePolicy,
        WebhookValidation.FAILURE_POLICIES);
    if (parameters != null) {
      parameters(parameters, SPEC.child("paramKind"), checks);
    }
    FieldPath constraints = SPEC.child("matchConstraints");
    if (match == null) {
      checks.required(constraints);
    } else {
      RuleValidation.match(match, constraints, checks);
      if (match.resourceRules().isEmpty()) {
        checks.required(constraints.child("resourceRules"));
      }
    }
  }

  private static void parameters(ParamKind kind, FieldPath path, Checks checks) {
    FieldPath at = path.child("apiVersion");
    String version = kind.apiVersion();
    int slash = version.indexOf('/');
    if (version.isEmpty()) {
      checks.required(at);
    } else if (slash != version.lastIndexOf('/')) {
      checks.invalid(at, version, "unexpected GroupVersion string: " + version);
    } else {
      String group = version.substring(0, Math.max(0, slash));
      String own = version.substring(slash + 1);
      if (!group.isEmpty()) {
        joined(at, group, "", Names.dns1123Subdomain(group), checks);
      }
      if (own.isEmpty()) {
        checks.invalid(at, version, "version must be specified");
      } else {
        joined(at, own, "", Names.dns1035Label(own), checks);
      }
    }
    FieldPath kindPath = path.child("kind");
    if (kind.kind().isEmpty()) {
      checks.required(kindPath);
    } else {
      joined(
          kindPath,
          kind.kind(),
          "may have mixed case, but should otherwise match: ",
          Names.dns1035Label(kind.kind().toLowerCase(Locale.ROOT)),
          checks);
    }
  }

  private static void joined(
      FieldPath path, String value, String words, List<String> problems, Checks checks) {
    if (!problems.isEmpty()) {
      checks.invalid(path, value, words + String.join(",", problems));
    }
  }

  private static void variables(List<Variable> variables, Checks checks) {
    for (int i = 0; i < variables.size(); i++) {
      FieldPath path = SPEC.child("variables").index(i);
      String name = variables.get(i).name();
      if (name.isBlank()) {
        checks.required(path.child("name"), "name is not specified");
      } else if (!IDENTIFIER.matcher(name).matches() || FieldNames.isReserved(name)) {
        checks.invalid(path.child("name"), name, "must be a valid CEL identifier");
      }
      if (variables.get(i).expression().isBlank()) {
        checks.required(path.child("expression"), "expression is not specified");
      }
    }
  }

  private static void validation(Validation validation, FieldPath path, Checks checks) {
    String message = validation.message();
    String expression = validation.messageExpression();
    if (validation.expression().isBlank()) {
      checks.required(path.child("expression"), "expression is not specified");
    }
    if (!expression.isEmpty() && expression.isBlank()) {
      checks.invalid(path.child("messageExpression"), expression, "must be non-empty if specified");
    }
    if (!message.isEmpty() && message.isBlank()) {
      checks.invalid(path.child("message"), message, "must be non-empty if specified");
    } else if (message.strip().contains("\n") || message.strip().contains("\r")) {
      checks.invalid(path.child("message"), message, "must not contain line breaks");
    }
    checks.supported(path.child("reason"), validation.reason(), REASONS);
  }

  private static void annotations(
      String policy, List<AuditAnnotation> annotations, FieldPath path, Checks checks) {
    if (annotations.size() > MAX_ANNOTATIONS) {
      List<Consumer<FieldWriter>> shown = new ArrayList<>();
      annotations.forEach(annotation -> shown.add(annotation::write));
      checks.invalid(
          path,
          GoStructs.showAll("admissionregistration.AuditAnnotation", shown),
          "must not have more than " + MAX_ANNOTATIONS + " auditAnnotations");
    }
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < annotations.size(); i++) {
      FieldPath at = path.index(i);
      String key = annotations.get(i).key();
      if (policy.isEmpty()) {
        checks.invalid(at.child("key"), key, "requires metadata.name be non-empty");
      } else {
        String whole = policy + "/" + key;
        checks.each(at.child("key"), whole, Names.qualifiedName(whole));
      }
      String value = annotations.get(i).valueExpression().strip();
      if (value.isEmpty()) {
        checks.required(at.child("valueExpression"), "valueExpression is not specified");
      } else if (value.getBytes(StandardCharsets.UTF_8).length > MAX_VALUE_EXPRESSION) {
        checks.required(
            at.child("valueExpression"),
            "must not exceed " + MAX_VALUE_EXPRESSION + " bytes in length");
      }
      if (!keys.add(key)) {
        checks.add(FieldError.duplicate(at.child("key"), key));
      }
    }
  }

  static List<FieldError> mutating(MutatingAdmissionPolicy policy) {
    MutatingAdmissionPolicySpec spec = policy.spec();
    Checks checks = new Checks();
    common(spec.failurePolicy(), spec.paramKind(), spec.matchConstraints(), checks);
    if (spec.matchConstraints() != null) {
      RuleValidation.mutable(spec.matchConstraints(), SPEC.child("matchConstraints"), checks);
    }
    RuleValidation.conditions(spec.matchConditions(), SPEC.child("matchConditions"), checks);
    variables(spec.variables(), checks);
    FieldPath mutations = SPEC.child("mutations");
    if (spec.mutations().isEmpty()) {
      checks.required(mutations, "mutations must contain at least one item");
    }
    for (int i = 0; i < spec.mutations().size(); i++) {
      mutation(spec.mutations().get(i), mutations.index(i), checks);
    }
    checks.oneOf(
        SPEC.child("reinvocationPolicy"),
        spec.reinvocationPolicy(),
        WebhookValidation.REINVOCATIONS);
    return checks.errors();
  }

  private static void mutation(Mutation mutation, FieldPath path, Checks checks) {
    FieldPath patch = path.child("jsonPatch");
    FieldPath apply = path.child("applyConfiguration");
    var patching = mutation.jsonPatch();
    var applying = mutation.applyConfiguration();
    String type = mutation.patchType();
    checks.oneOf(path.child("patchType"), type, PATCH_TYPES);
    switch (type) {
      case "JSONPatch" -> {
        expression(patching == null ? null : patching.expression(), patch, type, checks);
        foreign(applying != null, "applyConfiguration", apply, type, checks);
      }
      case "ApplyConfiguration" -> {
        expression(applying == null ? null : applying.expression(), apply, type, checks);
        foreign(patching != null, "jsonPatch", patch, type, checks);
      }
      default -> {} // said already
    }
  }

  private static void expression(
      @Nullable String expression, FieldPath path, String type, Checks checks) {
    if (expression == null) {
      checks.required(path, "must be specified when patchType is " + type);
    } else if (expression.isBlank()) {
      checks.required(path.child("expression"));
    }
  }

  private static void foreign(
      boolean given, String field, FieldPath path, String type, Checks checks) {
    if (given) {
      checks.invalid(path, "{" + field + "}", "must not be specified when patchType is " + type);
    }
  }
}
