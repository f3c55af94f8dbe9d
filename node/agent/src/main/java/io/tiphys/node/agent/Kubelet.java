package io.tiphys.node.agent;

import io.tiphys.api.CoreV1;
import io.tiphys.api.core.v1.Pod;
import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Disk;
import io.tiphys.base.machine.Machine;
import io.tiphys.client.EventRecorder;
import io.tiphys.client.Handler;
import io.tiphys.client.Informer;
import io.tiphys.client.Informers;
import io.tiphys.client.Source;
import io.tiphys.client.node.NodeApi;
import io.tiphys.meta.Quantity;
import io.tiphys.node.agent.admission.PodAdmission;
import io.tiphys.node.agent.containers.ContainerConfigs;
import io.tiphys.node.agent.logs.LogRotation;
import io.tiphys.node.agent.volumes.PodVolumes;
import io.tiphys.node.cri.ContainerEvent;
import io.tiphys.node.cri.ContainerEventStream;
import io.tiphys.node.cri.ImageService;
import io.tiphys.node.cri.RuntimeService;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The node: keeps its object, gives every pod bound to it a {@link PodWorker}, and wakes the worker
 * when the API or the engine has news. Closing it leaves containers running; the next life takes
 * them over from what the engine says.
 */
public final class Kubelet implements Lifecycle {
  private final Closer closer = new Closer();
  private final Node node;
  private final NodeFacts facts;
  private final NodeServer server;
  private final ContainerLogManager logs;
  private final Map<String, PodWorker> workers = new HashMap<>();

  /** The uids of pods that this node runs, or has run: those that count against its room. */
  private final Set<String> admitted = new HashSet<>();

  private volatile boolean closed;

  /** What an agent works with. */
  public record Dependencies(
      Source source,
      RuntimeService runtime,
      ImageService images,
      Machine machine,
      Clock clock,
      RandomGenerator random,
      Loops loops) {}

  private Kubelet(KubeletConfig config, Dependencies given, Informers informers) {
    facts = new NodeFacts(config, given);
    Clock clock = given.clock();
    Disk disk = given.machine().disk();
    Path pods = config.folder().resolve("pods");
    Map<String, Quantity> capacity = facts.capacity();
    Informer<Pod> own = informers.of(CoreV1.PODS, "spec.nodeName=" + config.nodeName());
    var services = informers.of(CoreV1.SERVICES);
    EventRecorder recorder =
        closer.add(
            new EventRecorder(
                given.source(),
                clock,
                given.random(),
                given.loops(),
                "kubelet",
                config.nodeName()));
    node =
        new Node(
            config,
            given.source(),
            own,
            given.runtime(),
            new ImagePulls(given.images(), given.source(), clock),
            new PodVolumes(pods, given.source(), capacity, disk, clock),
            new ContainerConfigs(
                new ContainerConfigs.NodeFacts(
                    config.nodeName(),
                    config.hostIp(),
                    config.clusterDomain(),
                    config.dnsAddress(),
                    pods,
                    capacity),
                given.source(),
                services::list,
                disk),
            new Prober(given.runtime(), given.machine().network(), clock),
            new PodEvents(recorder),
            disk,
            clock,
            given.loops());
    server = new NodeServer(node);
    logs = new ContainerLogManager(given.runtime(), new LogRotation(disk), clock, given.loops());
  }

  /** Registers the node and starts to run its pods. */
  public static Kubelet open(KubeletConfig config, Dependencies given) throws InterruptedException {
    Informers informers =
        new Informers(given.source(), given.clock(), given.random(), given.loops());
    Kubelet kubelet = new Kubelet(config, given, informers);
    kubelet.closer.add(informers);
    kubelet.closer.add(kubelet::closeWorkers);
    NodeHeartbeat keeper =
        kubelet.closer.add(
            new NodeHeartbeat(config, given.source(), kubelet.facts, given.clock(), given.loops()));
    informers.start();
    informers.awaitSync();
    if (config.reasons().isEmpty()) {
      kubelet.follow(informers.of(CoreV1.PODS, "spec.nodeName=" + config.nodeName()));
    }
    keeper.start();
    kubelet.closer.add(kubelet.logs).start();
    return kubelet;
  }

  private void follow(Informer<Pod> pods) {
    closer.add(node.loops().start("container-events", this::followEvents));
    pods.addHandler(
        new Handler<>() {
          @Override
          public void onAdd(Pod pod) {
            changed(pod);
          }

          @Override
          public void onUpdate(Pod before, Pod after) {
            if (!before.metadata().uid().equals(after.metadata().uid())) {
              vanished(before.metadata().uid());
            }
            changed(after);
          }

          @Override
          public void onDelete(Pod last) {
            vanished(last.metadata().uid());
          }
        });
    removeOrphans(pods);
  }

  private synchronized void changed(Pod pod) {
    if (closed) {
      return;
    }
    PodWorker worker = workers.get(pod.metadata().uid());
    if (worker == null) {
      worker = new PodWorker(node, pod, rejection(pod), this::gone);
      workers.put(pod.metadata().uid(), worker);
      worker.start();
    } else {
      worker.changed(pod);
    }
  }

  /**
   * Why the pod is not run, or null. One that this node has spoken of before is run already, or
   * over: what has changed since then is no reason to end it.
   */
  private PodAdmission.@Nullable Rejection rejection(Pod pod) {
    boolean known = pod.status().startTime() != null || PodPhase.isFinal(pod.status().phase());
    if (!known && pod.metadata().deletionTimestamp() == null) {
      List<Pod> others = node.pods().list().stream().filter(this::takesRoom).toList();
      var rejection = new PodAdmission(facts.present(node.source()), others).check(pod);
      if (rejection.isPresent()) {
        return rejection.get();
      }
    }
    admitted.add(pod.metadata().uid());
    return null;
  }

  private boolean takesRoom(Pod pod) {
    boolean ours = admitted.contains(pod.metadata().uid()) || pod.status().startTime() != null;
    return ours && !PodPhase.isFinal(pod.status().phase());
  }

  private synchronized void vanished(String uid) {
    PodWorker worker = workers.get(uid);
    if (worker != null) {
      worker.vanished();
    }
  }

  private synchronized void wake(String uid) {
    PodWorker worker = workers.get(uid);
    if (worker != null) {
      worker.wake();
    }
  }

  private synchronized void gone(String uid) {
    workers.remove(uid);
    admitted.remove(uid);
  }

  /** What is left of pods that went while nobody looked. */
  private void removeOrphans(Informer<Pod> pods) {
    Orphans orphans = new Orphans(node, uid -> lives(pods, uid));
    closer.add(node.loops().start("orphans", orphans::remove));
  }

  /** Whether the API has a pod or its end is under way. */
  private boolean lives(Informer<Pod> pods, String uid) {
    synchronized (this) {
      if (workers.containsKey(uid)) {
        return true;
      }
    }
    return pods.list().stream().anyMatch(pod -> pod.metadata().uid().equals(uid));
  }

  /** Events that came while nobody listened are lost, so each beginning has every worker look. */
  private void followEvents() throws InterruptedException {
    try (ContainerEventStream events = node.runtime().getContainerEvents()) {
      wakeAll();
      for (ContainerEvent event = events.next(); event != null; event = events.next()) {
        if (event.podSandboxStatus() != null) {
          wake(event.podSandboxStatus().metadata().uid());
        }
      }
    }
    if (!closed) {
      throw new IllegalStateException("the engine ended the stream of its events");
    }
  }

  private synchronized void wakeAll() {
    workers.values().forEach(PodWorker::wake);
  }

  /** What the API server asks about this node's pods. */
  public NodeApi api() {
    return server;
  }

  private void closeWorkers() {
    Map<String, PodWorker> running;
    synchronized (this) {
      closed = true;
      running = Map.copyOf(workers);
    }
    running.values().forEach(PodWorker::close);
  }

  @Override
  public void close() {
    closer.close();
  }
}
