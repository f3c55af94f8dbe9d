package io.tiphys.server.kinds;

import io.tiphys.api.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the API serves at one moment: groups in the order in which clients prefer them, their
 * versions, their kinds. Immutable; when something else is served there is another registry, and a
 * request that has begun goes on with the one it began with. Discovery, OpenAPI and the way from a
 * path to a resource are functions of it.
 */
public final class Registry {
  private final Map<String, Map<String, List<ServedKind<?>>>> groups;
  private final List<ServedKind<?>> kinds;
  private final Map<Name, ServedKind<?>> byName = new HashMap<>();
  private final Map<Resource<?>, List<ServedKind<?>>> versions = new HashMap<>();

  private record Name(String group, String version, String plural) {}

  private Registry(List<String> order, List<ServedKind<?>> kinds) {
    this.kinds = List.copyOf(kinds);
    groups = new LinkedHashMap<>();
    order.forEach(group -> groups.put(group, new LinkedHashMap<>()));
    for (ServedKind<?> kind : kinds) {
      Resource<?> resource = kind.resource();
      groups
          .computeIfAbsent(resource.group(), _ -> new LinkedHashMap<>())
          .computeIfAbsent(resource.version(), _ -> new ArrayList<>())
          .add(kind);
      byName.put(new Name(resource.group(), resource.version(), resource.plural()), kind);
      if (kind.stored()) {
        versions.computeIfAbsent(kind.storedAs(), _ -> new ArrayList<>()).add(kind);
      }
    }
    groups.values().removeIf(Map::isEmpty);
  }

  /**
   * @param order of the groups; those that it does not name follow as they come
   */
  public static Registry of(List<String> order, Collection<ServedKind<?>> kinds) {
    return new Registry(order, List.copyOf(kinds));
  }

  /** This registry with more behind what it has. */
  public Registry with(Collection<ServedKind<?>> more) {
    List<ServedKind<?>> all = new ArrayList<>(kinds);
    all.addAll(more);
    return new Registry(List.copyOf(groups.keySet()), all);
  }

  /** All kinds, by group and version in order of preference. */
  public Map<String, Map<String, List<ServedKind<?>>>> groups() {
    return groups;
  }

  public List<ServedKind<?>> kinds() {
    return kinds;
  }

  public @Nullable ServedKind<?> find(String group, String version, String plural) {
    return byName.get(new Name(group, version, plural));
  }

  /** All kinds that show what is kept as {@code stored}. */
  public List<ServedKind<?>> versionsOf(Resource<?> stored) {
    return versions.getOrDefault(stored, List.of());
  }
}
