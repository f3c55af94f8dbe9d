package io.tiphys.assembly;

import io.tiphys.base.Lifecycle;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** A component that is being opened while others are; closing this closes it too. */
final class Opening<T extends AutoCloseable> implements Lifecycle {
  private final FutureTask<T> task;

  private Opening(FutureTask<T> task) {
    this.task = task;
  }

  /** Begins at once, on a thread of its own: native libraries hold on to theirs. */
  static <T extends AutoCloseable> Opening<T> begin(Callable<T> component) {
    FutureTask<T> task = new FutureTask<>(component);
    Thread.ofPlatform().name("opening").start(task);
    return new Opening<>(task);
  }

  /**
   * The open component.
   *
   * @throws IOException as does any other failure, when opening it threw it
   */
  T await() throws IOException, InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }

  /** Waits until it is open, for only then can it be closed; one that failed never was. */
  @Override
  public void close() {
    try {
      task.get().close();
    } catch (ExecutionException _) {
      // told by await
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
