package io.tiphys.server.kinds;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.rules.Conversion;
import io.tiphys.rules.ResourceRules;
import io.tiphys.server.tables.TableShape;
import java.util.List;
import java.util.Map;

/**
 * One resource in one version, with all that sets it apart: what can be done to it, its rules and
 * how it is shown.
 *
 * @param verbs of the resource itself
 * @param subresources by name, in alphabetical order
 */
public record ServedKind<T extends ApiObject>(
    Resource<T> resource,
    ResourceRules<T> rules,
    TableShape<? super T> table,
    List<String> verbs,
    Map<String, Subresource> subresources) {

  /** Whether its objects are stored, rather than answered at once. */
  public boolean stored() {
    return verbs.contains("list");
  }

  /** The resource as which its objects are kept: itself, unless it is converted. */
  public Resource<?> storedAs() {
    Conversion<T, ?> conversion = rules.conversion().orElse(null);
    return conversion == null ? resource : conversion.stored();
  }
}
