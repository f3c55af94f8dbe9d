package io.tiphys.server.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.http.User;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The roles a cluster begins with, asked as their users would. */
class BootstrapPolicyTest {
  private static final RbacObjects POLICY = BootstrapPolicy.load();
  private final RbacAuthorizer rbac = RbacAuthorizer.open(new HeldRoles(POLICY));

  @Test
  void isWhole() {
    assertThat(POLICY.clusterRoles()).hasSize(70);
    assertThat(POLICY.clusterBindings()).hasSize(51);
    assertThat(POLICY.roles()).hasSize(7);
    assertThat(POLICY.bindings()).hasSize(7);
    assertThat(POLICY.clusterRoles())
        .allSatisfy(
            role -> {
              assertThat(role.metadata().labels())
                  .containsEntry("kubernetes.io/bootstrapping", "rbac-defaults");
              assertThat(role.rules().isEmpty()).isEqualTo(role.aggregationRule() != null);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "system:kube-scheduler, create, '', pods/binding, true",
    "system:kube-scheduler, delete, apps, deployments, false",
    "system:kube-controller-manager, create, '', serviceaccounts/token, true",
    "system:kube-proxy, watch, discovery.k8s.io, endpointslices, true",
    "system:serviceaccount:kube-system:deployment-controller, update, apps, deployments/status,"
        + " true",
    "system:serviceaccount:kube-system:job-controller, update, apps, deployments/status, false",
    "someone, create, authorization.k8s.io, selfsubjectaccessreviews, true",
    "someone, get, '', pods, false",
  })
  void grantsWhatUpstreamGrants(
      String name, String verb, String group, String resource, boolean allowed) {
    User user = new User(name, "", List.of(User.AUTHENTICATED), Map.of());
    String[] parts = resource.split("/", 2);
    Attributes attributes =
        new Attributes(
            user, verb, true, group, parts[0], parts.length > 1 ? parts[1] : "", "n", "x", "");

    assertThat(rbac.authorize(attributes).allowed()).isEqualTo(allowed);
  }

  @ParameterizedTest
  @CsvSource({
    "/version, true",
    "/readyz, true",
    "/livez, true",
    "/api, false",
    "/metrics, false",
    "/.well-known/openid-configuration, false",
    "/openid/v1/jwks, false"
  })
  void strangersSeeLittle(String path, boolean allowed) {
    Attributes attributes = new Attributes(User.ANONYMOUS, "get", false, "", "", "", "", "", path);

    assertThat(rbac.authorize(attributes).allowed()).isEqualTo(allowed);
  }

  @Test
  void aggregatedRolesContainOneAnother() {
    Map<String, ClusterRole> roles =
        Aggregation.resolve(POLICY.clusterRoles()).stream()
            .collect(java.util.stream.Collectors.toMap(ClusterRole::name, role -> role));

    assertThat(RuleCover.missing(rules(roles, "admin"), rules(roles, "edit"))).isEmpty();
    assertThat(RuleCover.missing(rules(roles, "edit"), rules(roles, "view"))).isEmpty();
    assertThat(RuleCover.missing(rules(roles, "edit"), rules(roles, "admin"))).isNotEmpty();
    assertThat(RuleCover.missing(rules(roles, "cluster-admin"), rules(roles, "admin"))).isEmpty();
  }

  private static List<io.tiphys.api.rbac.v1.PolicyRule> rules(
      Map<String, ClusterRole> roles, String name) {
    return roles.getOrDefault(name, ClusterRole.EMPTY).rules();
  }

  @Test
  void aNodeMindsItsOwnBusiness() {
    NodeAuthorizer nodes = NodeAuthorizer.standard();
    User node = new User("system:node:n1", "", List.of("system:nodes"), Map.of());

    assertThat(may(nodes, node, "update", "", "nodes", "", "n1")).isTrue();
    assertThat(may(nodes, node, "get", "", "secrets", "ns", "s")).isTrue();
    assertThat(may(nodes, node, "list", "", "secrets", "ns", "")).isFalse();
    assertThat(may(nodes, node, "update", "coordination.k8s.io", "leases", "kube-node-lease", "n1"))
        .isTrue();
    assertThat(may(nodes, node, "update", "coordination.k8s.io", "leases", "kube-node-lease", "n2"))
        .isFalse();
    assertThat(may(nodes, node, "update", "coordination.k8s.io", "leases", "kube-system", "n1"))
        .isFalse();
    assertThat(may(nodes, node, "delete", "apps", "deployments", "ns", "d")).isFalse();
    User pretender = new User("system:node:n1", "", List.of(), Map.of());
    assertThat(may(nodes, pretender, "update", "", "nodes", "", "n1")).isFalse();
  }

  private static boolean may(
      Authorizer authorizer,
      User user,
      String verb,
      String group,
      String resource,
      String namespace,
      String name) {
    return authorizer
        .authorize(Attributes.onResource(user, verb, group, resource, namespace, name))
        .allowed();
  }
}
