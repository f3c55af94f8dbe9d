package io.tiphys.rules.cluster;

import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.api.rbac.v1.Role;
import io.tiphys.api.rbac.v1.RoleRef;
import io.tiphys.api.rbac.v1.Subject;
import io.tiphys.meta.Names;
import io.tiphys.rules.Checks;
import io.tiphys.rules.FieldError;
import io.tiphys.rules.FieldPath;
import java.util.List;

/** Roles and who has them; checked against pkg/apis/rbac/validation/validation.go. */
final class RbacValidation {
  private static final List<String> GROUP = List.of("rbac.authorization.k8s.io");
  private static final List<String> KINDS = List.of("ServiceAccount", "User", "Group");

  private RbacValidation() {}

  static List<FieldError> role(Role role) {
    Checks checks = new Checks();
    rules(role.rules(), true, checks);
    return checks.errors();
  }

  static List<FieldError> clusterRole(ClusterRole role) {
    Checks checks = new Checks();
    rules(role.rules(), false, checks);
    if (role.aggregationRule() != null) {
      FieldPath path = FieldPath.of("aggregationRule", "clusterRoleSelectors");
      var selectors = role.aggregationRule().clusterRoleSelectors();
      if (selectors.isEmpty()) {
        checks.required(
            path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
      }
      for (int i = 0; i < selectors.size(); i++) {
        int before = checks.errors().size();
        checks.selector(path.index(i), selectors.get(i));
        if (checks.errors().size() > before) {
          checks.invalid(path.index(i), null, "invalid label selector.");
        }
      }
    }
    return checks.errors();
  }

  private static void rules(List<PolicyRule> rules, boolean namespaced, Checks checks) {
    for (int i = 0; i < rules.size(); i++) {
      rule(rules.get(i), namespaced, FieldPath.of("rules").index(i), checks);
    }
  }

  private static void rule(PolicyRule rule, boolean namespaced, FieldPath path, Checks checks) {
    if (rule.verbs().isEmpty()) {
      checks.required(path.child("verbs"), "verbs must contain at least one value");
    }
    List<String> urls = rule.nonResourceURLs();
    if (urls.isEmpty()) {
      if (rule.apiGroups().isEmpty()) {
        checks.required(
            path.child("apiGroups"), "resource rules must supply at least one api group");
      }
      if (rule.resources().isEmpty()) {
        checks.required(
            path.child("resources"), "resource rules must supply at least one resource");
      }
      return;
    }
    FieldPath at = path.child("nonResourceURLs");
    if (namespaced) {
      checks.invalid(at, urls, "namespaced rules cannot apply to non-resource URLs");
    }
    boolean resources =
        !rule.apiGroups().isEmpty()
            || !rule.resources().isEmpty()
            || !rule.resourceNames().isEmpty();
    if (resources) {
      checks.invalid(
          at, urls, "rules cannot apply to both regular resources and non-resource URLs");
    }
  }

  /**
   * A binding.
   *
   * @param roles the kinds it may give
   */
  static List<FieldError> binding(RoleRef role, List<Subject> subjects, List<String> roles) {
    Checks checks = new Checks();
    FieldPath path = FieldPath.of("roleRef");
    checks.supported(path.child("apiGroup"), role.apiGroup(), GROUP);
    checks.supported(path.child("kind"), role.kind(), roles);
    if (role.name().isEmpty()) {
      checks.required(path.child("name"));
    } else {
      checks.each(path.child("name"), role.name(), Names.pathSegmentName(role.name()));
    }
    boolean namespaced = roles.contains("Role");
    for (int i = 0; i < subjects.size(); i++) {
      subject(subjects.get(i), namespaced, FieldPath.of("subjects").index(i), checks);
    }
    return checks.errors();
  }

  private static void subject(Subject subject, boolean namespaced, FieldPath path, Checks checks) {
    FieldPath name = path.child("name");
    if (subject.name().isEmpty()) {
      checks.required(name);
    }
    switch (subject.kind()) {
      case "ServiceAccount" -> {
        if (!subject.name().isEmpty()) {
          checks.each(name, subject.name(), Names.dns1123Subdomain(subject.name()));
        }
        if (!subject.apiGroup().isEmpty()) {
          checks.supported(path.child("apiGroup"), subject.apiGroup(), List.of(""));
        }
        if (!namespaced && subject.namespace().isEmpty()) {
          checks.required(path.child("namespace"));
        }
      }
      case "User", "Group" -> checks.supported(path.child("apiGroup"), subject.apiGroup(), GROUP);
      default -> checks.supported(path.child("kind"), subject.kind(), KINDS);
    }
  }
}
