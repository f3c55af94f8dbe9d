package io.tiphys.server.authorization;

import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.api.rbac.v1.ClusterRoleBinding;
import io.tiphys.api.rbac.v1.Role;
import io.tiphys.api.rbac.v1.RoleBinding;
import java.util.Collection;
import java.util.List;

/** All roles and bindings at one moment. */
public record RbacObjects(
    List<ClusterRole> clusterRoles,
    List<Role> roles,
    List<ClusterRoleBinding> clusterBindings,
    List<RoleBinding> bindings) {

  public RbacObjects(
      Collection<ClusterRole> clusterRoles,
      Collection<Role> roles,
      Collection<ClusterRoleBinding> clusterBindings,
      Collection<RoleBinding> bindings) {
    this(
        List.copyOf(clusterRoles),
        List.copyOf(roles),
        List.copyOf(clusterBindings),
        List.copyOf(bindings));
  }
}
