package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Informer;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One controller at work: holds what it opened, and starts its loops when the copies they read have
 * their first list. Opened before or after the informers start, whichever the assembly prefers.
 */
public final class ControllerRunner implements Lifecycle {
  private final String name;
  private final Closer closer = new Closer();
  private final CopyOnWriteArrayList<Informer<?>> read = new CopyOnWriteArrayList<>();
  private final ControllerContext context;
  private Loops.@Nullable Loop starter;

  public ControllerRunner(String name, ControllerContext context) {
    this.name = name;
    this.context = context;
  }

  /**
   * The copy of a resource; the loops wait for it. There is no other way to one, so that no
   * controller decides on a copy that is not there yet.
   */
  public <T extends ApiObject> Informer<T> reads(Resource<T> resource) {
    Informer<T> informer = context.informers().of(resource);
    read.addIfAbsent(informer);
    return informer;
  }

  /** The loops wait for this copy no longer; others may still read it. */
  public void leaves(Informer<?> informer) {
    read.remove(informer);
  }

  /** Ends the copy of a resource that the API serves no longer. */
  public void forgets(Resource<?> resource) {
    Informer<?> informer = context.informers().forget(resource);
    if (informer != null) {
      read.remove(informer);
    }
  }

  /** Closed with the runner, the last first. */
  public <L extends AutoCloseable> L holds(L part) {
    return closer.add(part);
  }

  /** The recorder of this controller's events. */
  public EventRecorder events(String component) {
    return holds(
        new EventRecorder(
            context.source(), context.clock(), context.random(), context.loops(), component, ""));
  }

  /** Runs {@code begin} beside the caller, once every copy is there; again if it fails. */
  public synchronized ControllerRunner begin(Loops.Body begin) {
    starter =
        context
            .loops()
            .start(
                "controller-start",
                name,
                () -> {
                  for (Informer<?> informer : read) {
                    informer.awaitSync();
                  }
                  begin.run();
                });
    return this;
  }

  @Override
  public void close() {
    Loops.Loop running;
    synchronized (this) {
      running = starter;
    }
    if (running != null) {
      running.close();
    }
    closer.close();
  }
}
