package io.tiphys.server.kinds;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import io.tiphys.rules.Conversion;
import io.tiphys.rules.ResourceRules;
import io.tiphys.server.tables.TableShape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One resource in one version, with all that sets it apart: what can be done to it, its rules and
 * how it is shown.
 *
 * @param verbs of the resource itself
 * @param subresources by name, in alphabetical order
 * @param custom null for kinds that are built in
 */
public record ServedKind<T extends ApiObject>(
    Resource<T> resource,
    ResourceRules<T> rules,
    TableShape<? super T> table,
    List<String> verbs,
    Map<String, Subresource> subresources,
    @Nullable Custom custom) {

  /** A kind that is built in. */
  public ServedKind(
      Resource<T> resource,
      ResourceRules<T> rules,
      TableShape<? super T> table,
      List<String> verbs,
      Map<String, Subresource> subresources) {
    this(resource, rules, table, verbs, subresources, null);
  }

  /**
   * What the definition of a custom resource says besides.
   *
   * @param listKind the kind of its lists
   * @param schema its {@code openAPIV3Schema}
   * @param deprecation what those hear who use this version; empty if it is not deprecated
   */
  public record Custom(String listKind, Json.Obj schema, String deprecation) {}

  /** The kind of lists of this kind. */
  public String listKind() {
    return custom == null ? resource.kind() + "List" : custom.listKind();
  }

  /** What those hear who use this kind; empty where there is nothing to say. */
  public String deprecation() {
    return custom == null ? "" : custom.deprecation();
  }

  /** Whether its objects are stored, rather than answered at once. */
  public boolean stored() {
    return verbs.contains("watch");
  }

  /** The resource as which its objects are kept: itself, unless it is converted. */
  public Resource<?> storedAs() {
    Conversion<T, ?> conversion = rules.conversion().orElse(null);
    return conversion == null ? resource : conversion.stored();
  }
}
