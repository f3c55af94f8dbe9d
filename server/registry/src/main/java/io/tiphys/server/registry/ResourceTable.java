package io.tiphys.server.registry;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.server.cache.StoreKeys;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.kinds.Registry;
import io.tiphys.server.kinds.ServedKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stored resources of one registry, found by what a path names. Immutable. */
public final class ResourceTable {
  private final Registry registry;
  private final Map<Name, Served<?, ?>> byName = new HashMap<>();

  private ResourceTable(Registry registry) {
    this.registry = registry;
  }

  private record Name(String group, String version, String plural) {}

  /**
   * What {@code registry} serves out of {@code cache}.
   *
   * @param before the table that this one follows: what has not changed is taken from there
   */
  static ResourceTable of(Registry registry, WatchCache cache, @Nullable ResourceTable before) {
    ResourceTable table = new ResourceTable(registry);
    for (ServedKind<?> kind : servable(registry)) {
      Resource<?> resource = kind.resource();
      Name name = new Name(resource.group(), resource.version(), resource.plural());
      Served<?, ?> known = before == null ? null : before.byName.get(name);
      boolean same = known != null && known.kind().equals(kind);
      table.byName.put(
          name, same ? known : Served.of(kind, cache, registry.versionsOf(kind.storedAs())));
    }
    return table;
  }

  public Registry registry() {
    return registry;
  }

  /**
   * The stored kinds that can be served together: of two resources without a conversion that would
   * lie under the same key, such as the events of two groups, the first.
   */
  static List<ServedKind<?>> servable(Registry registry) {
    Map<String, Resource<?>> stored = stored(registry);
    List<ServedKind<?>> servable = new ArrayList<>();
    for (ServedKind<?> kind : registry.kinds()) {
      Resource<?> kept = kind.storedAs();
      if (kind.stored() && kept.equals(stored.get(StoreKeys.prefix(kept)))) {
        servable.add(kind);
      }
    }
    return servable;
  }

  /** The resources in which the served ones are kept. */
  static List<Resource<?>> storedResources(Registry registry) {
    return List.copyOf(stored(registry).values());
  }

  private static Map<String, Resource<?>> stored(Registry registry) {
    Map<String, Resource<?>> stored = new LinkedHashMap<>();
    for (ServedKind<?> kind : registry.kinds()) {
      Resource<?> kept = kind.storedAs();
      if (kind.stored() && !kept.equals(kind.resource())) {
        stored.put(StoreKeys.prefix(kept), kept);
      }
    }
    for (ServedKind<?> kind : registry.kinds()) {
      if (kind.stored() && kind.storedAs().equals(kind.resource())) {
        stored.putIfAbsent(StoreKeys.prefix(kind.resource()), kind.resource());
      }
    }
    return stored;
  }

  @Nullable Served<?, ?> find(String group, String version, String plural) {
    return byName.get(new Name(group, version, plural));
  }

  /** A resource, or null if it is not served. */
  @SuppressWarnings("unchecked") // resources are kept under their own names
  <T extends ApiObject> @Nullable Served<T, ?> find(Resource<T> resource) {
    return (Served<T, ?>) find(resource.group(), resource.version(), resource.plural());
  }

  /** A resource that is known to be served. */
  public <T extends ApiObject> Served<T, ?> of(Resource<T> resource) {
    Served<T, ?> found = find(resource);
    if (found == null) {
      throw Failures.noSuchResource();
    }
    return found;
  }
}
