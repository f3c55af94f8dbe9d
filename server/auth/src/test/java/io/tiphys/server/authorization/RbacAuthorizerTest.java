package io.tiphys.server.authorization;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.api.meta.v1.ObjectMeta;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RbacAuthorizerTest {
  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final User ANN = new User("ann", "", List.of("devs"), Map.of());
  private static final User ROBOT = User.serviceAccount("ns", "robot", "", Map.of());

  private static Attributes wants(User user, String verb, String resource, String namespace) {
    int slash = resource.indexOf('/');
    return new Attributes(
        user,
        verb,
        true,
        "",
        slash < 0 ? resource : resource.substring(0, slash),
        slash < 0 ? "" : resource.substring(slash + 1),
        namespace,
        "x",
        "");
  }

  private static Attributes path(User user, String verb, String path) {
    return new Attributes(user, verb, false, "", "", "", "", "", path);
  }

  private static PolicyRule rule(String verbs, String resources, String... names) {
    return PolicyRule.EMPTY
        .withVerbs(List.of(verbs.split(",", -1)))
        .withApiGroups(List.of(""))
        .withResources(List.of(resources.split(",", -1)))
        .withResourceNames(List.of(names));
  }

  private static ClusterRole clusterRole(String name, PolicyRule... rules) {
    return ClusterRole.EMPTY
        .withMetadata(ObjectMeta.EMPTY.withName(name))
        .withRules(List.of(rules));
  }

  private static ClusterRoleBinding clusterBinding(String role, Subject subject) {
    return ClusterRoleBinding.EMPTY
        .withMetadata(ObjectMeta.EMPTY.withName("b"))
        .withRoleRef(new RoleRef(RBAC, "ClusterRole", role))
        .withSubjects(List.of(subject));
  }

  private static RbacAuthorizer bound(PolicyRule rule, Subject subject) {
    return RbacAuthorizer.open(
        new HeldRoles(
            new RbacObjects(
                List.of(clusterRole("r", rule)),
                List.of(),
                List.of(clusterBinding("r", subject)),
                List.of())));
  }

  private static Subject user(String name) {
    return new Subject("User", RBAC, name, "");
  }

  @ParameterizedTest
  @CsvSource({
    "'get,list', pods, '', get, pods, true",
    "'get,list', pods, '', watch, pods, false",
    "get, pods, '', get, pods/log, false",
    "get, pods/log, '', get, pods/log, true",
    "get, pods/log, '', get, pods, false",
    "get, '*/log', '', get, pods/log, true",
    "get, '*/log', '', get, pods, false",
    "'*', '*', '', delete, pods/exec, true",
    "get, pods, x, get, pods, true",
    "get, pods, y, get, pods, false",
  })
  void matchesRules(
      String verbs, String resources, String name, String verb, String resource, boolean allowed) {
    PolicyRule rule = name.isEmpty() ? rule(verbs, resources) : rule(verbs, resources, name);

    assertThat(bound(rule, user("ann")).authorize(wants(ANN, verb, resource, "ns")).allowed())
        .isEqualTo(allowed);
  }

  @Test
  void looksAtUsersGroupsAndAccounts() {
    Attributes get = wants(ANN, "get", "pods", "");
    PolicyRule rule = rule("get", "pods");
    Subject robot = new Subject("ServiceAccount", "", "robot", "ns");

    assertThat(bound(rule, new Subject("Group", RBAC, "devs", "")).authorize(get))
        .isEqualTo(
            new Decision(
                true,
                "RBAC: allowed by ClusterRoleBinding \"b\" of ClusterRole \"r\" to Group"
                    + " \"devs\""));
    assertThat(bound(rule, user("bob")).authorize(get)).isEqualTo(Decision.NO);
    assertThat(bound(rule, robot).authorize(wants(ROBOT, "get", "pods", "")).reason())
        .endsWith("to ServiceAccount \"robot/ns\"");
  }

  @Test
  void bindingsOfANamespaceEndAtItsBorder() {
    Role role =
        Role.EMPTY
            .withMetadata(ObjectMeta.EMPTY.withNamespace("ns").withName("r"))
            .withRules(List.of(rule("get", "pods")));
    RoleBinding binding =
        RoleBinding.EMPTY
            .withMetadata(ObjectMeta.EMPTY.withNamespace("ns").withName("b"))
            .withRoleRef(new RoleRef(RBAC, "Role", "r"))
            .withSubjects(List.of(user("ann"), new Subject("ServiceAccount", "", "robot", "")));
    RbacAuthorizer rbac =
        RbacAuthorizer.open(
            new HeldRoles(new RbacObjects(List.of(), List.of(role), List.of(), List.of(binding))));

    assertThat(rbac.authorize(wants(ANN, "get", "pods", "ns")).allowed()).isTrue();
    assertThat(rbac.authorize(wants(ROBOT, "get", "pods", "ns")).allowed()).isTrue();
    assertThat(rbac.authorize(wants(ANN, "get", "pods", "other")).allowed()).isFalse();
    assertThat(rbac.authorize(wants(ANN, "get", "pods", "")).allowed()).isFalse();
  }

  @Test
  void pathsMayEndInAStar() {
    PolicyRule rule =
        PolicyRule.EMPTY
            .withVerbs(List.of("get"))
            .withNonResourceURLs(List.of("/version", "/apis/*"));
    RbacAuthorizer rbac = bound(rule, user("ann"));

    assertThat(rbac.authorize(path(ANN, "get", "/version")).allowed()).isTrue();
    assertThat(rbac.authorize(path(ANN, "get", "/apis/apps")).allowed()).isTrue();
    assertThat(rbac.authorize(path(ANN, "get", "/version/x")).allowed()).isFalse();
    assertThat(rbac.authorize(path(ANN, "post", "/version")).allowed()).isFalse();
  }

  @Test
  void aChangeCountsAtOnce() {
    HeldRoles roles = new HeldRoles(new RbacObjects(List.of(), List.of(), List.of(), List.of()));
    RbacAuthorizer rbac = RbacAuthorizer.open(roles);
    assertThat(rbac.authorize(wants(ANN, "get", "pods", "")).allowed()).isFalse();

    roles.set(
        new RbacObjects(
            List.of(clusterRole("r", rule("get", "pods"))),
            List.of(),
            List.of(clusterBinding("r", user("ann"))),
            List.of()));

    assertThat(rbac.authorize(wants(ANN, "get", "pods", "")).allowed()).isTrue();
  }

  @Test
  void refusalsAreUpstreams() {
    assertThat(Forbidden.failure(listPods("default"), "").getMessage())
        .isEqualTo(
            "pods is forbidden: User \"ann\" cannot list resource \"pods\" in API group \"\" in the"
                + " namespace \"default\"");
    assertThat(Forbidden.failure(listPods(""), "").getMessage()).endsWith("at the cluster scope");
    assertThat(Forbidden.failure(wants(ANN, "create", "pods/exec", "n"), "").getMessage())
        .isEqualTo(
            "pods \"x\" is forbidden: User \"ann\" cannot create resource \"pods/exec\" in API"
                + " group \"\" in the namespace \"n\"");
    assertThat(Forbidden.failure(path(ANN, "get", "/metrics"), "").getMessage())
        .isEqualTo("forbidden: User \"ann\" cannot get path \"/metrics\"");
  }

  private static Attributes listPods(String namespace) {
    return Attributes.onResource(ANN, "list", "", "pods", namespace, "");
  }
}
