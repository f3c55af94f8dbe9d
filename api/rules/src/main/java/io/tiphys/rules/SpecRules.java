package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.meta.apply.FieldFilter;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Rules of a kind with spec and status: the status is written only through its subresource, and the
 * generation counts the changes of the spec.
 *
 * @param <T> the kind
 * @param <S> its spec
 * @param <U> its status
 */
public abstract class SpecRules<T extends ApiObject, S, U> implements ResourceRules<T> {
  private static final FieldFilter RESETS_STATUS =
      FieldFilter.excluding(List.of(List.of("status")));
  private static final FieldFilter RESETS_SPEC = FieldFilter.excluding(List.of(List.of("spec")));

  private final Resource<T> resource;
  private final Parts<T, S, U> parts;

  /**
   * How the two halves of a kind are got at.
   *
   * @param noStatus the status of a new object
   */
  public record Parts<T, S, U>(
      Function<T, S> spec,
      Function<T, U> status,
      BiFunction<T, S, T> withSpec,
      BiFunction<T, U, T> withStatus,
      U noStatus) {}

  protected SpecRules(Resource<T> resource, Parts<T, S, U> parts) {
    this.resource = resource;
    this.parts = parts;
  }

  @Override
  public final Resource<T> resource() {
    return resource;
  }

  @Override
  public T defaults(T object) {
    return parts.withSpec.apply(object, defaults(parts.spec.apply(object), object));
  }

  /** Fills what the client left out of the spec. */
  protected S defaults(S spec, T object) {
    return spec;
  }

  @Override
  public T prepareForCreate(T object, WriteContext context) {
    T prepared = parts.withStatus.apply(object, parts.noStatus);
    S spec = allowed(parts.spec.apply(prepared), null);
    return withGeneration(parts.withSpec.apply(prepared, spec), 1);
  }

  /**
   * The spec without fields that wait for a feature gate.
   *
   * @param old what was there before, which may stay; null at creation
   */
  protected S allowed(S spec, @Nullable S old) {
    return spec;
  }

  @Override
  public T prepareForUpdate(T object, T old, WriteContext context) {
    S before = parts.spec.apply(old);
    S spec = allowed(parts.spec.apply(object), before);
    T prepared =
        parts.withSpec.apply(parts.withStatus.apply(object, parts.status.apply(old)), spec);
    return spec.equals(before)
        ? prepared
        : withGeneration(prepared, old.metadata().generation() + 1);
  }

  /** Upstream's strategies of the main resource put the status back. */
  @Override
  public FieldFilter resetFields() {
    return RESETS_STATUS;
  }

  @Override
  public Map<String, UpdateRules<T>> subresources() {
    return Map.of("status", statusRules());
  }

  /** The rules of {@code status}: the spec is put back, metadata but for some fields is not. */
  protected final PartRules<T> statusRules() {
    return new PartRules<>(this::prepareStatus, this::validateStatus, statusResetFields());
  }

  /** What a write of the status leaves of {@code object}; metadata may come with it. */
  protected T prepareStatus(T object, T old, WriteContext context) {
    return parts.withSpec.apply(object, parts.spec.apply(old));
  }

  /** What is wrong with a status. */
  protected List<FieldError> validateStatus(T object, T old) {
    return List.of();
  }

  /** What {@link #prepareStatus} puts back. */
  protected FieldFilter statusResetFields() {
    return RESETS_SPEC;
  }

  @SuppressWarnings("unchecked") // withMetadata keeps the kind
  private T withGeneration(T object, long generation) {
    return (T) object.withMetadata(object.metadata().withGeneration(generation));
  }
}
