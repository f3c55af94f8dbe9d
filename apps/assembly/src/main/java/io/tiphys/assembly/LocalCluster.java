package io.tiphys.assembly;

import io.tiphys.base.Clock;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Disk;
import io.tiphys.base.machine.Machine;
import io.tiphys.cli.CliException;
import io.tiphys.cli.ClusterOptions;
import io.tiphys.cli.ClusterProcess;
import io.tiphys.cli.DaemonRecord;
import io.tiphys.cli.Profile;
import io.tiphys.cli.ProfileLock;
import io.tiphys.cli.Progress;
import io.tiphys.linux.HostSupport;
import io.tiphys.linux.Mounts;
import io.tiphys.linux.NetworkStack;
import io.tiphys.network.pods.RoutedNetwork;
import io.tiphys.network.proxy.ServiceProxy;
import io.tiphys.node.cri.Container;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Clusters on this machine, as the command asks for them. */
final class LocalCluster implements ClusterProcess {
  /** What containers get to end in; pods that need longer are deleted before a stop. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** A command that asks whether the profile runs holds its lock for a moment. */
  private static final int LOCK_TRIES = 5;

  private static final Duration LOCK_PAUSE = Duration.ofMillis(20);

  private final Host host;

  LocalCluster(Host host) {
    this.host = host;
  }

  @Override
  public int serve(Profile profile, ClusterOptions options, Progress progress, Listener listener)
      throws IOException, InterruptedException {
    LogFile.begin();
    profile.makeFolder();
    try (ProfileLock _ = lock(profile)) {
      return serveAlone(profile, options, progress, listener);
    }
  }

  private ProfileLock lock(Profile profile) throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      Optional<ProfileLock> lock = ProfileLock.take(profile);
      if (lock.isPresent()) {
        return lock.get();
      }
      if (tries == LOCK_TRIES) {
        throw new CliException(profile.name() + " is running or being started already");
      }
      host.clock().sleep(LOCK_PAUSE);
    }
  }

  private int serveAlone(
      Profile profile, ClusterOptions options, Progress progress, Listener listener)
      throws IOException, InterruptedException {
    if (options.ephemeral() && AllInOne.hasStore(profile)) {
      throw new CliException(
          "%s keeps its state on disk; give --ephemeral another --profile, or delete this one"
              .formatted(profile.name()));
    }
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(
                    () -> {
                      asked.countDown();
                      awaitQuietly(ended);
                    }));
    try {
      record(profile, options, "");
      try (AllInOne assembly = AllInOne.open(profile, options, host, progress)) {
        record(profile, options, assembly.serverUrl());
        listener.ready(assembly.serverUrl());
        asked.await();
      }
      listener.ended();
      Files.deleteIfExists(profile.daemonRecord());
    } finally {
      ended.countDown();
    }
    return 0;
  }

  private static void record(Profile profile, ClusterOptions options, String server)
      throws IOException {
    DaemonRecord.of(ProcessHandle.current(), server, options.ephemeral())
        .write(profile.daemonRecord());
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Containers and their network; their writable layers and volumes are what a stop keeps. */
  @Override
  public void stopWorkloads(Profile profile) {
    NodeAssembly.Plan plan = planOf(profile, host.machine());
    if (plan != null && HostSupport.probe().runsContainers()) {
      try (Engine engine = Engine.open(plan.engine(), dependencies(plan))) {
        stopSandboxes(engine.runtime());
      }
      removeNetwork(plan, host.machine().disk());
    }
  }

  @Override
  public void destroy(Profile profile) {
    NodeAssembly.Plan plan = planOf(profile, host.machine());
    if (plan != null && HostSupport.probe().runsContainers()) {
      Engine.destroyAll(plan.engine(), dependencies(plan));
      removeNetwork(plan, host.machine().disk());
      Mounts.detachTree(profile.root());
    }
    try (KnownClusters known = KnownClusters.open(KnownClusters.OF_MACHINE)) {
      known.remove(profile.root());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All pods at once: each has its own grace period. */
  private static void stopSandboxes(RuntimeService runtime) {
    try (ExecutorService pods = Executors.newVirtualThreadPerTaskExecutor()) {
      for (PodSandbox sandbox : runtime.listPodSandbox(PodSandboxFilter.EMPTY)) {
        pods.execute(() -> stopSandbox(runtime, sandbox.id()));
      }
    }
  }

  private static void stopSandbox(RuntimeService runtime, String id) {
    ContainerFilter own = new ContainerFilter("", null, id, Map.of());
    for (Container container : runtime.listContainers(own)) {
      runtime.stopContainer(container.id(), GRACE);
    }
    runtime.stopPodSandbox(id);
  }

  private Engine.Dependencies dependencies(NodeAssembly.Plan plan) {
    SecureRandom random = host.randomness().get();
    Clock clock = host.clock();
    return new Engine.Dependencies(
        PodNetworking.open(plan, host.machine().disk()),
        host.machine(),
        clock,
        random,
        new Loops(clock, random));
  }

  private static void removeNetwork(NodeAssembly.Plan plan, Disk disk) {
    try (NetworkStack stack = NetworkStack.host()) {
      ServiceProxy.delete(NodeAssembly.proxyConfig(plan), stack);
    }
    RoutedNetwork.open(PodNetworking.config(plan), NetworkStack.host(), disk).delete();
  }

  private static NodeAssembly.@Nullable Plan planOf(Profile profile, Machine machine) {
    Settings settings = Settings.forRemoval(profile);
    return settings == null ? null : AllInOne.plan(profile, settings, machine);
  }

  /** Whether this machine has an address. */
  static boolean hasAddress(String address) {
    try {
      return NetworkInterface.getByInetAddress(InetAddress.getByName(address)) != null;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }
}
