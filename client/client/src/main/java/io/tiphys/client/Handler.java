package io.tiphys.client;

import java.util.function.Consumer;

/**
 * What an informer tells: one call at a time, in the order of the API's versions. Handlers only
 * enqueue; they never block and never write.
 */
public interface Handler<T> {
  void onAdd(T object);

  /** The object changed, or was replaced by another of its name while nobody watched. */
  void onUpdate(T before, T after);

  /**
   * @param last as it was last seen, which may be before its last change
   */
  void onDelete(T last);

  /** Treats every change alike; of an update it gets the newer object. */
  static <T> Handler<T> of(Consumer<T> changed) {
    return new Handler<>() {
      @Override
      public void onAdd(T object) {
        changed.accept(object);
      }

      @Override
      public void onUpdate(T before, T after) {
        changed.accept(after);
      }

      @Override
      public void onDelete(T last) {
        changed.accept(last);
      }
    };
  }
}
