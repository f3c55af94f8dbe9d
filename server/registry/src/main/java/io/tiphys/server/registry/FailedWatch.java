package io.tiphys.server.registry;

import io.tiphys.api.ApiFailure;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchStream;
import org.jspecify.annotations.Nullable;

/** A watch that ends before it has begun: one event says why. */
final class FailedWatch<T> implements WatchStream<T> {
  private @Nullable ApiFailure failure;

  FailedWatch(ApiFailure failure) {
    this.failure = failure;
  }

  @Override
  public @Nullable WatchEvent<T> next() {
    ApiFailure why = failure;
    failure = null;
    return why == null ? null : new WatchEvent.Failed<>(why);
  }

  @Override
  public void close() {
    failure = null;
  }
}
