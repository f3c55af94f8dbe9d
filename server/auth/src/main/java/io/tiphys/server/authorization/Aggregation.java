package io.tiphys.server.authorization;

import io.tiphys.api.LabelSelectors;
import io.tiphys.api.meta.v1.LabelSelector;
import io.tiphys.api.rbac.v1.AggregationRule;
import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.api.rbac.v1.PolicyRule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Cluster roles whose rules are those of other roles, chosen by label: admin, edit, view. Checked
 * against upstream's pkg/controller/clusterroleaggregation.
 */
final class Aggregation {
  /** Roles feed roles that feed roles: edit into admin. Upstream converges just as stepwise. */
  private static final int MAX_STEPS = 10;

  private Aggregation() {}

  /** The roles with every aggregated one filled. Pure. */
  static List<ClusterRole> resolve(List<ClusterRole> roles) {
    List<ClusterRole> current = roles;
    for (int step = 0; step < MAX_STEPS; step++) {
      List<ClusterRole> next = new ArrayList<>(current.size());
      for (ClusterRole role : current) {
        next.add(filled(role, current));
      }
      if (next.equals(current)) {
        return current;
      }
      current = next;
    }
    return current;
  }

  private static ClusterRole filled(ClusterRole role, List<ClusterRole> all) {
    AggregationRule aggregation = role.aggregationRule();
    if (aggregation == null) {
      return role;
    }
    Set<PolicyRule> rules = new LinkedHashSet<>();
    for (LabelSelector selector : aggregation.clusterRoleSelectors()) {
      var matcher = LabelSelectors.of(selector);
      all.stream()
          .filter(other -> !other.name().equals(role.name()))
          .filter(other -> matcher.matches(other.metadata().labels()))
          .sorted(Comparator.comparing(ClusterRole::name))
          .forEach(other -> rules.addAll(other.rules()));
    }
    return rules.equals(new LinkedHashSet<>(role.rules()))
        ? role
        : role.withRules(List.copyOf(rules));
  }
}
