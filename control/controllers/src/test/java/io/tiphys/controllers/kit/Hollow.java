package io.tiphys.controllers.kit;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.Handler;
import io.tiphys.client.Informers;
import io.tiphys.client.fake.FakeSource;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/** A node on which every pod runs at once, and ends as soon as it shall. */
public final class Hollow implements Lifecycle {
  private final FakeSource source;
  private final UnaryOperator<Pod> starts;
  private final Informers informers;
  private final LinkedBlockingQueue<Pod> changed = new LinkedBlockingQueue<>();
  private final Thread thread;

  private Hollow(World world, UnaryOperator<Pod> starts) {
    source = world.source;
    this.starts = starts;
    informers = new Informers(source, new ManualClock(), new Random(3), world.context.loops());
    informers.of(CoreV1.PODS).addHandler(Handler.of(changed::add));
    thread = Thread.ofVirtual().start(this::work);
    informers.start();
  }

  /** Makes every pod run and be ready. */
  public static Hollow running(World world) {
    return new Hollow(world, pod -> ready(world, pod));
  }

  /** Makes of every new pod what {@code starts} makes of it. */
  public static Hollow of(World world, UnaryOperator<Pod> starts) {
    return new Hollow(world, starts);
  }

  public static Pod ready(World world, Pod pod) {
    Pod running = World.running(pod, "10.0.0.1", true);
    return running.withStatus(
        running
            .status()
            .withConditions(
                running.status().conditions().stream()
                    .map(condition -> condition.withLastTransitionTime(world.clock.now()))
                    .toList()));
  }

  private void work() {
    try {
      while (true) {
        handle(changed.take());
      }
    } catch (InterruptedException _) {
      // Closed.
    }
  }

  private void handle(Pod last) {
    synchronized (source) {
      Pod pod = source.find(CoreV1.PODS, last.namespace(), last.name());
      if (pod == null) {
        return;
      }
      if (pod.metadata().deletionTimestamp() != null) {
        if (pod.metadata().finalizers().isEmpty()) {
          source.delete(
              CoreV1.PODS,
              pod.namespace(),
              pod.name(),
              DeleteOptions.EMPTY.withGracePeriodSeconds(0L));
        }
      } else if (pod.status().phase().isEmpty()) {
        source.put(CoreV1.PODS, starts.apply(pod));
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    informers.close();
  }
}
