package io.tiphys.node.hollow;

import io.tiphys.api.ApiFailure;
import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.api.meta.v1.DeleteOptions;
import io.tiphys.api.meta.v1.Preconditions;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Informers;
import io.tiphys.client.ObjectKey;
import io.tiphys.client.Source;
import io.tiphys.client.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The agent of a hollow node: what it decides is {@link HollowStep}'s, this carries it out. */
public final class HollowNode implements Lifecycle {
  /** As many pods at a time as one machine starts well. */
  private static final int WORKERS = 2;

  private final Source source;
  private final Clock clock;
  private final HollowMachine machine;
  private final HollowScript script;
  private final Informer<Pod> pods;
  private final WorkQueue<ObjectKey> queue;
  private final Map<String, Instant> seen = new ConcurrentHashMap<>();
  private final Closer closer = new Closer();

  private HollowNode(
      String name,
      HollowMachine machine,
      HollowScript script,
      Source source,
      Informers informers,
      Clock clock) {
    this.machine = machine;
    this.script = script;
    this.source = source;
    this.clock = clock;
    queue = closer.add(new WorkQueue<>(clock));
    pods = informers.of(CoreV1.PODS, "spec.nodeName=" + name);
    pods.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Pod pod) {
            queue.add(ObjectKey.of(pod));
          }

          @Override
          public void onUpdate(Pod before, Pod after) {
            queue.add(ObjectKey.of(after));
          }

          @Override
          public void onDelete(Pod last) {
            queue.add(ObjectKey.of(last));
          }
        });
  }

  /** Registers the node and takes care of its pods until it is closed. */
  public static HollowNode open(
      String name,
      HollowMachine machine,
      HollowScript script,
      Source source,
      Clock clock,
      RandomGenerator random,
      Loops loops) {
    Informers informers = new Informers(source, clock, random, loops);
    HollowNode node = new HollowNode(name, machine, script, source, informers, clock);
    HollowRegistration registration = new HollowRegistration(name, source, clock);
    registration.start(loops).forEach(node.closer::add);
    node.closer.add(informers);
    informers.start();
    for (int i = 0; i < WORKERS; i++) {
      node.closer.add(loops.start("hollow-pods", name + "/" + i, () -> node.work(registration)));
    }
    return node;
  }

  private void work(HollowRegistration registration) throws InterruptedException {
    // The pods of a node that the API does not know are about to be given to others.
    registration.await();
    pods.awaitSync();
    // What this loop held when it failed is in no queue any more.
    pods.list().forEach(pod -> queue.add(ObjectKey.of(pod)));
    machine.known().forEach(pod -> queue.add(new ObjectKey(pod.namespace(), pod.name())));
    for (ObjectKey key = queue.take(); key != null; key = queue.take()) {
      try {
        look(key);
        queue.forget(key);
      } catch (ApiFailure _) {
        queue.addRateLimited(key);
      } finally {
        queue.done(key);
      }
    }
  }

  private void look(ObjectKey key) {
    Pod pod = pods.get(key.namespace(), key.name());
    endOthers(key, pod);
    if (pod == null) {
      return;
    }
    Instant now = clock.now();
    String uid = pod.metadata().uid();
    Instant since = seen.computeIfAbsent(uid, _ -> now);
    HollowMachine.Running running = machine.find(uid);
    switch (HollowStep.of(pod, running, script.of(pod), since, now)) {
      case HollowStep.Wait(@Nullable Duration delay) -> {
        if (delay != null) {
          queue.addAfter(key, delay.plusMillis(1));
        }
      }
      case HollowStep.Start() -> {
        machine.start(pod, now);
        queue.add(key);
      }
      case HollowStep.Stop(Duration delay) -> {
        machine.stop(uid, now.plus(delay));
        queue.addAfter(key, delay.plusMillis(1));
      }
      case HollowStep.Report(var status) ->
          source.updateStatus(CoreV1.PODS, pod.withStatus(status));
      case HollowStep.Remove() -> remove(pod);
    }
  }

  /** What runs under this name and is not the pod of this name is nobody's any more. */
  private void endOthers(ObjectKey key, @Nullable Pod pod) {
    for (HollowMachine.Running other : machine.known()) {
      boolean named = other.namespace().equals(key.namespace()) && other.name().equals(key.name());
      if (named && (pod == null || !pod.metadata().uid().equals(other.uid()))) {
        machine.remove(other.uid());
        seen.remove(other.uid());
      }
    }
  }

  private void remove(Pod pod) {
    String uid = pod.metadata().uid();
    try {
      source.delete(
          CoreV1.PODS,
          pod.namespace(),
          pod.name(),
          DeleteOptions.EMPTY
              .withGracePeriodSeconds(0L)
              .withPreconditions(Preconditions.EMPTY.withUid(uid)));
    } catch (ApiFailure e) {
      if (!e.isNotFound() && !e.isConflict()) {
        throw e;
      }
    }
    machine.remove(uid);
    seen.remove(uid);
  }

  @Override
  public void close() {
    closer.close();
  }
}
