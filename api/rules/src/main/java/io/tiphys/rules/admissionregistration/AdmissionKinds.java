package io.tiphys.rules.admissionregistration;

import io.tiphys.api.AdmissionregistrationV1;
import io.tiphys.api.admissionregistration.v1.MatchResources;
import io.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicy;
import io.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicyBinding;
import io.tiphys.api.admissionregistration.v1.MutatingAdmissionPolicySpec;
import io.tiphys.api.admissionregistration.v1.MutatingWebhook;
import io.tiphys.api.admissionregistration.v1.MutatingWebhookConfiguration;
import io.tiphys.api.admissionregistration.v1.NamedRuleWithOperations;
import io.tiphys.api.admissionregistration.v1.RuleWithOperations;
import io.tiphys.api.admissionregistration.v1.ServiceReference;
import io.tiphys.api.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.tiphys.api.admissionregistration.v1.ValidatingWebhook;
import io.tiphys.api.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.tiphys.api.admissionregistration.v1.WebhookClientConfig;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.rules.PlainRules;
import io.tiphys.rules.ResourceRules;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks, policies and their bindings. Checked against pkg/registry/admissionregistration and
 * pkg/apis/admissionregistration/v1/defaults.go. What their expressions of CEL say is not looked
 * at.
 */
public final class AdmissionKinds {
  private static final int TIMEOUT_SECONDS = 10;
  private static final int HTTPS_PORT = 443;
  private static final String FAIL = "Fail";
  private static final String EQUIVALENT = "Equivalent";
  private static final String ALL = "*";

  private AdmissionKinds() {}

  public static List<ResourceRules<?>> list() {
    return List.of(
        new PlainRules<>(AdmissionregistrationV1.MUTATINGWEBHOOKCONFIGURATIONS)
            .defaulting(
                c ->
                    c.withWebhooks(
                        c.webhooks().stream().map(AdmissionKinds::withDefaults).toList()))
            .counting(MutatingWebhookConfiguration::webhooks)
            .updatedKnowingly()
            .checking(WebhookValidation::mutating),
        new PlainRules<>(AdmissionregistrationV1.VALIDATINGWEBHOOKCONFIGURATIONS)
            .defaulting(
                c ->
                    c.withWebhooks(
                        c.webhooks().stream().map(AdmissionKinds::withDefaults).toList()))
            .counting(ValidatingWebhookConfiguration::webhooks)
            .updatedKnowingly()
            .checking(WebhookValidation::validating),
        new ValidatingPolicyRules(),
        new PlainRules<>(AdmissionregistrationV1.VALIDATINGADMISSIONPOLICYBINDINGS)
            .defaulting(
                b ->
                    b.withSpec(
                        b.spec().withMatchResources(withDefaults(b.spec().matchResources()))))
            .counting(ValidatingAdmissionPolicyBinding::spec)
            .updatedKnowingly()
            .checking(BindingValidation::validating),
        new PlainRules<>(AdmissionregistrationV1.MUTATINGADMISSIONPOLICIES)
            .defaulting(policy -> policy.withSpec(withDefaults(policy.spec())))
            .counting(MutatingAdmissionPolicy::spec)
            .updatedKnowingly()
            .checking(PolicyValidation::mutating),
        new PlainRules<>(AdmissionregistrationV1.MUTATINGADMISSIONPOLICYBINDINGS)
            .defaulting(
                b ->
                    b.withSpec(
                        b.spec().withMatchResources(withDefaults(b.spec().matchResources()))))
            .counting(MutatingAdmissionPolicyBinding::spec)
            .updatedKnowingly()
            .checking(BindingValidation::mutating));
  }

  private static MutatingWebhook withDefaults(MutatingWebhook hook) {
    return hook.toBuilder()
        .clientConfig(withDefaults(hook.clientConfig()))
        .rules(hook.rules().stream().map(AdmissionKinds::withDefaults).toList())
        .failurePolicy(or(hook.failurePolicy(), FAIL))
        .matchPolicy(or(hook.matchPolicy(), EQUIVALENT))
        .namespaceSelector(or(hook.namespaceSelector()))
        .objectSelector(or(hook.objectSelector()))
        .timeoutSeconds(seconds(hook.timeoutSeconds()))
        .reinvocationPolicy(or(hook.reinvocationPolicy(), "Never"))
        .build();
  }

  private static ValidatingWebhook withDefaults(ValidatingWebhook hook) {
    return hook.toBuilder()
        .clientConfig(withDefaults(hook.clientConfig()))
        .rules(hook.rules().stream().map(AdmissionKinds::withDefaults).toList())
        .failurePolicy(or(hook.failurePolicy(), FAIL))
        .matchPolicy(or(hook.matchPolicy(), EQUIVALENT))
        .namespaceSelector(or(hook.namespaceSelector()))
        .objectSelector(or(hook.objectSelector()))
        .timeoutSeconds(seconds(hook.timeoutSeconds()))
        .build();
  }

  private static MutatingAdmissionPolicySpec withDefaults(MutatingAdmissionPolicySpec spec) {
    return spec.toBuilder()
        .failurePolicy(or(spec.failurePolicy(), FAIL))
        .matchConstraints(withDefaults(spec.matchConstraints()))
        .build();
  }

  static String failurePolicy(@Nullable String given) {
    return or(given, FAIL);
  }

  static @Nullable MatchResources withDefaults(@Nullable MatchResources match) {
    return match == null
        ? null
        : match.toBuilder()
            .matchPolicy(or(match.matchPolicy(), EQUIVALENT))
            .namespaceSelector(or(match.namespaceSelector()))
            .objectSelector(or(match.objectSelector()))
            .resourceRules(named(match.resourceRules()))
            .excludeResourceRules(named(match.excludeResourceRules()))
            .build();
  }

  private static List<NamedRuleWithOperations> named(List<NamedRuleWithOperations> rules) {
    return rules.stream().map(rule -> rule.withScope(or(rule.scope(), ALL))).toList();
  }

  private static RuleWithOperations withDefaults(RuleWithOperations rule) {
    return rule.withScope(or(rule.scope(), ALL));
  }

  private static WebhookClientConfig withDefaults(WebhookClientConfig config) {
    ServiceReference service = config.service();
    return service == null || service.port() != null
        ? config
        : config.withService(service.withPort(HTTPS_PORT));
  }

  private static String or(@Nullable String given, String otherwise) {
    return given == null ? otherwise : given;
  }

  private static LabelSelector or(@Nullable LabelSelector given) {
    return given == null ? LabelSelector.EMPTY : given;
  }

  private static Integer seconds(@Nullable Integer given) {
    return given == null ? Integer.valueOf(TIMEOUT_SECONDS) : given;
  }
}
