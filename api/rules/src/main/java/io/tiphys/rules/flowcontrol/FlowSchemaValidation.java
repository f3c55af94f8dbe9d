package io.tiphys.rules.flowcontrol;

import io.tiphys.api.flowcontrol.v1.FlowSchema;
import io.tiphys.api.flowcontrol.v1.FlowSchemaCondition;
import io.tiphys.api.flowcontrol.v1.FlowSchemaSpec;
import io.tiphys.api.flowcontrol.v1.FlowSchemaStatus;
import io.tiphys.api.flowcontrol.v1.NonResourcePolicyRule;
import io.tiphys.api.flowcontrol.v1.PolicyRulesWithSubjects;
import io.tiphys.api.flowcontrol.v1.ResourcePolicyRule;
import io.tiphys.api.flowcontrol.v1.ServiceAccountSubject;
import io.tiphys.api.flowcontrol.v1.Subject;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import io.tiphys.rules.GoStructs;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is wrong with a flow schema; checked against pkg/apis/flowcontrol/validation. */
final class FlowSchemaValidation {
  private static final FieldPath SPEC = FieldPath.of("spec");

  /** Upstream's FlowSchemaMaxMatchingPrecedence. */
  private static final int MAX_PRECEDENCE = 10_000;

  private static final String ALL = "*";
  private static final List<String> METHODS = List.of("ByNamespace", "ByUser");
  private static final List<String> KINDS = List.of("Group", "ServiceAccount", "User");
  private static final List<String> VERBS =
      List.of(
          "create",
          "delete",
          "deletecollection",
          "get",
          "list",
          "patch",
          "proxy",
          "update",
          "watch");

  private FlowSchemaValidation() {}

  static List<FieldError> of(FlowSchema schema) {
    FlowSchemaSpec spec = schema.spec();
    Checks checks = new Checks();
    precedence(spec.matchingPrecedence(), schema.name(), checks);
    var method = spec.distinguisherMethod();
    if (method != null && !METHODS.contains(method.type())) {
      checks.add(
          FieldError.notSupported(
              SPEC.child("distinguisherMethod", "type"),
              GoStructs.show("flowcontrol.FlowDistinguisherMethod", method::write),
              METHODS));
    }
    FieldPath level = SPEC.child("priorityLevelConfiguration", "name");
    String name = spec.priorityLevelConfiguration().name();
    if (name.isEmpty()) {
      checks.required(level, "must reference a priority level");
    } else {
      checks.each(level, name, Names.dns1123Subdomain(name));
    }
    for (int i = 0; i < spec.rules().size(); i++) {
      rules(spec.rules().get(i), SPEC.child("rules").index(i), checks);
    }
    FlowSchema fixed = FlowDefaults.mandatorySchema(schema.name());
    if (fixed != null && !spec.equals(fixed.spec())) {
      checks.invalid(
          SPEC,
          GoStructs.show("flowcontrol.FlowSchemaSpec", spec::write),
          "spec of '" + schema.name() + "' must equal the fixed value");
    }
    checks.addAll(ofStatus(schema.status()));
    return checks.errors();
  }

  private static void precedence(int precedence, String name, Checks checks) {
    FieldPath path = SPEC.child("matchingPrecedence");
    if (precedence <= 0) {
      checks.invalid(path, precedence, "must be a positive value");
    }
    if (precedence > MAX_PRECEDENCE) {
      checks.invalid(path, precedence, "must not be greater than " + MAX_PRECEDENCE);
    }
    if (precedence == 1 && !name.equals(FlowDefaults.EXEMPT)) {
      checks.invalid(
          path, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
    }
  }

  private static void rules(PolicyRulesWithSubjects rules, FieldPath path, Checks checks) {
    for (int i = 0; i < rules.subjects().size(); i++) {
      subject(rules.subjects().get(i), path.child("subjects").index(i), checks);
    }
    if (rules.subjects().isEmpty()) {
      checks.required(path.child("subjects"), "subjects must contain at least one value");
    }
    if (rules.resourceRules().isEmpty() && rules.nonResourceRules().isEmpty()) {
      checks.required(
          path, "at least one of resourceRules and nonResourceRules has to be non-empty");
    }
    for (int i = 0; i < rules.resourceRules().size(); i++) {
      resources(rules.resourceRules().get(i), path.child("resourceRules").index(i), checks);
    }
    for (int i = 0; i < rules.nonResourceRules().size(); i++) {
      paths(rules.nonResourceRules().get(i), path.child("nonResourceRules").index(i), checks);
    }
  }

  private static void subject(Subject subject, FieldPath path, Checks checks) {
    String kind = subject.kind();
    if (!KINDS.contains(kind)) {
      checks.supported(path.child("kind"), kind, KINDS);
      return;
    }
    switch (kind) {
      case "ServiceAccount" ->
          account(subject.serviceAccount(), path.child("serviceAccount"), checks);
      case "User" -> {
        String name = subject.user() == null ? null : subject.user().name();
        named(name, path.child("user"), "user is required when subject kind is 'User'", checks);
      }
      default -> {
        String name = subject.group() == null ? null : subject.group().name();
        named(name, path.child("group"), "group is required when subject kind is 'Group'", checks);
      }
    }
    foreign(subject.serviceAccount(), "serviceAccount", "ServiceAccount", kind, path, checks);
    foreign(subject.user(), "user", "User", kind, path, checks);
    foreign(subject.group(), "group", "Group", kind, path, checks);
  }

  private static void foreign(
      @Nullable Object given, String field, String of, String kind, FieldPath path, Checks checks) {
    if (given != null && !kind.equals(of)) {
      checks.forbidden(
          path.child(field), field + " is forbidden when subject kind is not '" + of + "'");
    }
  }

  private static void named(@Nullable String name, FieldPath path, String missing, Checks checks) {
    if (name == null) {
      checks.required(path, missing);
    } else if (name.isEmpty()) {
      checks.required(path.child("name"));
    }
  }

  private static void account(
      @Nullable ServiceAccountSubject account, FieldPath path, Checks checks) {
    if (account == null) {
      checks.required(path, "serviceAccount is required when subject kind is 'ServiceAccount'");
      return;
    }
    String name = account.name();
    if (name.isEmpty()) {
      checks.required(path.child("name"));
    } else if (!name.equals(ALL)) {
      checks.each(path.child("name"), name, Names.dns1123Subdomain(name));
    }
    String namespace = account.namespace();
    if (namespace.isEmpty()) {
      checks.required(path.child("namespace"), "must specify namespace for service account");
    } else {
      checks.each(path.child("namespace"), namespace, Names.dns1123Label(namespace));
    }
  }

  private static void verbs(List<String> verbs, FieldPath path, Checks checks) {
    if (verbs.isEmpty()) {
      checks.required(path, "verbs must contain at least one value");
    } else if (verbs.contains(ALL)) {
      alone(verbs, path, "verbs", checks);
    } else if (!VERBS.containsAll(verbs)) {
      checks.add(FieldError.notSupported(path, verbs, VERBS));
    }
  }

  private static void alone(List<String> values, FieldPath path, String what, Checks checks) {
    if (values.size() > 1 && values.contains(ALL)) {
      checks.invalid(path, values, "if '*' is present, must not specify other " + what);
    }
  }

  private static void resources(ResourcePolicyRule rule, FieldPath path, Checks checks) {
    verbs(rule.verbs(), path.child("verbs"), checks);
    if (rule.apiGroups().isEmpty()) {
      checks.required(path.child("apiGroups"), "resource rules must supply at least one api group");
    }
    alone(rule.apiGroups(), path.child("apiGroups"), "api groups", checks);
    if (rule.resources().isEmpty()) {
      checks.required(path.child("resources"), "resource rules must supply at least one resource");
    }
    alone(rule.resources(), path.child("resources"), "resources", checks);
    FieldPath namespaces = path.child("namespaces");
    if (rule.namespaces().isEmpty() && !rule.clusterScope()) {
      checks.required(
          namespaces,
          "resource rules that are not cluster scoped must supply at least one namespace");
    } else if (rule.namespaces().contains(ALL)) {
      alone(rule.namespaces(), namespaces, "namespaces", checks);
    } else {
      for (int i = 0; i < rule.namespaces().size(); i++) {
        String namespace = rule.namespaces().get(i);
        for (String problem : Names.dns1123Label(namespace)) {
          checks.invalid(
              namespaces.index(i),
              namespace,
              "each member of this list must be '*' or a DNS-1123 label; " + problem);
        }
      }
    }
  }

  private static void paths(NonResourcePolicyRule rule, FieldPath path, Checks checks) {
    verbs(rule.verbs(), path.child("verbs"), checks);
    FieldPath urls = path.child("nonResourceURLs");
    if (rule.nonResourceURLs().isEmpty()) {
      checks.required(urls, "nonResourceURLs must contain at least one value");
    } else if (rule.nonResourceURLs().contains(ALL)) {
      alone(rule.nonResourceURLs(), urls, "non-resource URLs", checks);
    } else {
      for (int i = 0; i < rule.nonResourceURLs().size(); i++) {
        String problem = path(rule.nonResourceURLs().get(i));
        if (!problem.isEmpty()) {
          checks.invalid(urls.index(i), rule.nonResourceURLs().get(i), problem);
        }
      }
    }
  }

  private static String path(String path) {
    if (path.isEmpty()) {
      return "must not be empty";
    }
    if (path.equals("/")) {
      return "";
    }
    if (!path.startsWith("/")) {
      return "must start with slash";
    }
    if (path.contains(" ")) {
      return "must not contain white-space";
    }
    if (path.contains("//")) {
      return "must not contain double slash";
    }
    int wildcard = path.indexOf('*');
    boolean last = wildcard == path.length() - 1 && path.endsWith("/*");
    return wildcard < 0 || last ? "" : "wildcard can only do suffix matching";
  }

  static List<FieldError> ofStatus(FlowSchemaStatus status) {
    return conditions(status.conditions().stream().map(FlowSchemaCondition::type).toList());
  }

  static List<FieldError> conditions(List<String> types) {
    Checks checks = new Checks();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < types.size(); i++) {
      FieldPath at = FieldPath.of("status", "conditions").index(i).child("type");
      if (!seen.add(types.get(i))) {
        checks.add(FieldError.duplicate(at, types.get(i)));
      }
      if (types.get(i).isEmpty()) {
        checks.required(at);
      }
    }
    return checks.errors();
  }
}
