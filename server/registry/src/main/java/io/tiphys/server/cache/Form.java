package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.api.ObjectType;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A way to show stored objects as another kind: another version, a legacy kind, metadata alone.
 * Compared by identity; one instance serves all readers.
 *
 * @param <S> the stored kind
 * @param <T> the kind shown
 */
public final class Form<S extends ApiObject, T extends ApiObject> {
  private final ObjectType<T> type;
  private final Function<S, T> convert;
  private final Predicate<S> shows;

  public Form(ObjectType<T> type, Function<S, T> convert, Predicate<S> shows) {
    this.type = type;
    this.convert = convert;
    this.shows = shows;
  }

  /** Objects as they are stored. */
  public static <S extends ApiObject> Form<S, S> stored(ObjectType<S> type) {
    return new Form<>(type, object -> object, object -> true);
  }

  ObjectType<T> type() {
    return type;
  }

  T convert(S stored) {
    return convert.apply(stored);
  }

  public boolean shows(Cached<S> stored) {
    return stored.type().equals(type) || shows.test(stored.record());
  }
}
