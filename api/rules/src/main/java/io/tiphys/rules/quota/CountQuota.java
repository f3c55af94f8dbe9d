package io.tiphys.rules.quota;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.meta.Quantity;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A kind of which only the number counts. Checked against apiserver/pkg/quota/v1/generic and
 * legacyObjectCountAliases of pkg/quota/v1/evaluator/core/registry.go.
 */
record CountQuota(Set<String> names) implements QuotaEvaluator {
  private static final Set<String> OLD_NAMES =
      Set.of("configmaps", "resourcequotas", "replicationcontrollers", "secrets");

  CountQuota(Resource<?> resource) {
    this(names(resource));
  }

  private static Set<String> names(Resource<?> resource) {
    String own = resource.qualifiedName();
    return OLD_NAMES.contains(own)
        ? Set.of(QuotaEvaluator.countName(resource), own)
        : Set.of(QuotaEvaluator.countName(resource));
  }

  @Override
  public Set<String> matching(Collection<String> wanted) {
    Set<String> matching = new TreeSet<>(wanted);
    matching.retainAll(names);
    return matching;
  }

  @Override
  public Map<String, Quantity> usage(ApiObject object, Instant now) {
    Map<String, Quantity> usage = new TreeMap<>();
    names.forEach(name -> usage.put(name, Quantity.of(1)));
    return usage;
  }
}
