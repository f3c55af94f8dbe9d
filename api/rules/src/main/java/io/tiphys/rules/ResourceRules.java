package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that sets one resource apart from the others; upstream's defaulting, strategy and
 * validation of a kind in one place. Pure functions of immutable objects. What is common to all
 * kinds (metadata, resource versions, finalizers) is the API server's business.
 *
 * <p>Order on create: {@link #defaults}, admission, {@link #prepareForCreate}, metadata and {@link
 * #validate}, {@link #canonicalize}. On update: {@link #defaults}, admission, {@link
 * #prepareForUpdate}, metadata and {@link #validateUpdate}, {@link #canonicalize}.
 */
public interface ResourceRules<T extends ApiObject> extends UpdateRules<T> {
  Resource<T> resource();

  /** The kind it is stored as, when that is another one. */
  default Optional<Conversion<T, ?>> conversion() {
    return Optional.empty();
  }

  /** Fills what the client left out. */
  default T defaults(T object) {
    return object;
  }

  /** What would be stored of a new object: status dropped, generation 1 where the kind has one. */
  default T prepareForCreate(T object, WriteContext context) {
    return object;
  }

  @Override
  default T prepareForUpdate(T object, T old, WriteContext context) {
    return object;
  }

  /** What is wrong with a new object, apart from its metadata. */
  default List<FieldError> validate(T object) {
    return List.of();
  }

  /** What the writer should hear of what {@link #prepareForCreate} is going to change. */
  default List<String> warningsBeforeCreate(T object) {
    return List.of();
  }

  default List<String> warningsOnCreate(T object) {
    return List.of();
  }

  /** The one form of equal objects; called after validation. */
  default T canonicalize(T object) {
    return object;
  }

  /** Whether finalizers must say whose they are: those of custom objects need not. */
  default boolean qualifiesFinalizers() {
    return true;
  }

  default NameRule nameRule() {
    return NameRule.DNS_SUBDOMAIN;
  }

  /** Whether PUT to a name that does not exist creates it. */
  default boolean allowCreateOnUpdate() {
    return false;
  }

  /** Whether PUT without a resourceVersion overwrites whatever is there. */
  default boolean allowUnconditionalUpdate() {
    return true;
  }

  /** Field selectors beyond metadata.name and metadata.namespace, and the values they look at. */
  default Map<String, Function<T, String>> selectableFields() {
    return Map.of();
  }

  /**
   * Subresources that replace a part of the object: {@code status}, {@code resize}, {@code
   * ephemeralcontainers}, {@code finalize}, {@code approval}.
   */
  default Map<String, UpdateRules<T>> subresources() {
    return Map.of();
  }

  default Optional<ScaleMapping<T>> scale() {
    return Optional.empty();
  }

  default Optional<GracefulDeletion<T>> gracefulDeletion() {
    return Optional.empty();
  }

  /** Whether dependents are orphaned when the client does not say what becomes of them. */
  default boolean orphanDependentsByDefault() {
    return false;
  }

  /** Whether dependents are orphaned whatever the client says: pets outlive their set. */
  default boolean alwaysOrphansDependents() {
    return false;
  }

  /** Whether something beside metadata.finalizers holds a deleted object: namespaces have it. */
  default boolean holdsDeletion(T object) {
    return false;
  }

  /** Adds to an object that now has a deletionTimestamp: a namespace's phase. */
  default T markTerminating(T object) {
    return object;
  }

  /** How long the object lives unless written again: events. */
  default @Nullable Duration timeToLive(T object) {
    return null;
  }
}
