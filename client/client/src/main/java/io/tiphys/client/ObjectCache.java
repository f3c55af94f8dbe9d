package io.tiphys.client;

import io.tiphys.api.ApiObject;
import io.tiphys.base.Invariant;
import io.tiphys.meta.selector.Selector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The local copy behind an informer: objects in order, and indexes that change with them. */
final class ObjectCache<T extends ApiObject> implements Lister<T> {
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final TreeMap<ObjectKey, T> objects = new TreeMap<>();
  private final Map<String, Index<T>> indexes = new LinkedHashMap<>();

  private record Index<T>(
      Function<T, ? extends Collection<String>> keys, Map<String, TreeMap<ObjectKey, T>> entries) {

    void add(ObjectKey key, T object) {
      for (String value : keys.apply(object)) {
        entries.computeIfAbsent(value, _ -> new TreeMap<>()).put(key, object);
      }
    }

    void remove(ObjectKey key, T object) {
      for (String value : keys.apply(object)) {
        TreeMap<ObjectKey, T> entry = entries.get(value);
        if (entry != null) {
          entry.remove(key);
          if (entry.isEmpty()) {
            entries.remove(value);
          }
        }
      }
    }
  }

  void addIndex(String name, Function<T, ? extends Collection<String>> keys) {
    lock.writeLock().lock();
    try {
      Index<T> index = new Index<>(keys, new LinkedHashMap<>());
      Invariant.check(indexes.put(name, index) == null, "an index has a name of its own: " + name);
      objects.forEach(index::add);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Returns the object that was there. */
  @Nullable T put(T object) {
    ObjectKey key = ObjectKey.of(object);
    lock.writeLock().lock();
    try {
      T before = objects.put(key, object);
      for (Index<T> index : indexes.values()) {
        if (before != null) {
          index.remove(key, before);
        }
        index.add(key, object);
      }
      return before;
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** Returns the object that was there. */
  @Nullable T remove(ObjectKey key) {
    lock.writeLock().lock();
    try {
      T before = objects.remove(key);
      if (before != null) {
        for (Index<T> index : indexes.values()) {
          index.remove(key, before);
        }
      }
      return before;
    } finally {
      lock.writeLock().unlock();
    }
  }

  Set<ObjectKey> keys() {
    lock.readLock().lock();
    try {
      return new LinkedHashSet<>(objects.keySet());
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public @Nullable T get(String namespace, String name) {
    lock.readLock().lock();
    try {
      return objects.get(new ObjectKey(namespace, name));
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public List<T> list() {
    return list("");
  }

  @Override
  public List<T> list(String namespace) {
    lock.readLock().lock();
    try {
      return new ArrayList<>(in(namespace).values());
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public List<T> list(String namespace, Selector labels) {
    List<T> matching = list(namespace);
    matching.removeIf(object -> !labels.matches(object.metadata().labels()));
    return matching;
  }

  @Override
  public List<T> byIndex(String index, String key) {
    lock.readLock().lock();
    try {
      Index<T> found = indexes.get(index);
      if (found == null) {
        throw new IllegalStateException("no index of the name " + index);
      }
      TreeMap<ObjectKey, T> entry = found.entries.get(key);
      return entry == null ? List.of() : new ArrayList<>(entry.values());
    } finally {
      lock.readLock().unlock();
    }
  }

  private SortedMap<ObjectKey, T> in(String namespace) {
    return namespace.isEmpty()
        ? objects
        : objects.subMap(new ObjectKey(namespace, ""), new ObjectKey(namespace + "\0", ""));
  }
}
