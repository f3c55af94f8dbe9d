package io.tiphys.rules.quota;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.ResourceQuota;
import io.tiphys.api.core.v1.ResourceQuotaSpec;
import io.tiphys.api.core.v1.ScopedResourceSelectorRequirement;
import io.tiphys.meta.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How objects of one kind count. Checked against apiserver/pkg/quota/v1/{interfaces.go,generic}.
 */
public interface QuotaEvaluator {
  /** Those of the names that objects of this kind use up. */
  Set<String> matching(Collection<String> names);

  /**
   * Whether an object is in a scope. Most kinds know none: then a quota with scopes is of others.
   */
  default boolean isIn(ScopedResourceSelectorRequirement scope, ApiObject object) {
    return false;
  }

  /** What an object uses up at a moment. */
  Map<String, Quantity> usage(ApiObject object, Instant now);

  /**
   * What an object lacks that it must tell where {@code names} are bounded.
   *
   * @return null when it lacks nothing
   */
  default @Nullable String missing(Set<String> names, ApiObject object) {
    return null;
  }

  /** Whether two states of an object are in the same scopes, as far as they may change. */
  default boolean countsAlike(ApiObject before, ApiObject after) {
    return true;
  }

  /** Whether a quota bounds an object: in something it uses, and in all its scopes. */
  default boolean bounds(ResourceQuota quota, ApiObject object) {
    return !matching(quota.status().hard().keySet()).isEmpty()
        && scopes(quota.spec()).stream().allMatch(scope -> isIn(scope, object));
  }

  /** The scopes of a quota, however they are written. */
  static List<ScopedResourceSelectorRequirement> scopes(ResourceQuotaSpec spec) {
    List<ScopedResourceSelectorRequirement> scopes = new ArrayList<>();
    for (String name : spec.scopes()) {
      scopes.add(
          ScopedResourceSelectorRequirement.builder().scopeName(name).operator("Exists").build());
    }
    if (spec.scopeSelector() != null) {
      scopes.addAll(spec.scopeSelector().matchExpressions());
    }
    return scopes;
  }

  /** How objects of a resource count. */
  static QuotaEvaluator of(Resource<?> resource) {
    return switch (resource.qualifiedName()) {
      case "pods" -> new PodQuota();
      case "services" -> new ServiceQuota();
      case "persistentvolumeclaims" -> new ClaimQuota();
      default -> new CountQuota(resource);
    };
  }

  /** Whether objects of a resource count at all: answers do not, and events never did. */
  static boolean counts(Resource<?> resource) {
    return switch (resource.group()) {
      case "" -> !Set.of("bindings", "componentstatuses", "events").contains(resource.plural());
      case "events.k8s.io" -> !resource.plural().equals("events");
      case "authentication.k8s.io", "authorization.k8s.io" -> false;
      default -> true;
    };
  }

  /** The name under which the number of all objects of a resource is bounded. */
  static String countName(Resource<?> resource) {
    return "count/" + resource.qualifiedName();
  }
}
