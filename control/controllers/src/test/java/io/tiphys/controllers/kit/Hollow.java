package io.tiphys.controllers.kit;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Lifecycle;
import io.tiphys.client.Handler;
import io.tiphys.client.Informers;
import io.tiphys.server.apiserver.testing.OtherComponents;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;

/** A node on which every pod runs at once, and ends as soon as it shall. */
public final class Hollow implements Lifecycle {
  private final OtherComponents others;
  private final UnaryOperator<Pod> starts;
  private final Informers informers;
  private final LinkedBlockingQueue<Pod> changed = new LinkedBlockingQueue<>();
  private final Lifecycle loop;

  private Hollow(World world, UnaryOperator<Pod> starts) {
    others = world.source;
    this.starts = starts;
    ControllerContext context = world.context;
    informers = new Informers(context.source(), context.clock(), new Random(3), context.loops());
    informers.of(CoreV1.PODS).addHandler(Handler.of(changed::add));
    loop = context.loops().start("hollow", this::work);
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

  private void work() throws InterruptedException {
    while (true) {
      handle(changed.take());
    }
  }

  private void handle(Pod last) {
    Pod pod = others.find(CoreV1.PODS, last.namespace(), last.name());
    if (pod == null) {
      return;
    }
    if (pod.metadata().deletionTimestamp() != null) {
      if (pod.metadata().finalizers().isEmpty()) {
        others.remove(CoreV1.PODS, pod.namespace(), pod.name());
      }
    } else if (pod.status().phase().equals("Pending")) {
      others.put(CoreV1.PODS, starts.apply(pod));
    }
  }

  @Override
  public void close() {
    loop.close();
    informers.close();
  }
}
