package io.tiphys.server.authorization;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.RbacV1;
import io.tiphys.api.Resource;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.api.rbac.v1.ClusterRole;
import io.tiphys.api.rbac.v1.ClusterRoleBinding;
import io.tiphys.api.rbac.v1.PolicyRule;
import io.tiphys.api.rbac.v1.Role;
import io.tiphys.api.rbac.v1.RoleBinding;
import io.tiphys.api.rbac.v1.Subject;
import io.tiphys.base.Loops;
import io.tiphys.client.ListOptions;
import io.tiphys.client.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the bootstrap roles and bindings exist at start: missing ones are created, rules and
 * subjects that were taken away come back unless the object says {@code autoupdate=false}; what
 * people added stays. Checked against upstream's component-helpers/auth/rbac/reconciliation.
 */
public final class BootstrapRoles {
  /** The objects are independent, and the store commits many at the price of one. */
  private static final int WRITERS = 16;

  private final Source source;
  private final Loops loops;

  private BootstrapRoles(Source source, Loops loops) {
    this.source = source;
    this.loops = loops;
  }

  /**
   * Returns when all is there. The namespaces kube-system and kube-public must exist.
   *
   * @throws ApiFailure when a write is refused
   */
  public static void reconcile(Source source, Loops loops) {
    new BootstrapRoles(source, loops).reconcile(BootstrapPolicy.load());
  }

  private void reconcile(RbacObjects policy) {
    List<Runnable> writes = new ArrayList<>();
    plan(
        RbacV1.CLUSTERROLES,
        Aggregation.resolve(policy.clusterRoles()),
        BootstrapRoles::merged,
        writes);
    plan(RbacV1.ROLES, policy.roles(), BootstrapRoles::merged, writes);
    plan(RbacV1.CLUSTERROLEBINDINGS, policy.clusterBindings(), BootstrapRoles::merged, writes);
    plan(RbacV1.ROLEBINDINGS, policy.bindings(), BootstrapRoles::merged, writes);
    carryOut(writes);
  }

  private <T extends ApiObject> void plan(
      Resource<T> resource, List<T> wanted, BinaryOperator<T> merge, List<Runnable> writes) {
    Map<String, T> existing = new HashMap<>();
    source
        .list(resource, "", ListOptions.ALL)
        .items()
        .forEach(object -> existing.put(object.namespace() + "/" + object.name(), object));
    for (T object : wanted) {
      T present = existing.get(object.namespace() + "/" + object.name());
      if (present == null) {
        writes.add(() -> create(resource, object));
      } else if (!"false"
          .equals(present.metadata().annotations().get(BootstrapPolicy.AUTOUPDATE))) {
        T merged = merge.apply(present, object);
        if (!merged.equals(present)) {
          writes.add(() -> source.update(resource, merged));
        }
      }
    }
  }

  private <T extends ApiObject> void create(Resource<T> resource, T object) {
    try {
      source.create(resource, object);
    } catch (ApiFailure failure) {
      // Another server of the same cluster starts at the same time.
      if (!failure.isAlreadyExists()) {
        throw failure;
      }
    }
  }

  private void carryOut(List<Runnable> writes) {
    Queue<Runnable> waiting = new ConcurrentLinkedQueue<>(writes);
    AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    Runnable writer =
        () -> {
          for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
            try {
              next.run();
            } catch (RuntimeException e) {
              failure.compareAndSet(null, e);
            }
          }
        };
    try {
      loops.together("bootstrap", Collections.nCopies(Math.min(WRITERS, writes.size()), writer));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the bootstrap roles were written", e);
    }
    RuntimeException first = failure.get();
    if (first != null) {
      throw first;
    }
  }

  private static ClusterRole merged(ClusterRole present, ClusterRole wanted) {
    // The rules of an aggregated role are the aggregation's business.
    List<PolicyRule> rules =
        wanted.aggregationRule() == null
            ? withMissing(present.rules(), wanted.rules())
            : present.rules();
    return present
        .withMetadata(merged(present.metadata(), wanted.metadata()))
        .withRules(rules)
        .withAggregationRule(
            present.aggregationRule() == null
                ? wanted.aggregationRule()
                : present.aggregationRule());
  }

  private static Role merged(Role present, Role wanted) {
    return present
        .withMetadata(merged(present.metadata(), wanted.metadata()))
        .withRules(withMissing(present.rules(), wanted.rules()));
  }

  private static ClusterRoleBinding merged(ClusterRoleBinding present, ClusterRoleBinding wanted) {
    return present
        .withMetadata(merged(present.metadata(), wanted.metadata()))
        .withSubjects(union(present.subjects(), wanted.subjects()));
  }

  private static RoleBinding merged(RoleBinding present, RoleBinding wanted) {
    return present
        .withMetadata(merged(present.metadata(), wanted.metadata()))
        .withSubjects(union(present.subjects(), wanted.subjects()));
  }

  private static List<PolicyRule> withMissing(List<PolicyRule> present, List<PolicyRule> wanted) {
    List<PolicyRule> rules = new ArrayList<>(present);
    rules.addAll(RuleCover.missing(present, wanted));
    return rules;
  }

  private static List<Subject> union(List<Subject> present, List<Subject> wanted) {
    List<Subject> subjects = new ArrayList<>(present);
    wanted.stream().filter(subject -> !present.contains(subject)).forEach(subjects::add);
    return subjects;
  }

  private static ObjectMeta merged(ObjectMeta present, ObjectMeta wanted) {
    return present
        .withLabels(over(wanted.labels(), present.labels()))
        .withAnnotations(over(wanted.annotations(), present.annotations()));
  }

  private static Map<String, String> over(Map<String, String> below, Map<String, String> above) {
    Map<String, String> merged = new LinkedHashMap<>(below);
    merged.putAll(above);
    return merged.equals(above) ? above : merged;
  }
}
