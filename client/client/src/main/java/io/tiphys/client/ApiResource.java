package io.tiphys.client;

import io.tiphys.api.Resource;
import java.util.List;

/**
 * A resource in one version, as the API serves it now.
 *
 * @param verbs such as {@code list} and {@code delete}
 * @param view whether it shows objects that another resource keeps, under the same uids
 */
public record ApiResource(Resource<?> resource, List<String> verbs, boolean view) {
  public ApiResource {
    verbs = List.copyOf(verbs);
  }

  /** Whether all of these can be done to it. */
  public boolean can(String... wanted) {
    return verbs.containsAll(List.of(wanted));
  }
}
