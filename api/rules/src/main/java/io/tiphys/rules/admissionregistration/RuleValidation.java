package io.tiphys.rules.admissionregistration;

import io.tiphys.api.admissionregistration.v1.MatchCondition;
import io.tiphys.api.admissionregistration.v1.MatchResources;
import io.tiphys.api.admissionregistration.v1.NamedRuleWithOperations;
import io.tiphys.api.admissionregistration.v1.RuleWithOperations;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which requests a webhook or a policy is about; checked against validateRuleWithOperations,
 * validateMatchResources and validateMatchConditions of pkg/apis/admissionregistration/validation.
 */
final class RuleValidation {
  static final List<String> MATCH_POLICIES = List.of("Equivalent", "Exact");
  private static final String ALL = "*";
  private static final List<String> OPERATIONS =
      List.of(ALL, "CONNECT", "CREATE", "DELETE", "UPDATE");
  private static final List<String> MUTABLE = List.of(ALL, "CONNECT", "CREATE", "UPDATE");
  private static final List<String> SCOPES = List.of(ALL, "Cluster", "Namespaced");

  /** As upstream has it in validateMatchConditions. */
  private static final int MAX_CONDITIONS = 64;

  private RuleValidation() {}

  static void check(RuleWithOperations rule, FieldPath path, Checks checks) {
    operations(rule.operations(), path.child("operations"), checks);
    listed(rule.apiGroups(), path.child("apiGroups"), "API groups", checks);
    listed(rule.apiVersions(), path.child("apiVersions"), "API versions", checks);
    for (int i = 0; i < rule.apiVersions().size(); i++) {
      if (rule.apiVersions().get(i).isEmpty()) {
        checks.required(path.child("apiVersions").index(i));
      }
    }
    resources(rule.resources(), path.child("resources"), checks);
    checks.supported(path.child("scope"), rule.scope(), SCOPES);
  }

  private static void check(NamedRuleWithOperations rule, FieldPath path, Checks checks) {
    FieldPath names = path.child("resourceNames");
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < rule.resourceNames().size(); i++) {
      String name = rule.resourceNames().get(i);
      checks.each(names.index(i), name, Names.pathSegmentName(name));
      if (!seen.add(name)) {
        checks.add(FieldError.duplicate(names.index(i), name));
      }
    }
    check(
        RuleWithOperations.builder()
            .operations(rule.operations())
            .apiGroups(rule.apiGroups())
            .apiVersions(rule.apiVersions())
            .resources(rule.resources())
            .scope(rule.scope())
            .build(),
        path,
        checks);
  }

  private static void operations(List<String> operations, FieldPath path, Checks checks) {
    listed(operations, path, "operations", checks);
    for (int i = 0; i < operations.size(); i++) {
      checks.supported(path.index(i), operations.get(i), OPERATIONS);
    }
  }

  private static void listed(List<String> values, FieldPath path, String what, Checks checks) {
    if (values.isEmpty()) {
      checks.required(path);
    }
    if (values.size() > 1 && values.contains(ALL)) {
      checks.invalid(path, values, "if '*' is present, must not specify other " + what);
    }
  }

  private static void resources(List<String> resources, FieldPath path, Checks checks) {
    if (resources.isEmpty()) {
      checks.required(path);
    }
    Set<String> whole = new HashSet<>();
    Set<String> parts = new HashSet<>();
    boolean plain = false;
    for (int i = 0; i < resources.size(); i++) {
      String each = resources.get(i);
      int slash = each.indexOf('/');
      if (each.isEmpty()) {
        checks.required(path.index(i));
      } else if (slash < 0) {
        plain = !each.equals(ALL);
      } else {
        subresource(each, slash, path.index(i), whole, parts, checks);
      }
    }
    if (resources.size() > 1 && resources.contains("*/*")) {
      checks.invalid(path, resources, "if '*/*' is present, must not specify other resources");
    }
    if (resources.contains(ALL) && plain) {
      checks.invalid(
          path,
          resources,
          "if '*' is present, must not specify other resources without subresources");
    }
  }

  /**
   * @param whole resources of which all subresources were named
   * @param parts subresources that were named of all resources
   */
  private static void subresource(
      String text, int slash, FieldPath path, Set<String> whole, Set<String> parts, Checks checks) {
    String resource = text.substring(0, slash);
    String part = text.substring(slash + 1);
    String problem = "if '%s' is present, must not specify " + text;
    if (whole.contains(resource)) {
      checks.invalid(path, text, problem.formatted(resource + "/*"));
    }
    if (parts.contains(part)) {
      checks.invalid(path, text, problem.formatted("*/" + part));
    }
    if (part.equals(ALL)) {
      whole.add(resource);
    }
    if (resource.equals(ALL)) {
      parts.add(part);
    }
  }

  static void match(MatchResources match, FieldPath path, Checks checks) {
    if (match.matchPolicy() == null) {
      checks.required(path.child("matchPolicy"));
    }
    checks.supported(path.child("matchPolicy"), match.matchPolicy(), MATCH_POLICIES);
    checks.selector(path.child("namespaceSelector"), match.namespaceSelector());
    checks.selector(path.child("objectSelector"), match.objectSelector());
    for (int i = 0; i < match.resourceRules().size(); i++) {
      check(match.resourceRules().get(i), path.child("resourceRules").index(i), checks);
    }
    for (int i = 0; i < match.excludeResourceRules().size(); i++) {
      check(
          match.excludeResourceRules().get(i), path.child("excludeResourceRules").index(i), checks);
    }
  }

  /** What is deleted cannot be changed on the way. */
  static void mutable(MatchResources match, FieldPath path, Checks checks) {
    for (NamedRuleWithOperations rule : match.resourceRules()) {
      for (String operation : rule.operations()) {
        checks.supported(path.child("resourceRules", "operations"), operation, MUTABLE);
      }
    }
  }

  static void conditions(List<MatchCondition> conditions, FieldPath path, Checks checks) {
    if (conditions.size() > MAX_CONDITIONS) {
      checks.add(FieldError.tooMany(path, conditions.size(), MAX_CONDITIONS));
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < conditions.size(); i++) {
      FieldPath at = path.index(i);
      String name = conditions.get(i).name();
      if (conditions.get(i).expression().isBlank()) {
        checks.required(at.child("expression"));
      }
      if (name.isEmpty()) {
        checks.required(at.child("name"));
        continue;
      }
      checks.each(at.child("name"), name, Names.qualifiedName(name));
      if (!names.add(name)) {
        checks.add(FieldError.duplicate(at.child("name"), name));
      }
    }
  }
}
