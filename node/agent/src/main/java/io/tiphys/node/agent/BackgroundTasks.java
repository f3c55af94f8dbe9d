package io.tiphys.node.agent;

import io.tiphys.base.Loops;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Long work of one pod that its end need not wait for, such as pulling an image: one at a time, on
 * a thread of its own. Thread-safe.
 */
final class BackgroundTasks {
  private final Loops loops;
  private @Nullable FutureTask<?> present;
  private boolean calledOff;

  BackgroundTasks(Loops loops) {
    this.loops = loops;
  }

  /**
   * Does {@code work} and waits for it.
   *
   * @return what came of it; empty when it was called off, then it may still be on its way
   * @throws RuntimeException what the work threw
   */
  <T> Optional<T> attend(Supplier<T> work) throws InterruptedException {
    FutureTask<T> task = new FutureTask<>(work::get);
    synchronized (this) {
      if (calledOff) {
        return Optional.empty();
      }
      present = task;
    }
    loops.task("errand", task);
    try {
      return Optional.of(task.get());
    } catch (CancellationException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      task.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    }
  }

  /** The present errand, and all that would follow, are not wanted any more. */
  synchronized void callOff() {
    calledOff = true;
    if (present != null) {
      present.cancel(true);
    }
  }
}
