package io.tiphys.server.cache;

import io.tiphys.api.ApiObject;
import io.tiphys.base.SortedTree;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All objects of one resource at one revision. Never changes.
 *
 * @param <S> the stored kind
 */
public final class Snapshot<S extends ApiObject> implements State<S> {
  private final SortedTree<Cached<S>> objects;
  private final long revision;

  Snapshot(SortedTree<Cached<S>> objects, long revision) {
    this.objects = objects;
    this.revision = revision;
  }

  /** The state of the store that this shows. */
  @Override
  public long revision() {
    return revision;
  }

  public int size() {
    return objects.size();
  }

  /**
   * @param key {@code namespace/name}, or the name alone
   */
  public @Nullable Cached<S> get(String key) {
    return objects.get(key);
  }

  /** Everything in a namespace; in all of them when it is empty. */
  public List<Cached<S>> in(String namespace) {
    Selection<S> selection = Selection.of(namespace);
    return objects.values(selection.from(), selection.to());
  }

  SortedTree<Cached<S>> tree() {
    return objects;
  }

  @Override
  public void scan(String from, String to, Predicate<Cached<S>> visitor) {
    objects.scan(from, to, visitor);
  }

  @Override
  public long count(String from, String to) {
    return objects.count(from, to);
  }
}
