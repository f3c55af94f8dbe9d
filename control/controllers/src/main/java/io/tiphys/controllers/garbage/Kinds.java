package io.tiphys.controllers.garbage;

import io.tiphys.api.Resource;
import io.tiphys.client.ApiResource;
import io.tiphys.client.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The resources that the API serves, by kind, and which of them the graph is made of. */
final class Kinds {
  /** Events own nothing and nobody owns them, but there are many; as upstream. */
  private static final Set<String> IGNORED = Set.of("events");

  private record Kind(String apiVersion, String kind) {}

  private final Source source;
  private volatile Map<Kind, Resource<?>> byKind = Map.of();
  private volatile List<Resource<?>> watched = List.of();

  /** Asks the API what it serves. */
  Kinds(Source source) {
    this.source = source;
    refresh();
  }

  /** Asks the API what it serves by now. */
  void refresh() {
    Map<Kind, Resource<?>> served = new LinkedHashMap<>();
    List<Resource<?>> followed = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (ApiResource each : source.resources()) {
      Resource<?> resource = each.resource();
      if (each.can("list")) {
        served.put(new Kind(resource.apiVersion(), resource.kind()), resource);
      }
      if (each.can("list", "watch", "delete")
          && !each.view()
          && !IGNORED.contains(resource.plural())
          && names.add(resource.qualifiedName())) {
        followed.add(resource);
      }
    }
    byKind = served;
    watched = List.copyOf(followed);
  }

  @Nullable Resource<?> of(String apiVersion, String kind) {
    return byKind.get(new Kind(apiVersion, kind));
  }

  /** Of the versions of one resource one, the best. */
  List<Resource<?>> watched() {
    return watched;
  }
}
