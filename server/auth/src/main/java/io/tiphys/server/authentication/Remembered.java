package io.tiphys.server.authentication;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A bounded memory of what was costly to find out. It has two generations: when the young one is
 * full it becomes the old one, and what is asked for of the old one moves to the young. So what is
 * in use stays, what is not asked for goes after at most two rounds, and a full memory never
 * forgets everything at once. Reading takes no lock. Thread-safe.
 */
final class Remembered<K, V> {
  private final int generation;
  private volatile Map<K, V> young = new ConcurrentHashMap<>();
  private volatile Map<K, V> old = Map.of();

  /**
   * @param most entries of both generations together
   */
  Remembered(int most) {
    generation = Math.max(1, most / 2);
  }

  @Nullable V get(K key) {
    V found = young.get(key);
    if (found == null) {
      found = old.get(key);
      if (found != null) {
        put(key, found);
      }
    }
    return found;
  }

  void put(K key, V value) {
    if (young.size() >= generation) {
      turn();
    }
    young.put(key, value);
  }

  private synchronized void turn() {
    if (young.size() >= generation) {
      old = young;
      young = new ConcurrentHashMap<>();
    }
  }

  /** How many entries there are; one that moved may count twice. */
  int size() {
    return young.size() + old.size();
  }
}
