package io.tiphys.rules.admissionregistration;

import io.tiphys.api.admissionregistration.v1.MatchResources;
import io.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import io.tiphys.api.admissionregistration.v1.ParamRef;
import io.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with bindings of policies; checked against pkg/apis/admissionregistration. */
final class BindingValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final List<String> ACTIONS = List.of("Audit", "Deny", "Warn");
  private static final List<String> NOT_FOUND = List.of("Deny", "Allow");
  private static final String EXCLUSIVE = "name and selector are mutually exclusive";

  private BindingValidation() {}

  static List<FieldError> validating(ValidatingAdmissionPolicyBinding binding) {
    var spec = binding.spec();
    Checks checks = new Checks();
    common(spec.policyName(), spec.paramRef(), spec.matchResources(), checks);
    actions(spec.validationActions(), SPEC.child("validationActions"), checks);
    return checks.errors();
  }

  static List<FieldError> mutating(MutatingAdmissionPolicyBinding binding) {
    var spec = binding.spec();
    Checks checks = new Checks();
    common(spec.policyName(), spec.paramRef(), spec.matchResources(), checks);
    if (spec.matchResources() != null) {
      RuleValidation.mutable(spec.matchResources(), SPEC.child("matchResources"), checks);
    }
    return checks.errors();
  }

  private static void common(
      String policy, @Nullable ParamRef parameters, @Nullable MatchResources match, Checks checks) {
    FieldPath name = SPEC.child("policyName");
    if (policy.isEmpty()) {
      checks.required(name);
    } else {
      checks.each(name, policy, Names.dns1123Subdomain(policy));
    }
    if (parameters != null) {
      parameters(parameters, SPEC.child("paramRef"), checks);
    }
    if (match != null) {
      RuleValidation.match(match, SPEC.child("matchResources"), checks);
    }
  }

  private static void parameters(ParamRef parameters, FieldPath path, Checks checks) {
    boolean named = !parameters.name().isEmpty();
    boolean selected = parameters.selector() != null;
    if (named) {
      checks.each(path.child("name"), parameters.name(), Names.pathSegmentName(parameters.name()));
    }
    if (named && selected) {
      checks.forbidden(path.child("name"), EXCLUSIVE);
    }
    checks.selector(path.child("selector"), parameters.selector());
    if (named && selected) {
      checks.forbidden(path.child("selector"), EXCLUSIVE);
    }
    if (!named && !selected) {
      checks.required(path, "one of name or selector must be specified");
    }
    String action = parameters.parameterNotFoundAction();
    checks.oneOf(path.child("parameterNotFoundAction"), action == null ? "" : action, NOT_FOUND);
  }

  private static void actions(List<String> actions, FieldPath path, Checks checks) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < actions.size(); i++) {
      checks.supported(path.index(i), actions.get(i), ACTIONS);
      if (!seen.add(actions.get(i))) {
        checks.add(FieldError.duplicate(path.index(i), actions.get(i)));
      }
    }
    if (seen.contains("Deny") && seen.contains("Warn")) {
      checks.invalid(
          path,
          actions,
          "must not contain both Deny and Warn (repeating the same validation failure information"
              + " in the API response and headers serves no purpose)");
    }
    if (actions.isEmpty()) {
      checks.required(path, "at least one validation action is required");
    }
  }
}
