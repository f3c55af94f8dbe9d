package io.tiphys.controllers.garbage;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.Resource;
import io.tiphys.api.Resources;
import io.tiphys.client.ListOptions;
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
  private static final ListOptions ONE = new ListOptions("", "", "0", 1, "");

  /** Events own nothing and nobody owns them, but there are many; as upstream. */
  private static final Set<String> IGNORED = Set.of("events");

  /** Views of what another version stores: the same objects, under the same uids. */
  private static final Set<String> VIEWS = Set.of("petsets");

  private record Kind(String apiVersion, String kind) {}

  private final Map<Kind, Resource<?>> byKind = new LinkedHashMap<>();
  private final List<Resource<?>> watched;

  /** Asks the API what it serves, by listing. */
  Kinds(Source source) {
    List<Resource<?>> served = new ArrayList<>();
    for (Resource<?> resource : Resources.all()) {
      if (isServed(source, resource)) {
        served.add(resource);
        byKind.put(new Kind(resource.apiVersion(), resource.kind()), resource);
      }
    }
    watched = watched(served);
  }

  /** Of the versions of one resource the last, which is the newest. */
  private static List<Resource<?>> watched(List<Resource<?>> served) {
    List<Resource<?>> watched = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    for (Resource<?> resource : served.reversed()) {
      if (!IGNORED.contains(resource.plural())
          && !VIEWS.contains(resource.plural())
          && names.add(resource.qualifiedName())) {
        watched.addFirst(resource);
      }
    }
    return watched;
  }

  private static boolean isServed(Source source, Resource<?> resource) {
    try {
      source.list(resource, "", ONE);
      return true;
    } catch (ApiFailure e) {
      if (e.isNotFound() || e.code() == 405) {
        return false;
      }
      throw e;
    }
  }

  @Nullable Resource<?> of(String apiVersion, String kind) {
    return byKind.get(new Kind(apiVersion, kind));
  }

  List<Resource<?>> watched() {
    return watched;
  }
}
