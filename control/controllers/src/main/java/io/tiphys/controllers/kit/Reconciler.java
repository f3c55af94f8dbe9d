package io.tiphys.controllers.kit;

/** Brings the world of one key nearer to what is wished; safe to call again at any time. */
@FunctionalInterface
public interface Reconciler<K> {
  /**
   * Called by one worker at a time for one key. An exception means: try again, later each time.
   *
   * @throws InterruptedException when the controller closes
   */
  Result reconcile(K key) throws InterruptedException;
}
