package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.rules.Rules;
import io.tiphys.server.cache.WatchCache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The resources that are stored and served, found by what a path names. */
public final class ResourceTable {
  private final Map<Name, Served<?, ?>> byName = new HashMap<>();

  private ResourceTable() {}

  private record Name(String group, String version, String plural) {}

  public static ResourceTable of(Collection<Resource<?>> served, WatchCache cache) {
    ResourceTable table = new ResourceTable();
    for (Resource<?> resource : served) {
      table.byName.put(
          new Name(resource.group(), resource.version(), resource.plural()),
          Served.of(resource, cache));
    }
    return table;
  }

  /**
   * Those of {@code wanted} that can be served together: of two resources without a conversion that
   * would lie under the same key, such as the events of two groups, the first.
   */
  public static List<Resource<?>> servable(Collection<Resource<?>> wanted) {
    Map<String, Resource<?>> stored = stored(wanted);
    List<Resource<?>> servable = new ArrayList<>();
    for (Resource<?> resource : wanted) {
      Resource<?> kept = Served.storedAs(resource);
      if (kept.equals(stored.get(kept.plural()))) {
        servable.add(resource);
      }
    }
    return servable;
  }

  /** The kinds in which the served ones are kept. */
  public static Collection<Resource<?>> storedKinds(Collection<Resource<?>> served) {
    return stored(served).values();
  }

  private static Map<String, Resource<?>> stored(Collection<Resource<?>> wanted) {
    Map<String, Resource<?>> stored = new LinkedHashMap<>();
    for (Resource<?> resource : wanted) {
      if (Rules.of(resource).conversion().isPresent()) {
        Resource<?> kept = Served.storedAs(resource);
        stored.put(kept.plural(), kept);
      }
    }
    for (Resource<?> resource : wanted) {
      if (Rules.of(resource).conversion().isEmpty()) {
        stored.putIfAbsent(resource.plural(), resource);
      }
    }
    return stored;
  }

  @Nullable Served<?, ?> find(String group, String version, String plural) {
    return byName.get(new Name(group, version, plural));
  }

  /** A resource that is known to be served. */
  @SuppressWarnings("unchecked") // resources are kept under their own names
  public <T extends ApiObject> Served<T, ?> of(Resource<T> resource) {
    Served<?, ?> found = find(resource.group(), resource.version(), resource.plural());
    if (found == null) {
      throw Failures.noSuchResource();
    }
    return (Served<T, ?>) found;
  }

  Collection<Served<?, ?>> all() {
    return byName.values();
  }
}
