package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which objects of a resource a reader wants.
 *
 * @param namespace empty for all
 * @param name empty for all
 * @param filter null when every object fits
 * @param index a field that must have one exact value, if there is one: only changes of objects
 *     with this value are offered to such a watch
 */
public record Selection<T extends ApiObject>(
    String namespace, String name, @Nullable Predicate<T> filter, @Nullable FieldValue<T> index) {

  /** Everything in a namespace; in all of them when it is empty. */
  public static <T extends ApiObject> Selection<T> of(String namespace) {
    return new Selection<>(namespace, "", null, null);
  }

  boolean matches(Cached<T> object) {
    return (namespace.isEmpty() || object.namespace().equals(namespace))
        && (name.isEmpty() || object.name().equals(name))
        && (filter == null || filter.test(object.record()));
  }

  /** The first key of the range of keys that can match. */
  String from() {
    if (namespace.isEmpty()) {
      return "";
    }
    return namespace + "/" + name;
  }

  /** The key after the range; empty for the end. */
  String to() {
    if (namespace.isEmpty()) {
      return "";
    }
    return name.isEmpty() ? namespace + "0" : namespace + "/" + name + "\0";
  }

  /**
   * One value of one field.
   *
   * @param field as selectors name it
   */
  public record FieldValue<T>(String field, Function<T, String> read, String value) {}
}
