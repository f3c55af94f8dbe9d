package io.tiphys.client;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.base.Clock;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The informers of one component: one for each resource, shared by all who ask for it. */
public final class Informers implements Lifecycle {
  private final Source source;
  private final Clock clock;
  private final RandomGenerator random;
  private final Loops loops;
  private final Map<Name, Informer<?>> informers = new LinkedHashMap<>();
  private boolean started;

  private record Name(Resource<?> resource, String fieldSelector) {}

  public Informers(Source source, Clock clock, RandomGenerator random, Loops loops) {
    this.source = source;
    this.clock = clock;
    this.random = random;
    this.loops = loops;
  }

  /** The informer of all objects of {@code resource}, in all namespaces. */
  public <T extends ApiObject> Informer<T> of(Resource<T> resource) {
    return of(resource, "");
  }

  /** The informer of the objects that match a field selector, such as {@code spec.nodeName=n}. */
  public synchronized <T extends ApiObject> Informer<T> of(
      Resource<T> resource, String fieldSelector) {
    @SuppressWarnings("unchecked") // filled here only
    Informer<T> informer =
        (Informer<T>)
            informers.computeIfAbsent(
                new Name(resource, fieldSelector),
                _ -> new Informer<>(source, resource, fieldSelector, clock, random, loops));
    if (started) {
      informer.start();
    }
    return informer;
  }

  /** Ends the informer of a resource that is served no longer; the informer, or null. */
  public @Nullable Informer<?> forget(Resource<?> resource) {
    Informer<?> informer;
    synchronized (this) {
      informer = informers.remove(new Name(resource, ""));
    }
    if (informer != null) {
      informer.close();
    }
    return informer;
  }

  /** Starts those asked for so far; those asked for later start at once. */
  public synchronized void start() {
    started = true;
    informers.values().forEach(Informer::start);
  }

  /** Blocks until every informer asked for so far has its first list or is forgotten. */
  public void awaitSync() throws InterruptedException {
    for (Informer<?> informer : snapshot()) {
      informer.awaitSettled();
    }
  }

  /**
   * Blocks until every informer asked for so far has its first list or is closed, but no longer
   * than {@code limit}: one resource that cannot be listed must not hold up the others.
   *
   * @return the resources that are not there yet
   */
  public List<Resource<?>> awaitSync(Duration limit) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    loops.task("await-sync", () -> awaitSync(over));
    Clock.Timer timer = clock.schedule(limit, over::countDown);
    try {
      over.await();
    } finally {
      timer.cancel();
    }
    List<Resource<?>> missing = new ArrayList<>();
    snapshot().stream()
        .filter(informer -> !informer.hasSynced())
        .forEach(informer -> missing.add(informer.resource()));
    return missing;
  }

  /** Ends with the informers at the latest. */
  private void awaitSync(CountDownLatch over) {
    try {
      awaitSync();
      over.countDown();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    snapshot().forEach(Informer::close);
  }

  private synchronized List<Informer<?>> snapshot() {
    return List.copyOf(informers.values());
  }
}
