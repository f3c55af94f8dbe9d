package io.tiphys.server.admission;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.api.ApiObject;
import io.tiphys.api.RbacV1;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.api.rbac.v1.Role;
import io.tiphys.api.rbac.v1.RoleBinding;
import io.tiphys.api.rbac.v1.RoleRef;
import io.tiphys.api.rbac.v1.Subject;
import io.tiphys.server.authorization.BootstrapPolicy;
import io.tiphys.server.authorization.HeldRoles;
import io.tiphys.server.authorization.RbacAuthorizer;
import io.tiphys.server.authorization.RbacObjects;
import io.tiphys.server.http.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A user who administers one namespace through the bootstrap role {@code admin}. */
class EscalationCheckTest {
  private static final String RBAC = "rbac.authorization.k8s.io";
  private static final User ANN = new User("ann", "", List.of(User.AUTHENTICATED), Map.of());

  private final EscalationCheck check = check();

  private static EscalationCheck check() {
    RbacObjects policy = BootstrapPolicy.load();
    List<RoleBinding> bindings = new ArrayList<>(policy.bindings());
    bindings.add(
        RoleBinding.EMPTY
            .withMetadata(ObjectMeta.EMPTY.withNamespace("ns").withName("ann-is-admin"))
            .withRoleRef(new RoleRef(RBAC, "ClusterRole", "admin"))
            .withSubjects(List.of(new Subject("User", RBAC, "ann", ""))));
    RbacAuthorizer rbac =
        RbacAuthorizer.open(
            new HeldRoles(
                new RbacObjects(
                    policy.clusterRoles(), policy.roles(), policy.clusterBindings(), bindings)));
    return new EscalationCheck(rbac, rbac);
  }

  private static AdmissionRequest write(
      User user, Resource<?> resource, ApiObject object, @Nullable ApiObject old) {
    AdmissionRequest.Caller caller =
        new AdmissionRequest.Caller(user, false, OperationOptions.NONE, AdmissionNotes.NONE);
    AdmissionRequest.Subject subject =
        new AdmissionRequest.Subject(resource, "", "ns", object.name());
    return old == null
        ? AdmissionRequest.create(subject, object, caller)
        : AdmissionRequest.update(subject, object, old, caller);
  }

  private static Role role(String verb, String group, String resource) {
    return Role.EMPTY
        .withMetadata(ObjectMeta.EMPTY.withNamespace("ns").withName("r"))
        .withRules(
            List.of(
                PolicyRule.EMPTY
                    .withVerbs(List.of(verb, "get"))
                    .withApiGroups(List.of(group))
                    .withResources(List.of(resource))));
  }

  private static RoleBinding binding(String clusterRole) {
    return RoleBinding.EMPTY
        .withMetadata(ObjectMeta.EMPTY.withNamespace("ns").withName("b"))
        .withRoleRef(new RoleRef(RBAC, "ClusterRole", clusterRole))
        .withSubjects(List.of(new Subject("User", RBAC, "bob", "")));
  }

  @Test
  void whatOneHoldsMayBeGranted() {
    assertThatCode(() -> check.validate(write(ANN, RbacV1.ROLES, role("delete", "", "pods"), null)))
        .doesNotThrowAnyException();
    assertThatCode(() -> check.validate(write(ANN, RbacV1.ROLEBINDINGS, binding("edit"), null)))
        .doesNotThrowAnyException();
  }

  @Test
  void whatOneLacksMayNot() {
    assertThatThrownBy(
            () ->
                check.validate(
                    write(
                        ANN,
                        RbacV1.ROLES,
                        role("delete", "certificates.k8s.io", "certificatesigningrequests"),
                        null)))
        .hasMessage(
            """
            roles.rbac.authorization.k8s.io "r" is forbidden: user "ann" \
            (groups=["system:authenticated"]) is attempting to grant RBAC permissions not \
            currently held:
            {APIGroups:["certificates.k8s.io"], Resources:["certificatesigningrequests"], \
            Verbs:["delete" "get"]}\
            """);
    assertThatThrownBy(
            () -> check.validate(write(ANN, RbacV1.ROLEBINDINGS, binding("cluster-admin"), null)))
        .hasMessageContaining("{APIGroups:[\"*\"], Resources:[\"*\"], Verbs:[\"*\"]}");
    assertThatThrownBy(
            () -> check.validate(write(ANN, RbacV1.ROLEBINDINGS, binding("unknown"), null)))
        .hasMessage("clusterroles.rbac.authorization.k8s.io \"unknown\" not found");
  }

  @Test
  void mastersMayEverything() {
    User master = new User("root", "", List.of(User.MASTERS), Map.of());

    assertThatCode(() -> check.validate(write(master, RbacV1.ROLES, role("*", "*", "*"), null)))
        .doesNotThrowAnyException();
  }

  @Test
  void lettingGoOfAFinalizerGrantsNothing() {
    RoleBinding old = binding("cluster-admin");
    RoleBinding fewer = old.withMetadata(old.metadata().withFinalizers(List.of("x")));

    assertThatCode(() -> check.validate(write(ANN, RbacV1.ROLEBINDINGS, old, fewer)))
        .doesNotThrowAnyException();
  }
}
