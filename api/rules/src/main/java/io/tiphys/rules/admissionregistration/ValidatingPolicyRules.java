package io.tiphys.rules.admissionregistration;

import io.tiphys.api.AdmissionregistrationV1;
import io.tiphys.api.admissionregistration.v1.ExpressionWarning;
import io.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicySpec;
import io.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyStatus;
import io.tiphys.meta.apply.FieldFilter;
import io.tiphys.rules.Checks;
import io.tiphys.rules.ConditionValidation;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.ObjectMetaRules;
import io.tiphys.rules.SpecRules;
import io.tiphys.rules.WriteContext;
import java.util.List;

/** Policies that refuse; checked against validatingadmissionpolicy/strategy.go. */
final class ValidatingPolicyRules
    extends SpecRules<
        ValidatingAdmissionPolicy, ValidatingAdmissionPolicySpec, ValidatingAdmissionPolicyStatus> {
  private static final FieldFilter RESETS_METADATA_AND_SPEC =
      FieldFilter.excluding(List.of(List.of("metadata"), List.of("spec")));

  ValidatingPolicyRules() {
    super(
        AdmissionregistrationV1.VALIDATINGADMISSIONPOLICIES,
        new Parts<>(
            ValidatingAdmissionPolicy::spec,
            ValidatingAdmissionPolicy::status,
            ValidatingAdmissionPolicy::withSpec,
            ValidatingAdmissionPolicy::withStatus,
            ValidatingAdmissionPolicyStatus.EMPTY));
  }

  @Override
  protected ValidatingAdmissionPolicySpec defaults(
      ValidatingAdmissionPolicySpec spec, ValidatingAdmissionPolicy object) {
    return spec.toBuilder()
        .failurePolicy(AdmissionKinds.failurePolicy(spec.failurePolicy()))
        .matchConstraints(AdmissionKinds.withDefaults(spec.matchConstraints()))
        .build();
  }

  @Override
  public boolean allowUnconditionalUpdate() {
    return false;
  }

  @Override
  public List<FieldError> validate(ValidatingAdmissionPolicy policy) {
    return PolicyValidation.validating(policy);
  }

  @Override
  public List<FieldError> validateUpdate(
      ValidatingAdmissionPolicy policy, ValidatingAdmissionPolicy old) {
    return validate(policy);
  }

  @Override
  protected ValidatingAdmissionPolicy prepareStatus(
      ValidatingAdmissionPolicy policy, ValidatingAdmissionPolicy old, WriteContext context) {
    return super.prepareStatus(policy, old, context)
        .withMetadata(ObjectMetaRules.ofStatus(policy.metadata(), old.metadata()));
  }

  @Override
  protected FieldFilter statusResetFields() {
    return RESETS_METADATA_AND_SPEC;
  }

  @Override
  protected List<FieldError> validateStatus(
      ValidatingAdmissionPolicy policy, ValidatingAdmissionPolicy old) {
    ValidatingAdmissionPolicyStatus status = policy.status();
    FieldPath path = FieldPath.of("status");
    Checks checks = new Checks();
    if (status.typeChecking() != null) {
      FieldPath warnings = path.child("typeChecking", "expressionWarnings");
      for (int i = 0; i < status.typeChecking().expressionWarnings().size(); i++) {
        ExpressionWarning warning = status.typeChecking().expressionWarnings().get(i);
        if (warning.warning().isEmpty()) {
          checks.required(warnings.index(i).child("warning"));
        }
        if (warning.fieldRef().isBlank()) {
          checks.required(warnings.index(i).child("fieldRef"));
        }
      }
    }
    ConditionValidation.check(checks, status.conditions(), path.child("conditions"));
    return checks.errors();
  }
}
