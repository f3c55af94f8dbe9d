package io.tiphys.client.testing;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.Resource;
import io.tiphys.client.Source;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A source that throws whatever a test wants, from every call, until it is told to stop; its
 * watches end when a test says so.
 */
public final class FaultySource {
  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
  private volatile String only = "";
  private volatile CountDownLatch thrown = new CountDownLatch(0);
  private final Set<String> failed = ConcurrentHashMap.newKeySet();
  private final Set<BreakableWatch<?>> watches = ConcurrentHashMap.newKeySet();
  private final Source source;

  public FaultySource(Source over) {
    source =
        (Source)
            Proxy.newProxyInstance(
                Source.class.getClassLoader(),
                new Class<?>[] {Source.class},
                (_, method, arguments) -> {
                  Throwable now = fault.get();
                  String call = method.getName() + " " + plural(arguments);
                  if (now != null && (only.isEmpty() || only.equals(call))) {
                    failed.add(call);
                    thrown.countDown();
                    throw now;
                  }
                  try {
                    Object answer = method.invoke(over, arguments);
                    return answer instanceof WatchStream<?> watch ? opened(watch) : answer;
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  private <T> WatchStream<T> opened(WatchStream<T> watch) {
    BreakableWatch<T> breakable = new BreakableWatch<>(watch);
    watches.add(breakable);
    return breakable;
  }

  /** Ends every open watch as a server that goes away does, or with a failure. */
  public void endWatches(@Nullable ApiFailure failure) {
    watches.forEach(watch -> watch.end(failure));
  }

  public Source source() {
    return source;
  }

  /** From now on every call throws {@code problem}, unchecked and perhaps unexpected. */
  public void fail(Throwable problem) {
    fail("", problem);
  }

  /**
   * From now on one kind of call throws {@code problem}.
   *
   * @param call such as {@code get nodes}; empty for all
   */
  public void fail(String call, Throwable problem) {
    only = call;
    failed.clear();
    thrown = new CountDownLatch(1);
    fault.set(problem);
  }

  /** Whether a call has met the problem yet. */
  public boolean hasFailed() {
    return thrown.getCount() == 0;
  }

  /** The calls that have met the problem, such as {@code get nodes}. */
  public Set<String> failed() {
    return Set.copyOf(failed);
  }

  private static String plural(@Nullable Object @Nullable [] arguments) {
    return arguments != null && arguments[0] instanceof Resource<?> resource
        ? resource.plural()
        : "";
  }

  public void recover() {
    fault.set(null);
  }

  private final class BreakableWatch<T> implements WatchStream<T> {
    private final WatchStream<T> watch;
    private volatile @Nullable ApiFailure failure;

    BreakableWatch(WatchStream<T> watch) {
      this.watch = watch;
    }

    void end(@Nullable ApiFailure why) {
      failure = why;
      watch.close();
    }

    @Override
    public @Nullable WatchEvent<T> next() throws InterruptedException {
      WatchEvent<T> event = watch.next();
      ApiFailure last = failure;
      if (event == null && last != null) {
        failure = null;
        return new WatchEvent.Failed<>(last);
      }
      return event;
    }

    @Override
    public void close() {
      watches.remove(this);
      watch.close();
    }
  }
}
