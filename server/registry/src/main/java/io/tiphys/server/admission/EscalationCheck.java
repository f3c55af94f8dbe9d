package io.tiphys.server.admission;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.rbac.v1.AggregationRule;
import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.api.rbac.v1.ClusterRoleBinding;
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.api.rbac.v1.Role;
import io.tiphys.api.rbac.v1.RoleBinding;
import io.tiphys.api.rbac.v1.RoleRef;
import io.tiphys.server.authorization.Authorizer;
import io.tiphys.server.authorization.Authorizer.Attributes;
import io.tiphys.server.authorization.RbacAuthorizer;
import io.tiphys.server.authorization.RuleCover;
import io.tiphys.server.http.User;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users grant only what they hold, unless they may {@code escalate} the role or {@code bind} it.
 * Checked against upstream's pkg/registry/rbac/{escalation_check.go,*&#47;policybased}.
 */
public final class EscalationCheck implements AdmissionPlugin {
  private static final List<PolicyRule> EVERYTHING =
      List.of(
          PolicyRule.EMPTY
              .withVerbs(List.of("*"))
              .withApiGroups(List.of("*"))
              .withResources(List.of("*")),
          PolicyRule.EMPTY.withVerbs(List.of("*")).withNonResourceURLs(List.of("*")));

  private final RbacAuthorizer rbac;
  private final Authorizer authorizer;

  /**
   * @param authorizer everything that may allow, for the {@code bind} and {@code escalate} verbs
   */
  public EscalationCheck(RbacAuthorizer rbac, Authorizer authorizer) {
    this.rbac = rbac;
    this.authorizer = authorizer;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.writes() || request.user().isMaster() || !request.subresource().isEmpty()) {
      return;
    }
    switch (request.object()) {
      case Role role when changed(role.rules(), request.old()) -> checkRole(request, role.rules());
      case ClusterRole role -> checkClusterRole(request, role);
      case RoleBinding binding when !onlyBookkeeping(request) ->
          checkBinding(request, binding.roleRef());
      case ClusterRoleBinding binding when !onlyBookkeeping(request) ->
          checkBinding(request, binding.roleRef());
      case null, default -> {}
    }
  }

  private static boolean changed(List<PolicyRule> rules, @Nullable ApiObject old) {
    return !(old instanceof Role role && role.rules().equals(rules));
  }

  private void checkClusterRole(AdmissionRequest request, ClusterRole role) {
    if (onlyBookkeeping(request)) {
      return;
    }
    checkRole(request, role.rules());
    boolean aggregates =
        aggregates(role) || (request.old() instanceof ClusterRole old && aggregates(old));
    if (aggregates && !mayEscalate(request)) {
      if (!RuleCover.missing(held(request), EVERYTHING).isEmpty()) {
        throw ApiFailure.forbidden(
            request.resource(),
            role.name(),
            "must have cluster-admin privileges to use the aggregationRule");
      }
    }
  }

  /** Upstream's IsOnlyMutatingGCFields: who only lets go of an object need not hold its rules. */
  private static boolean onlyBookkeeping(AdmissionRequest request) {
    ApiObject object = request.object();
    ApiObject old = request.old();
    if (object == null || old == null) {
      return false;
    }
    var metadata = object.metadata();
    return object
        .withMetadata(
            metadata
                .withFinalizers(old.metadata().finalizers())
                .withOwnerReferences(old.metadata().ownerReferences())
                .withManagedFields(old.metadata().managedFields()))
        .equals(old);
  }

  private static boolean aggregates(ClusterRole role) {
    AggregationRule rule = role.aggregationRule();
    return rule != null && !rule.clusterRoleSelectors().isEmpty();
  }

  private void checkRole(AdmissionRequest request, List<PolicyRule> rules) {
    if (!mayEscalate(request)) {
      confirm(request, rules);
    }
  }

  private void checkBinding(AdmissionRequest request, RoleRef ref) {
    String resource =
        switch (ref.kind()) {
          case "ClusterRole" -> "clusterroles";
          case "Role" -> "roles";
          default -> "";
        };
    Attributes bind =
        Attributes.onResource(
            request.user(), "bind", ref.apiGroup(), resource, request.namespace(), ref.name());
    if (!resource.isEmpty() && authorizer.authorize(bind).allowed()) {
      return;
    }
    List<PolicyRule> rules = rbac.snapshot().rulesOfRole(ref, request.namespace());
    if (rules == null) {
      throw ApiFailure.notFound(resource + "." + ref.apiGroup(), ref.name());
    }
    confirm(request, rules);
  }

  private boolean mayEscalate(AdmissionRequest request) {
    return authorizer
        .authorize(
            Attributes.onResource(
                request.user(),
                "escalate",
                request.resource().group(),
                request.resource().plural(),
                request.namespace(),
                request.name()))
        .allowed();
  }

  private List<PolicyRule> held(AdmissionRequest request) {
    return rbac.snapshot().rulesFor(request.user(), request.namespace());
  }

  private void confirm(AdmissionRequest request, List<PolicyRule> rules) {
    List<PolicyRule> missing = RuleCover.missing(held(request), rules);
    if (!missing.isEmpty()) {
      User user = request.user();
      ApiObject object = request.object();
      throw ApiFailure.forbidden(
          request.resource(),
          object == null ? request.name() : object.name(),
          "user \"%s\" (groups=%s) is attempting to grant RBAC permissions not currently held:\n%s"
              .formatted(
                  user.name(), RuleCover.quotedList(user.groups()), RuleCover.describe(missing)));
    }
  }
}
