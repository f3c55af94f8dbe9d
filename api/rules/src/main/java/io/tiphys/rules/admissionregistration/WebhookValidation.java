package io.tiphys.rules.admissionregistration;

import io.tiphys.api.admissionregistration.v1.MutatingWebhook;
import io.tiphys.api.admissionregistration.v1.MutatingWebhookConfiguration;
import io.tiphys.api.admissionregistration.v1.ServiceReference;
import io.tiphys.api.admissionregistration.v1.ValidatingWebhook;
import io.tiphys.api.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.tiphys.api.admissionregistration.v1.WebhookClientConfig;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.WebhookUrl;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What is wrong with webhooks; checked against pkg/apis/admissionregistration/validation and
 * apiserver/pkg/util/webhook/validation.go.
 */
final class WebhookValidation {
  static final List<String> FAILURE_POLICIES = List.of("Fail", "Ignore");
  static final List<String> REINVOCATIONS = List.of("IfNeeded", "Never");
  private static final FieldPath WEBHOOKS = FieldPath.of("webhooks");
  private static final List<String> SIDE_EFFECTS = List.of("None", "NoneOnDryRun");
  private static final List<String> REVIEWS = List.of("v1", "v1beta1");
  private static final int MAX_SECONDS = 30;

  private WebhookValidation() {}

  static List<FieldError> mutating(MutatingWebhookConfiguration configuration) {
    Checks checks = new Checks();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < configuration.webhooks().size(); i++) {
      MutatingWebhook hook = configuration.webhooks().get(i);
      FieldPath path = WEBHOOKS.index(i);
      // Both kinds of webhooks have the same fields, but for this one.
      hook(plain(hook), path, checks);
      if (hook.reinvocationPolicy() != null) {
        checks.supported(
            path.child("reinvocationPolicy"), hook.reinvocationPolicy(), REINVOCATIONS);
      }
      reviews(hook.admissionReviewVersions(), path.child("admissionReviewVersions"), checks);
      unique(hook.name(), names, path, checks);
    }
    return checks.errors();
  }

  private static ValidatingWebhook plain(MutatingWebhook hook) {
    return ValidatingWebhook.builder()
        .name(hook.name())
        .clientConfig(hook.clientConfig())
        .rules(hook.rules())
        .failurePolicy(hook.failurePolicy())
        .matchPolicy(hook.matchPolicy())
        .namespaceSelector(hook.namespaceSelector())
        .objectSelector(hook.objectSelector())
        .sideEffects(hook.sideEffects())
        .timeoutSeconds(hook.timeoutSeconds())
        .matchConditions(hook.matchConditions())
        .build();
  }

  static List<FieldError> validating(ValidatingWebhookConfiguration configuration) {
    Checks checks = new Checks();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < configuration.webhooks().size(); i++) {
      ValidatingWebhook hook = configuration.webhooks().get(i);
      FieldPath path = WEBHOOKS.index(i);
      hook(hook, path, checks);
      reviews(hook.admissionReviewVersions(), path.child("admissionReviewVersions"), checks);
      unique(hook.name(), names, path, checks);
    }
    return checks.errors();
  }

  private static void unique(String name, Set<String> names, FieldPath path, Checks checks) {
    if (!name.isEmpty() && !names.add(name)) {
      checks.add(FieldError.duplicate(path.child("name"), name));
    }
  }

  private static void hook(ValidatingWebhook hook, FieldPath path, Checks checks) {
    qualified(hook.name(), path.child("name"), checks);
    for (int i = 0; i < hook.rules().size(); i++) {
      RuleValidation.check(hook.rules().get(i), path.child("rules").index(i), checks);
    }
    checks.supported(path.child("failurePolicy"), hook.failurePolicy(), FAILURE_POLICIES);
    checks.supported(path.child("matchPolicy"), hook.matchPolicy(), RuleValidation.MATCH_POLICIES);
    FieldPath effects = path.child("sideEffects");
    if (hook.sideEffects() == null) {
      checks.required(effects, "must specify one of " + String.join(", ", SIDE_EFFECTS));
    }
    checks.supported(effects, hook.sideEffects(), SIDE_EFFECTS);
    Integer seconds = hook.timeoutSeconds();
    if (seconds != null && (seconds < 1 || seconds > MAX_SECONDS)) {
      checks.invalid(
          path.child("timeoutSeconds"),
          seconds,
          "the timeout value must be between 1 and 30 seconds");
    }
    checks.selector(path.child("namespaceSelector"), hook.namespaceSelector());
    checks.selector(path.child("objectSelector"), hook.objectSelector());
    client(hook.clientConfig(), path.child("clientConfig"), checks);
    RuleValidation.conditions(hook.matchConditions(), path.child("matchConditions"), checks);
  }

  /** Checked against IsFullyQualifiedName. */
  private static void qualified(String name, FieldPath path, Checks checks) {
    List<String> problems = Names.dns1123Subdomain(name);
    if (name.isEmpty()) {
      checks.required(path);
    } else if (!problems.isEmpty()) {
      checks.invalid(path, name, String.join(",", problems));
    } else if (name.split("\\.", -1).length < 3) {
      checks.invalid(
          path, name, "should be a domain with at least three segments separated by dots");
    }
  }

  private static void client(WebhookClientConfig config, FieldPath path, Checks checks) {
    if ((config.url() == null) == (config.service() == null)) {
      checks.required(path, "exactly one of url or service is required");
    } else if (config.url() != null) {
      WebhookUrl.check(config.url(), path.child("url"), checks);
    } else {
      service(Objects.requireNonNull(config.service()), path.child("service"), checks);
    }
  }

  private static void service(ServiceReference service, FieldPath path, Checks checks) {
    // Upstream hands name and namespace over the wrong way round, and names the other field.
    if (service.namespace().isEmpty()) {
      checks.required(path.child("name"));
    }
    if (service.name().isEmpty()) {
      checks.required(path.child("namespace"));
    }
    int port = service.port() == null ? 0 : service.port();
    List<String> problems = Names.portNumber(port);
    if (!problems.isEmpty()) {
      checks.invalid(path.child("port"), port, "port is not valid: " + String.join(", ", problems));
    }
    if (service.path() != null && !service.path().isEmpty() && !service.path().equals("/")) {
      steps(service.path(), path.child("path"), checks);
    }
  }

  private static void steps(String text, FieldPath path, Checks checks) {
    if (text.equals("//")) {
      checks.invalid(path, text, "segment[0] may not be empty");
      return;
    }
    if (!text.startsWith("/")) {
      checks.invalid(path, text, "must start with a '/'");
    }
    String rest = text.substring(1);
    rest = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    String[] steps = rest.split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      if (steps[i].isEmpty()) {
        checks.invalid(path, text, "segment[" + i + "] may not be empty");
        continue;
      }
      for (String problem : Names.dns1123Subdomain(steps[i])) {
        checks.invalid(path, text, "segment[" + i + "]: " + problem);
      }
    }
  }

  private static void reviews(List<String> versions, FieldPath path, Checks checks) {
    String known = String.join(", ", REVIEWS);
    if (versions.isEmpty()) {
      checks.required(path, "must specify one of " + known);
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < versions.size(); i++) {
      String version = versions.get(i);
      if (!seen.add(version)) {
        checks.invalid(path.index(i), version, "duplicate version");
      } else {
        checks.each(path.index(i), version, Names.dns1035Label(version));
      }
    }
    if (versions.stream().noneMatch(REVIEWS::contains)) {
      checks.invalid(path, versions, "must include at least one of " + known);
    }
  }
}
