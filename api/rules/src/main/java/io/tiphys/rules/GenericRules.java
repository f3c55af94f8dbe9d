package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectCodec;
import io.tiphys.api.Resource;
import io.tiphys.codec.Json;
import io.tiphys.meta.Schema;
import io.tiphys.meta.apply.FieldFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Rules for a kind of which nothing more is known than its shape: status, if it has one, is written
 * only through its subresource, and the generation grows with changes of anything but metadata and
 * status. Works on trees; kinds that matter for speed have rules of their own.
 */
public class GenericRules<T extends ApiObject> implements ResourceRules<T> {
  /** What an update does not count as a change of the wish. */
  private static final Set<String> NO_WISH = Set.of("metadata", "status", "kind", "apiVersion");

  private static final FieldFilter STATUS_ONLY = FieldFilter.excluding(List.of(List.of("spec")));

  private final Resource<T> resource;
  private final boolean hasStatus;
  private final boolean hasGeneration;

  public GenericRules(Resource<T> resource) {
    this.resource = resource;
    Map<String, Schema.Field> fields =
        resource.type().schema() instanceof Schema.Struct struct ? struct.fields() : Map.of();
    hasStatus = fields.containsKey("status");
    hasGeneration = hasStatus && fields.containsKey("spec");
  }

  @Override
  public Resource<T> resource() {
    return resource;
  }

  /** Roles may be called {@code system:node}; all other kinds have names that fit DNS. */
  @Override
  public NameRule nameRule() {
    return resource.group().equals("rbac.authorization.k8s.io")
        ? NameRule.PATH_SEGMENT
        : NameRule.DNS_SUBDOMAIN;
  }

  @Override
  public T prepareForCreate(T object, WriteContext context) {
    T prepared = hasStatus ? with(object, "status", Json.Null.NULL) : object;
    return hasGeneration ? withGeneration(prepared, 1) : prepared;
  }

  @Override
  public T prepareForUpdate(T object, T old, WriteContext context) {
    if (!hasStatus) {
      return object;
    }
    Json.Obj oldTree = tree(old);
    T prepared = with(object, "status", orNull(oldTree, "status"));
    boolean changed = hasGeneration && !wish(tree(object)).equals(wish(oldTree));
    return changed ? withGeneration(prepared, old.metadata().generation() + 1) : prepared;
  }

  @Override
  public FieldFilter resetFields() {
    return hasStatus ? FieldFilter.excluding(List.of(List.of("status"))) : FieldFilter.NONE;
  }

  @Override
  public Map<String, UpdateRules<T>> subresources() {
    return hasStatus
        ? Map.of("status", new PartRules<>(this::prepareStatus, (_, _) -> List.of(), STATUS_ONLY))
        : Map.of();
  }

  /** Everything as it was but the status and, as with upstream's kinds, the metadata. */
  private T prepareStatus(T object, T old, WriteContext context) {
    T prepared = with(old, "status", orNull(tree(object), "status"));
    @SuppressWarnings("unchecked")
    T restored = (T) prepared.withMetadata(object.metadata());
    return restored;
  }

  private T with(T object, String field, Json value) {
    Json.Obj tree = tree(object);
    boolean drop = value == Json.Null.NULL;
    if (drop && tree.get(field) == null) {
      return object;
    }
    return ObjectCodec.fromTree(
        resource.type(), drop ? tree.without(field) : tree.with(field, value));
  }

  @SuppressWarnings("unchecked")
  private T withGeneration(T object, long generation) {
    return (T) object.withMetadata(object.metadata().withGeneration(generation));
  }

  private static Json orNull(Json.Obj tree, String field) {
    return Objects.requireNonNullElse(tree.get(field), Json.Null.NULL);
  }

  private static Map<String, Json> wish(Json.Obj tree) {
    Map<String, Json> members = new LinkedHashMap<>(tree.members());
    members.keySet().removeAll(NO_WISH);
    return members;
  }

  private static Json.Obj tree(ApiObject object) {
    return ObjectCodec.toTree(object);
  }
}
