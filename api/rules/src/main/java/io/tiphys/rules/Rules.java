package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.base.Invariant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rules of every resource; {@link GenericRules} where none were written. */
public final class Rules {
  private static final Map<Resource<?>, ResourceRules<?>> WRITTEN = index(AllRules.list());

  private Rules() {}

  @SuppressWarnings("unchecked") // index() keeps rules under their own resource
  public static <T extends ApiObject> ResourceRules<T> of(Resource<T> resource) {
    ResourceRules<?> written = WRITTEN.get(resource);
    return written == null ? new GenericRules<>(resource) : (ResourceRules<T>) written;
  }

  private static Map<Resource<?>, ResourceRules<?>> index(List<ResourceRules<?>> all) {
    Map<Resource<?>, ResourceRules<?>> byResource = new HashMap<>();
    for (ResourceRules<?> rules : all) {
      boolean first = byResource.put(rules.resource(), rules) == null;
      Invariant.check(first, "one set of rules for " + rules.resource());
    }
    return Map.copyOf(byResource);
  }
}
