package io.tiphys.controllers.kit;

import io.tiphys.api.ApiObject;
import io.tiphys.api.Resource;
import io.tiphys.api.core.v1.Container;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.core.v1.PodCondition;
import io.tiphys.api.core.v1.PodIP;
import io.tiphys.api.core.v1.PodSpec;
import io.tiphys.api.core.v1.PodStatus;
import io.tiphys.api.meta.v1.ObjectMeta;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.testing.ManualClock;
import io.tiphys.client.Informers;
import io.tiphys.client.WatchEvent;
import io.tiphys.client.WatchOptions;
import io.tiphys.client.WatchStream;
import io.tiphys.client.fake.FakeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

/** A cluster of one fake API, time moved by hand, and the controllers a test opens in it. */
public final class World implements Lifecycle {
  /** How long a test waits in real time; nobody waits that long unless something is broken. */
  private static final int PATIENCE_SECONDS = 60;

  public final ManualClock clock = new ManualClock();
  private final Loops loops = new Loops(clock, new Random(9));
  public final FakeSource source = new FakeSource(clock);
  private final Closer closer = new Closer();
  private final Informers informers =
      closer.add(new Informers(source, clock, new Random(1), loops));
  public final ControllerContext context =
      new ControllerContext(source, informers, clock, new Random(2), loops);

  /** Opens a controller and lets it begin. */
  public void open(Function<ControllerContext, Lifecycle> controller) {
    closer.add(controller.apply(context));
    informers.start();
  }

  /** Blocks until the object is as wished; time moves on a little whenever nothing happens. */
  public <T extends ApiObject> T await(
      Resource<T> resource, String namespace, String name, Predicate<T> wished)
      throws InterruptedException {
    awaitThat(
        resource,
        () -> {
          T found = source.find(resource, namespace, name);
          return found != null && wished.test(found);
        });
    return source.get(resource, namespace, name);
  }

  public void awaitGone(Resource<?> resource, String namespace, String name)
      throws InterruptedException {
    awaitThat(resource, () -> source.find(resource, namespace, name) == null);
  }

  /** Blocks until it holds; it is asked after each change of the resource. */
  public <T extends ApiObject> void awaitThat(Resource<T> resource, BooleanSupplier holds)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    BlockingQueue<WatchEvent<T>> events = new LinkedBlockingQueue<>();
    try (WatchStream<T> watch = source.watch(resource, "", new WatchOptions("", "", ""))) {
      Thread.ofVirtual().start(() -> copy(watch, events));
      while (!holds.getAsBoolean()) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("not so in time; written: " + source.actions());
        }
        if (events.poll(10, TimeUnit.MILLISECONDS) == null) {
          clock.advance(Duration.ofMillis(100));
        }
      }
    }
  }

  private static <T> void copy(WatchStream<T> watch, BlockingQueue<WatchEvent<T>> events) {
    try {
      for (WatchEvent<T> event = watch.next(); event != null; event = watch.next()) {
        events.add(event);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  public static Pod pod(String name, String app) {
    return Pod.builder()
        .metadata(
            ObjectMeta.builder().namespace("ns").name(name).labels(Map.of("app", app)).build())
        .spec(PodSpec.EMPTY.withContainers(List.of(Container.EMPTY.withName("main"))))
        .build();
  }

  /** The pod on node {@code n1}. */
  public static Pod running(Pod pod, String ip, boolean ready) {
    return pod.toBuilder()
        .spec(pod.spec().withNodeName("n1"))
        .status(
            PodStatus.builder()
                .phase("Running")
                .podIP(ip)
                .podIPs(List.of(new PodIP(ip)))
                .conditions(
                    List.of(
                        PodCondition.builder()
                            .type("Ready")
                            .status(ready ? "True" : "False")
                            .build()))
                .build())
        .build();
  }

  public static ObjectMeta meta(String namespace, String name) {
    return ObjectMeta.builder().namespace(namespace).name(name).build();
  }

  @Override
  public void close() {
    closer.close();
  }
}
