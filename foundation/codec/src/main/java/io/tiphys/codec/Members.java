package io.tiphys.codec;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object: an immutable map in the order of insertion, in two arrays, with an
 * index of hashes when there are many. A third of the memory of a LinkedHashMap, and built without
 * copying entries.
 */
final class Members extends AbstractMap<String, Json> {
  /** Up to here comparing with every name beats hashing. */
  private static final int FEW = 8;

  private static final int[] NO_INDEX = {};

  private final String[] names;
  private final Json[] values;
  private final int size;

  /** Positions plus one in {@link #names} by hash, open addressing; empty for few members. */
  private final int[] index;

  private Members(String[] names, Json[] values, int size, int[] index) {
    this.names = names;
    this.values = values;
    this.size = size;
    this.index = index;
  }

  static Members copyOf(Map<String, Json> map) {
    if (map instanceof Members members) {
      return members;
    }
    String[] names = new String[map.size()];
    Json[] values = new Json[map.size()];
    int size = 0;
    for (Map.Entry<String, Json> entry : map.entrySet()) {
      names[size] = entry.getKey();
      values[size++] = entry.getValue();
    }
    return of(names, values, size);
  }

  /** The first {@code count} pairs; of pairs with one name the last value, at the first place. */
  static Members of(String[] names, Json[] values, int count) {
    int[] index = count <= FEW ? NO_INDEX : new int[Integer.highestOneBit(count) * 4];
    String[] ownNames = new String[count];
    Json[] ownValues = new Json[count];
    int size = 0;
    for (int i = 0; i < count; i++) {
      int found = find(ownNames, size, index, names[i]);
      if (found >= 0 && found < size) {
        ownValues[found] = values[i];
        continue;
      }
      if (index.length > 0) {
        index[-found - 1] = size + 1;
      }
      ownNames[size] = names[i];
      ownValues[size++] = values[i];
    }
    return new Members(ownNames, ownValues, size, index);
  }

  /** The position of {@code name}, else a negative number: -1 minus the free place in the index. */
  private static int find(String[] names, int size, int[] index, String name) {
    if (index.length == 0) {
      for (int i = 0; i < size; i++) {
        if (names[i].equals(name)) {
          return i;
        }
      }
      return -1;
    }
    int hash = name.hashCode();
    int mask = index.length - 1;
    int place = (hash ^ hash >>> 16) & mask;
    while (index[place] != 0) {
      int candidate = index[place] - 1;
      if (names[candidate].equals(name)) {
        return candidate;
      }
      place = (place + 1) & mask;
    }
    return -1 - place;
  }

  @Override
  public @Nullable Json get(Object key) {
    int found = key instanceof String name ? find(names, size, index, name) : -1;
    return found < 0 ? null : values[found];
  }

  @Override
  public boolean containsKey(Object key) {
    return get(key) != null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Json> action) {
    for (int i = 0; i < size; i++) {
      action.accept(names[i], values[i]);
    }
  }

  @Override
  public Set<Entry<String, Json>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public Iterator<Entry<String, Json>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < size;
          }

          @Override
          public Entry<String, Json> next() {
            if (next == size) {
              throw new NoSuchElementException();
            }
            return Map.entry(names[next], values[next++]);
          }
        };
      }
    };
  }
}
