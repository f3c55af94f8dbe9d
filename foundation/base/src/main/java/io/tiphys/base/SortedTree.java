package io.tiphys.base;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from keys to values in the order of the keys. A change makes a new tree that
 * shares all but the path to the changed key, so every state of a collection can be kept for as
 * long as someone still reads it: that is what makes a list a consistent snapshot without a lock.
 *
 * <p>An AVL tree whose nodes know their size, so that the entries after a key are counted without
 * visiting them.
 */
public final class SortedTree<V> {
  private final Comparator<String> order;
  private final @Nullable Node<V> root;

  private SortedTree(Comparator<String> order, @Nullable Node<V> root) {
    this.order = order;
    this.root = root;
  }

  /** One in the order of {@link String#compareTo}. */
  public static <V> SortedTree<V> empty() {
    return empty(Comparator.naturalOrder());
  }

  public static <V> SortedTree<V> empty(Comparator<String> order) {
    return new SortedTree<>(order, null);
  }

  public int size() {
    return size(root);
  }

  public @Nullable V get(String key) {
    Node<V> node = root;
    while (node != null) {
      int place = order.compare(key, node.key);
      if (place == 0) {
        return node.value;
      }
      node = place < 0 ? node.left : node.right;
    }
    return null;
  }

  public SortedTree<V> with(String key, V value) {
    return new SortedTree<>(order, insert(root, key, value));
  }

  public SortedTree<V> without(String key) {
    return get(key) == null ? this : new SortedTree<>(order, remove(root, key));
  }

  /** The number of entries with {@code from <= key < to}; an empty {@code to} is the end. */
  public int count(String from, String to) {
    return (to.isEmpty() ? size() : below(to)) - below(from);
  }

  /** Calls {@code visitor} for {@code from <= key < to} in order until it answers false. */
  public void scan(String from, String to, Predicate<V> visitor) {
    scan(root, from, to, visitor);
  }

  /** All values, in order. */
  public List<V> values() {
    return values("", "");
  }

  /** All values with {@code from <= key < to}. */
  public List<V> values(String from, String to) {
    List<V> values = new ArrayList<>(Math.max(0, count(from, to)));
    scan(from, to, values::add);
    return values;
  }

  private int below(String key) {
    int count = 0;
    Node<V> node = root;
    while (node != null) {
      if (order.compare(node.key, key) < 0) {
        count += size(node.left) + 1;
        node = node.right;
      } else {
        node = node.left;
      }
    }
    return count;
  }

  private boolean scan(@Nullable Node<V> node, String from, String to, Predicate<V> visitor) {
    if (node == null) {
      return true;
    }
    boolean afterFrom = order.compare(node.key, from) >= 0;
    boolean beforeTo = to.isEmpty() || order.compare(node.key, to) < 0;
    if (afterFrom && !scan(node.left, from, to, visitor)) {
      return false;
    }
    if (afterFrom && beforeTo && !visitor.test(node.value)) {
      return false;
    }
    return !beforeTo || scan(node.right, from, to, visitor);
  }

  private Node<V> insert(@Nullable Node<V> node, String key, V value) {
    if (node == null) {
      return new Node<>(key, value, null, null);
    }
    int place = order.compare(key, node.key);
    if (place == 0) {
      return new Node<>(key, value, node.left, node.right);
    }
    return place < 0
        ? balance(node.key, node.value, insert(node.left, key, value), node.right)
        : balance(node.key, node.value, node.left, insert(node.right, key, value));
  }

  private @Nullable Node<V> remove(@Nullable Node<V> node, String key) {
    if (node == null) {
      return null;
    }
    int place = order.compare(key, node.key);
    if (place < 0) {
      return balance(node.key, node.value, remove(node.left, key), node.right);
    }
    if (place > 0) {
      return balance(node.key, node.value, node.left, remove(node.right, key));
    }
    if (node.left == null || node.right == null) {
      return node.left == null ? node.right : node.left;
    }
    Node<V> next = node.right;
    while (next.left != null) {
      next = next.left;
    }
    return balance(next.key, next.value, node.left, remove(node.right, next.key));
  }

  private static <V> Node<V> balance(
      String key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
    int lean = height(left) - height(right);
    if (lean > 1 && left != null) {
      Node<V> pivot = left.right;
      if (height(left.left) >= height(pivot) || pivot == null) {
        return new Node<>(left.key, left.value, left.left, new Node<>(key, value, pivot, right));
      }
      return new Node<>(
          pivot.key,
          pivot.value,
          new Node<>(left.key, left.value, left.left, pivot.left),
          new Node<>(key, value, pivot.right, right));
    }
    if (lean < -1 && right != null) {
      Node<V> pivot = right.left;
      if (height(right.right) >= height(pivot) || pivot == null) {
        return new Node<>(right.key, right.value, new Node<>(key, value, left, pivot), right.right);
      }
      return new Node<>(
          pivot.key,
          pivot.value,
          new Node<>(key, value, left, pivot.left),
          new Node<>(right.key, right.value, pivot.right, right.right));
    }
    return new Node<>(key, value, left, right);
  }

  private static int height(@Nullable Node<?> node) {
    return node == null ? 0 : node.height;
  }

  private static int size(@Nullable Node<?> node) {
    return node == null ? 0 : node.size;
  }

  private static final class Node<V> {
    final String key;
    final V value;
    final @Nullable Node<V> left;
    final @Nullable Node<V> right;
    final int height;
    final int size;

    Node(String key, V value, @Nullable Node<V> left, @Nullable Node<V> right) {
      this.key = key;
      this.value = value;
      this.left = left;
      this.right = right;
      height = 1 + Math.max(height(left), height(right));
      size = 1 + size(left) + size(right);
    }
  }
}
