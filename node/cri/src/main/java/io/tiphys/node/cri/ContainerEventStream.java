package io.tiphys.node.cri;

import io.tiphys.base.Lifecycle;
import org.jspecify.annotations.Nullable;

/** Events in the order they happened, for one reader. */
public interface ContainerEventStream extends Lifecycle {
  /**
   * Blocks for the next event; null once the stream is closed by either side.
   *
   * @throws CriException RESOURCE_EXHAUSTED when the reader fell too far behind and events are
   *     lost: the stream is closed, subscribe and list again
   */
  @Nullable ContainerEvent next() throws InterruptedException;
}
