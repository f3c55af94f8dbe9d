package io.tiphys.client;

import io.tiphys.base.Lifecycle;
import org.jspecify.annotations.Nullable;

/** An open watch, read by one thread. */
public interface WatchStream<T> extends Lifecycle {
  /**
   * Blocks for the next event.
   *
   * @return null when the stream has ended or was closed
   */
  @Nullable WatchEvent<T> next() throws InterruptedException;
}
