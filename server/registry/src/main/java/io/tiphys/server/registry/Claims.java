package io.tiphys.server.registry;

import io.tiphys.store.Store;
import java.util.ArrayList;
import java.util.List;

/**
 * Keys that an object takes or gives back as it is written: each must be nobody's when it is taken.
 *
 * @param taken what is written under them
 * @param released keys that are deleted
 */
record Claims(List<Store.Put> taken, List<String> released) {
  static final Claims NONE = new Claims(List.of(), List.of());

  /**
   * Of each kind so many go into the transaction of the object; it has room for {@link
   * Store#MAX_CHANGES} changes and as many comparisons, and the object needs some itself.
   */
  private static final int ROOM = 60;

  Claims {
    taken = List.copyOf(taken);
    released = List.copyOf(released);
  }

  boolean take(String key) {
    return taken.stream().anyMatch(put -> put.key().equals(key));
  }

  /** The object's transaction with what of this fits into it. */
  Store.Txn with(Store.Txn object) {
    if (equals(NONE)) {
      return object;
    }
    List<Store.Put> puts = new ArrayList<>(object.puts());
    puts.addAll(head(taken));
    List<String> deletes = new ArrayList<>(object.deletes());
    deletes.addAll(head(released));
    List<Store.Compare> compares = new ArrayList<>(object.compares());
    compares.addAll(absent(head(taken)));
    return new Store.Txn(compares, puts, deletes);
  }

  /** What else is taken, before the object is written. */
  List<Store.Txn> before() {
    return parts(taken).stream().map(part -> new Store.Txn(absent(part), part, List.of())).toList();
  }

  /** What else is given back, after the object is written. */
  List<Store.Txn> after() {
    return parts(released).stream().map(part -> new Store.Txn(List.of(), List.of(), part)).toList();
  }

  private static List<Store.Compare> absent(List<Store.Put> puts) {
    return puts.stream().map(put -> new Store.Compare(put.key(), Store.ABSENT)).toList();
  }

  private static <E> List<E> head(List<E> all) {
    return all.subList(0, Math.min(ROOM, all.size()));
  }

  /** What is behind the head, in pieces that fit into a transaction. */
  private static <E> List<List<E>> parts(List<E> all) {
    List<List<E>> parts = new ArrayList<>();
    for (int from = ROOM; from < all.size(); from += ROOM) {
      parts.add(all.subList(from, Math.min(from + ROOM, all.size())));
    }
    return parts;
  }
}
