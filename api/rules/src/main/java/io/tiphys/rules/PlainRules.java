package io.tiphys.rules;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rules of a kind without spec and status, put together from what little it asks: defaults, checks,
 * names. For kinds that fit in a few lines.
 */
public final class PlainRules<T extends ApiObject> implements ResourceRules<T> {
  private final Resource<T> resource;
  private final Map<String, Function<T, String>> selectable = new LinkedHashMap<>();
  private UnaryOperator<T> defaults = UnaryOperator.identity();
  private Function<T, List<FieldError>> check = _ -> List.of();
  private BiFunction<T, T, List<FieldError>> checkUpdate = (_, _) -> List.of();
  private BiFunction<T, @Nullable T, T> preparation = (object, _) -> object;
  private boolean checkAgain = true;
  private Function<T, List<String>> creationWarnings = _ -> List.of();
  private BiFunction<T, T, List<String>> updateWarnings = (_, _) -> List.of();
  private NameRule names = NameRule.DNS_SUBDOMAIN;
  private @Nullable Function<T, Object> wish;
  private boolean countsFromBirth = true;
  private boolean createOnUpdate;
  private boolean unconditionalUpdate = true;
  private @Nullable Duration timeToLive;

  public PlainRules(Resource<T> resource) {
    this.resource = resource;
  }

  public PlainRules<T> defaulting(UnaryOperator<T> fill) {
    defaults = fill;
    return this;
  }

  public PlainRules<T> checking(Function<T, List<FieldError>> errors) {
    check = errors;
    return this;
  }

  /** In addition to the check of the new object by itself. */
  public PlainRules<T> checkingUpdates(BiFunction<T, T, List<FieldError>> errors) {
    checkUpdate = errors;
    return this;
  }

  /** Instead of the check of the new object by itself, which may be part of it. */
  public PlainRules<T> checkingUpdatesAlone(BiFunction<T, T, List<FieldError>> errors) {
    checkUpdate = errors;
    checkAgain = false;
    return this;
  }

  /** Changes what would be stored, knowing what it replaces; null for a new object. */
  public PlainRules<T> preparing(BiFunction<T, @Nullable T, T> prepare) {
    preparation = prepare;
    return this;
  }

  /** Instead of the check of the new object by itself: what has not changed may be let pass. */
  public PlainRules<T> checkingWithOld(BiFunction<T, @Nullable T, List<FieldError>> errors) {
    check = object -> errors.apply(object, null);
    return checkingUpdatesAlone(errors);
  }

  /** Objects have a generation, which grows when what {@code wished} reads of them changes. */
  public PlainRules<T> counting(Function<T, Object> wished) {
    wish = wished;
    return this;
  }

  /** As {@link #counting}, but a new object has no generation yet. */
  public PlainRules<T> countingChanges(Function<T, Object> wished) {
    countsFromBirth = false;
    return counting(wished);
  }

  /** What writers should hear. */
  public PlainRules<T> warning(
      Function<T, List<String>> onCreate, BiFunction<T, T, List<String>> onUpdate) {
    creationWarnings = onCreate;
    updateWarnings = onUpdate;
    return this;
  }

  public PlainRules<T> named(NameRule rule) {
    names = rule;
    return this;
  }

  public PlainRules<T> selectableBy(String field, Function<T, String> value) {
    selectable.put(field, value);
    return this;
  }

  public PlainRules<T> createdOnUpdate() {
    createOnUpdate = true;
    return this;
  }

  /** An update must say which version of the object it is made from. */
  public PlainRules<T> updatedKnowingly() {
    unconditionalUpdate = false;
    return this;
  }

  public PlainRules<T> living(Duration time) {
    timeToLive = time;
    return this;
  }

  @Override
  public Resource<T> resource() {
    return resource;
  }

  @Override
  public T defaults(T object) {
    return defaults.apply(object);
  }

  @Override
  public T prepareForCreate(T object, WriteContext context) {
    T prepared = preparation.apply(object, null);
    return wish != null && countsFromBirth ? withGeneration(prepared, 1) : prepared;
  }

  @Override
  public T prepareForUpdate(T object, T old, WriteContext context) {
    T prepared = preparation.apply(object, old);
    return wish == null || wish.apply(prepared).equals(wish.apply(old))
        ? prepared
        : withGeneration(prepared, old.metadata().generation() + 1);
  }

  @SuppressWarnings("unchecked") // withMetadata keeps the kind
  private T withGeneration(T object, long generation) {
    return (T) object.withMetadata(object.metadata().withGeneration(generation));
  }

  @Override
  public List<FieldError> validate(T object) {
    return check.apply(object);
  }

  @Override
  public List<FieldError> validateUpdate(T object, T old) {
    List<FieldError> errors = new ArrayList<>(checkAgain ? validate(object) : List.of());
    errors.addAll(checkUpdate.apply(object, old));
    return errors;
  }

  @Override
  public List<String> warningsOnCreate(T object) {
    return creationWarnings.apply(object);
  }

  @Override
  public List<String> warningsOnUpdate(T object, T old) {
    return updateWarnings.apply(object, old);
  }

  @Override
  public NameRule nameRule() {
    return names;
  }

  @Override
  public boolean allowCreateOnUpdate() {
    return createOnUpdate;
  }

  @Override
  public boolean allowUnconditionalUpdate() {
    return unconditionalUpdate;
  }

  @Override
  public Map<String, Function<T, String>> selectableFields() {
    return selectable;
  }

  @Override
  public @Nullable Duration timeToLive(T object) {
    return timeToLive;
  }
}
