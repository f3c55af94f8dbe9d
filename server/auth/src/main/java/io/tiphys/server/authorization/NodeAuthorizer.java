package io.tiphys.server.authorization;

import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Set;

/**
 * What a node's agent may do: the rules of the {@code system:node} role, for users named {@code
 * system:node:NAME} in group {@code system:nodes}. No binding grants that role.
 *
 * <p>Upstream's plugin/pkg/auth/authorizer/node walks a graph of which secrets, config maps and
 * claims belong to pods on the node. Here that graph is left out: an agent may read those by name,
 * but not list them across the cluster; and it touches no lease, CSINode or resource slice but its
 * own. A cluster with nodes that do not trust each other needs the graph.
 */
public final class NodeAuthorizer implements Authorizer {
  private static final String USER_PREFIX = "system:node:";
  private static final String GROUP = "system:nodes";

  private static final Set<String> BY_NAME_ONLY =
      Set.of("secrets", "configmaps", "persistentvolumeclaims", "persistentvolumes");
  private static final Set<String> NAMED_AFTER_NODE = Set.of("leases", "csinodes");

  private final List<Rule> rules;

  private NodeAuthorizer(List<Rule> rules) {
    this.rules = rules;
  }

  /** With the rules that every cluster begins with. */
  public static NodeAuthorizer standard() {
    ClusterRole role =
        BootstrapPolicy.load().clusterRoles().stream()
            .filter(known -> known.name().equals("system:node"))
            .findFirst()
            .orElseThrow();
    return new NodeAuthorizer(role.rules().stream().map(Rule::new).toList());
  }

  @Override
  public Decision authorize(Attributes attributes) {
    User user = attributes.user();
    if (!user.name().startsWith(USER_PREFIX) || !user.groups().contains(GROUP)) {
      return Decision.NO;
    }
    String node = user.name().substring(USER_PREFIX.length());
    if (!ownBusiness(attributes, node)) {
      return Decision.NO;
    }
    return rules.stream().anyMatch(rule -> rule.allows(attributes))
        ? new Decision(true, "")
        : Decision.NO;
  }

  private static boolean ownBusiness(Attributes attributes, String node) {
    String resource = attributes.resource();
    if (BY_NAME_ONLY.contains(resource)) {
      return !attributes.name().isEmpty();
    }
    if (NAMED_AFTER_NODE.contains(resource)) {
      boolean own = attributes.name().equals(node);
      boolean leaseElsewhere =
          resource.equals("leases") && !attributes.namespace().equals("kube-node-lease");
      // A creation carries its name in the body, where the node restriction looks at it.
      return !leaseElsewhere && (own || attributes.verb().equals("create"));
    }
    return true;
  }
}
