package io.tiphys.client;

import io.tiphys.meta.selector.Selector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads of a local copy of a resource: never blocking, possibly a little old. */
public interface Lister<T> {
  /** The object, or null when the copy has none of that name. */
  @Nullable T get(String namespace, String name);

  default @Nullable T get(ObjectKey key) {
    return get(key.namespace(), key.name());
  }

  /** Every object, by namespace and name. */
  List<T> list();

  /** The objects of a namespace, by name. */
  List<T> list(String namespace);

  /** The objects of a namespace (of all when empty) whose labels match. */
  List<T> list(String namespace, Selector labels);

  /**
   * The objects that the index function of that name gave {@code key} for.
   *
   * @throws IllegalStateException if there is no such index
   */
  List<T> byIndex(String index, String key);
}
