package io.tiphys.api;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The maps of the records: immutable, in the order of their keys, two arrays each. Labels and
 * annotations are in every object of a cluster, so their size is the size of its caches; and Go
 * writes maps in this order.
 */
public final class Frozen<V> extends AbstractMap<String, V> {
  private static final Frozen<Object> EMPTY = new Frozen<>(new String[0], new Object[0]);

  private final String[] keys;
  private final Object[] values;

  private Frozen(String[] keys, Object[] values) {
    this.keys = keys;
    this.values = values;
  }

  /** {@code map} itself if it is frozen, else a frozen copy. */
  public static <V> Map<String, V> map(Map<String, V> map) {
    if (map instanceof Frozen<V>) {
      return map;
    }
    if (map.isEmpty()) {
      @SuppressWarnings("unchecked") // holds nothing
      Frozen<V> empty = (Frozen<V>) EMPTY;
      return empty;
    }
    Map<String, V> sorted = map.size() == 1 ? map : new TreeMap<>(map);
    String[] keys = new String[sorted.size()];
    Object[] values = new Object[keys.length];
    int i = 0;
    for (Map.Entry<String, V> entry : sorted.entrySet()) {
      keys[i] = Objects.requireNonNull(entry.getKey());
      values[i++] = Objects.requireNonNull(entry.getValue());
    }
    return new Frozen<>(keys, values);
  }

  @Override
  public int size() {
    return keys.length;
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    int at = key instanceof String name ? Arrays.binarySearch(keys, name) : -1;
    return at < 0 ? null : value(at);
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return key instanceof String name && Arrays.binarySearch(keys, name) >= 0;
  }

  @SuppressWarnings("unchecked") // filled in map() only
  private V value(int at) {
    return (V) values[at];
  }

  @Override
  public Set<Map.Entry<String, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return keys.length;
      }

      @Override
      public Iterator<Map.Entry<String, V>> iterator() {
        return new Entries();
      }
    };
  }

  private final class Entries implements Iterator<Map.Entry<String, V>> {
    private int next;

    @Override
    public boolean hasNext() {
      return next < keys.length;
    }

    @Override
    public Map.Entry<String, V> next() {
      if (next == keys.length) {
        throw new NoSuchElementException();
      }
      int at = next++;
      return Map.entry(keys[at], value(at));
    }
  }
}
