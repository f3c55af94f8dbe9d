package io.tiphys.server.kinds;

import io.tiphys.meta.GroupVersionKind;
import java.util.List;

/**
 * A part or an action of a resource.
 *
 * @param kind what is sent and answered
 */
public record Subresource(GroupVersionKind kind, List<String> verbs) {
  /** Whether it carries streams, rather than an object. */
  public boolean connects() {
    return kind.kind().endsWith("Options");
  }
}
