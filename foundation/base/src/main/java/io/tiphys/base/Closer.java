package io.tiphys.base;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Holds what was opened and closes it in reverse order, each one even if another fails. */
public final class Closer implements Lifecycle {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  /** Remembers {@code resource} for closing and returns it. */
  public synchronized <T extends AutoCloseable> T add(T resource) {
    opened.push(resource);
    return resource;
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (AutoCloseable next = pop(); next != null; next = pop()) {
      try {
        next.close();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = merge(failure, e);
      } catch (Exception e) {
        failure = merge(failure, e);
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private synchronized @Nullable AutoCloseable pop() {
    return opened.poll();
  }

  private static RuntimeException merge(@Nullable RuntimeException earlier, Exception next) {
    if (earlier == null) {
      return next instanceof RuntimeException e ? e : new IllegalStateException(next);
    }
    earlier.addSuppressed(next);
    return earlier;
  }
}
