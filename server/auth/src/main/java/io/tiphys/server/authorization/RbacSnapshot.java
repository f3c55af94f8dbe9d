package io.tiphys.server.authorization;

import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.api.rbac.v1.ClusterRoleBinding;
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.api.rbac.v1.Role;
import io.tiphys.api.rbac.v1.RoleBinding;
import io.tiphys.api.rbac.v1.RoleRef;
import io.tiphys.api.rbac.v1.Subject;
import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.authorization.Authorizer.Decision;
import io.tiphys.server.http.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Roles and bindings at one moment, indexed by who is bound: a question looks only at what is bound
 * to a user and the user's groups. Immutable.
 */
public final class RbacSnapshot {
  static final RbacSnapshot EMPTY =
      new RbacSnapshot(new RbacObjects(List.of(), List.of(), List.of(), List.of()));

  private final Map<String, List<Rule>> clusterRoles = new HashMap<>();
  private final Map<String, List<Rule>> roles = new HashMap<>();
  private final Map<String, List<Grant>> clusterGrants = new HashMap<>();
  private final Map<String, Map<String, List<Grant>>> grantsByNamespace = new HashMap<>();

  RbacSnapshot(RbacObjects objects) {
    List<ClusterRole> known = Aggregation.resolve(objects.clusterRoles());
    for (ClusterRole role : known) {
      clusterRoles.put(role.name(), rules(role.rules()));
    }
    for (Role role : objects.roles()) {
      roles.put(role.namespace() + "/" + role.name(), rules(role.rules()));
    }
    for (ClusterRoleBinding binding : objects.clusterBindings()) {
      List<Rule> granted = rulesOf(binding.roleRef(), "");
      for (Subject subject : binding.subjects()) {
        add(clusterGrants, subject, "", new Grant(granted, reason(binding, subject)));
      }
    }
    for (RoleBinding binding : objects.bindings()) {
      List<Rule> granted = rulesOf(binding.roleRef(), binding.namespace());
      Map<String, List<Grant>> grants =
          grantsByNamespace.computeIfAbsent(binding.namespace(), _ -> new HashMap<>());
      for (Subject subject : binding.subjects()) {
        add(grants, subject, binding.namespace(), new Grant(granted, reason(binding, subject)));
      }
    }
  }

  private record Grant(List<Rule> rules, String reason) {}

  Decision authorize(Attributes attributes) {
    Decision decision = among(clusterGrants, attributes);
    if (!decision.allowed() && !attributes.namespace().isEmpty()) {
      Map<String, List<Grant>> local = grantsByNamespace.get(attributes.namespace());
      if (local != null) {
        decision = among(local, attributes);
      }
    }
    return decision;
  }

  private static Decision among(Map<String, List<Grant>> grants, Attributes attributes) {
    User user = attributes.user();
    Decision decision = among(grants.get(userKey(user.name())), attributes);
    for (int i = 0; !decision.allowed() && i < user.groups().size(); i++) {
      decision = among(grants.get(groupKey(user.groups().get(i))), attributes);
    }
    return decision;
  }

  private static Decision among(@Nullable List<Grant> grants, Attributes attributes) {
    if (grants != null) {
      for (Grant grant : grants) {
        for (Rule rule : grant.rules()) {
          if (rule.allows(attributes)) {
            return new Decision(true, grant.reason());
          }
        }
      }
    }
    return Decision.NO;
  }

  /** Everything the user may do in the namespace (empty: the cluster-wide rules alone). */
  public List<PolicyRule> rulesFor(User user, String namespace) {
    List<PolicyRule> found = new ArrayList<>();
    collect(clusterGrants, user, found);
    if (!namespace.isEmpty()) {
      collect(grantsByNamespace.getOrDefault(namespace, Map.of()), user, found);
    }
    return found;
  }

  private static void collect(Map<String, List<Grant>> grants, User user, List<PolicyRule> found) {
    List<Grant> mine = new ArrayList<>(grants.getOrDefault(userKey(user.name()), List.of()));
    user.groups().forEach(group -> mine.addAll(grants.getOrDefault(groupKey(group), List.of())));
    mine.forEach(grant -> grant.rules().forEach(rule -> found.add(rule.source())));
  }

  /** The rules of the role that a binding in the namespace refers to, or null if there is none. */
  public @Nullable List<PolicyRule> rulesOfRole(RoleRef ref, String namespace) {
    List<Rule> rules =
        ref.kind().equals("Role")
            ? roles.get(namespace + "/" + ref.name())
            : clusterRoles.get(ref.name());
    return rules == null ? null : rules.stream().map(Rule::source).toList();
  }

  private List<Rule> rulesOf(RoleRef ref, String namespace) {
    return switch (ref.kind()) {
      case "ClusterRole" -> clusterRoles.getOrDefault(ref.name(), List.of());
      case "Role" -> roles.getOrDefault(namespace + "/" + ref.name(), List.of());
      default -> List.of();
    };
  }

  private static List<Rule> rules(List<PolicyRule> sources) {
    return sources.stream().map(Rule::new).toList();
  }

  private static void add(
      Map<String, List<Grant>> grants, Subject subject, String namespace, Grant grant) {
    String key =
        switch (subject.kind()) {
          case "User" -> userKey(subject.name());
          case "Group" -> groupKey(subject.name());
          case "ServiceAccount" -> {
            String home = subject.namespace().isEmpty() ? namespace : subject.namespace();
            yield userKey("system:serviceaccount:" + home + ":" + subject.name());
          }
          default -> null;
        };
    if (key != null) {
      grants.computeIfAbsent(key, _ -> new ArrayList<>()).add(grant);
    }
  }

  private static String userKey(String name) {
    return "u:" + name;
  }

  private static String groupKey(String name) {
    return "g:" + name;
  }

  private static String reason(ClusterRoleBinding binding, Subject subject) {
    return "RBAC: allowed by ClusterRoleBinding \"%s\" of %s \"%s\" to %s"
        .formatted(
            binding.name(),
            binding.roleRef().kind(),
            binding.roleRef().name(),
            described(subject, ""));
  }

  private static String reason(RoleBinding binding, Subject subject) {
    return "RBAC: allowed by RoleBinding \"%s/%s\" of %s \"%s\" to %s"
        .formatted(
            binding.name(),
            binding.namespace(),
            binding.roleRef().kind(),
            binding.roleRef().name(),
            described(subject, binding.namespace()));
  }

  private static String described(Subject subject, String namespace) {
    if (!subject.kind().equals("ServiceAccount")) {
      return "%s \"%s\"".formatted(subject.kind(), subject.name());
    }
    String home = subject.namespace().isEmpty() ? namespace : subject.namespace();
    return "ServiceAccount \"%s/%s\"".formatted(subject.name(), home);
  }
}
