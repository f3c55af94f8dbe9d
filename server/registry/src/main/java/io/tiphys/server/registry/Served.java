package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.rules.Conversion;
import io.tiphys.rules.ResourceRules;
import io.tiphys.server.cache.Cached;
import io.tiphys.server.cache.Form;
import io.tiphys.server.cache.ResourceCache;
import io.tiphys.server.cache.WatchCache;
import io.tiphys.server.kinds.ServedKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A resource as the API server serves it: its rules, where its objects are and how stored objects
 * become the kind that clients see.
 *
 * @param <T> the kind clients see
 * @param <S> the kind that is stored; the same unless there is a conversion
 */
public final class Served<T extends ApiObject, S extends ApiObject> {
  private static final byte[] ITEM = {'{'};

  private final ServedKind<T> kind;
  private final ResourceCache<S> cache;
  private final Form<S, T> form;
  private final Form<T, PartialObject> metadata = Rendering.metadataForm();
  private final byte[] opening;
  private final @Nullable Conversion<T, S> conversion;
  private final ServedVersions<S> versions;
  private final FieldManagers managers;

  private Served(
      ServedKind<T> kind,
      ResourceCache<S> cache,
      Form<S, T> form,
      @Nullable Conversion<T, S> conversion,
      ServedVersions<S> versions) {
    this.kind = kind;
    this.cache = cache;
    this.form = form;
    this.opening = Cached.opening(kind.resource().type());
    this.conversion = conversion;
    this.versions = versions;
    managers = new FieldManagers(kind, versions);
  }

  /**
   * @param siblings all kinds that show what this one is kept as, itself among them
   */
  static <T extends ApiObject> Served<T, ?> of(
      ServedKind<T> kind, WatchCache cache, List<ServedKind<?>> siblings) {
    Conversion<T, ?> conversion = kind.rules().conversion().orElse(null);
    if (conversion != null) {
      return converted(kind, conversion, cache, siblings);
    }
    ResourceCache<T> stored = cache.of(kind.resource());
    return new Served<>(
        kind, stored, stored.storedForm(), null, ServedVersions.of(kind.resource(), siblings));
  }

  private static <T extends ApiObject, S extends ApiObject> Served<T, S> converted(
      ServedKind<T> kind,
      Conversion<T, S> conversion,
      WatchCache cache,
      List<ServedKind<?>> siblings) {
    Form<S, T> form = new Form<>(kind.resource().type(), conversion::fromStored, conversion::shows);
    return new Served<>(
        kind,
        cache.of(conversion.stored()),
        form,
        conversion,
        ServedVersions.of(conversion.stored(), siblings));
  }

  ServedKind<T> kind() {
    return kind;
  }

  public Resource<T> resource() {
    return kind.resource();
  }

  /** Whether users have defined the kind: its objects are trees, and have no protobuf. */
  boolean isCustom() {
    return kind.custom() != null;
  }

  /** How an item of a list begins: typed ones do not say once more what they are. */
  byte[] itemOpening() {
    return isCustom() ? opening : ITEM;
  }

  public ResourceRules<T> rules() {
    return kind.rules();
  }

  /** Every version in which clients see and write what is stored. */
  ServedVersions<S> versions() {
    return versions;
  }

  /** Who keeps the owners of fields, for the object and each of its subresources. */
  FieldManagers managers() {
    return managers;
  }

  ResourceCache<S> cache() {
    return cache;
  }

  Form<S, T> form() {
    return form;
  }

  /** Shows objects by their metadata alone. */
  Form<T, PartialObject> metadata() {
    return metadata;
  }

  /** How the JSON of an object begins; see {@link Cached#opening}. */
  byte[] opening() {
    return opening;
  }

  /** The key of an object below the resource's own prefix. */
  String key(String namespace, String name) {
    return resource().namespaced() ? namespace + "/" + name : name;
  }

  /** What the cache has under a name, or null. */
  @Nullable Cached<T> find(String namespace, String name) {
    Cached<S> stored = findStored(namespace, name);
    return stored == null ? null : stored.as(form);
  }

  @Nullable Cached<S> findStored(String namespace, String name) {
    Cached<S> stored = cache.get(key(namespace, name));
    return stored == null || !form.shows(stored) ? null : stored;
  }

  /**
   * The object with what the client left out, as it will be read back: a kind that is stored as
   * another one has that one's defaults too.
   */
  T defaults(T object) {
    T complete = rules().defaults(object);
    return conversion == null
        ? complete
        : conversion.fromStored(conversion.toStored(complete, null));
  }

  /** Whether objects are stored as another kind than clients see. */
  boolean converts() {
    return conversion != null;
  }

  ApiFailure notFound(String name) {
    return ApiFailure.notFound(resource(), name);
  }

  /**
   * What is stored for {@code object}, without a resourceVersion.
   *
   * @param current what is stored now, or null
   */
  @SuppressWarnings("unchecked") // without a conversion both kinds are one
  S toStored(T object, @Nullable S current) {
    ApiObject plain = object.withMetadata(object.metadata().withResourceVersion(""));
    return conversion == null ? (S) plain : conversion.toStored((T) plain, current);
  }

  @Override
  public String toString() {
    return resource().toString();
  }
}
