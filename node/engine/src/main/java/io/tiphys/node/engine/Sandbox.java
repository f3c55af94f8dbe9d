package io.tiphys.node.engine;

import io.tiphys.linux.Namespaces;
import io.tiphys.node.cri.NamespaceMode;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.cri.PodSandbox;
import io.tiphys.node.cri.PodSandboxNetworkStatus;
import io.tiphys.node.cri.PodSandboxState;
import io.tiphys.node.cri.PodSandboxStatus;
import io.tiphys.node.engine.process.PidNamespaceHolder;
import io.tiphys.node.engine.spec.SandboxSpace;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** A sandbox: its folder and what is known of it. */
final class Sandbox {
  private final SandboxRecord record;
  private final Path folder;

  /** Held while it is stopped, removed, or given a container. */
  final ReentrantLock lock = new ReentrantLock();

  private volatile PodSandboxState state;
  private volatile PodSandboxNetworkStatus network;

  Sandbox(
      SandboxRecord record, Path folder, PodSandboxState state, PodSandboxNetworkStatus network) {
    this.record = record;
    this.folder = folder;
    this.state = state;
    this.network = network;
  }

  SandboxRecord record() {
    return record;
  }

  String id() {
    return record.id();
  }

  Path folder() {
    return folder;
  }

  boolean isReady() {
    return state == PodSandboxState.SANDBOX_READY;
  }

  void setNotReady() {
    state = PodSandboxState.SANDBOX_NOTREADY;
  }

  void setReady(PodSandboxNetworkStatus connected) {
    network = connected;
    state = PodSandboxState.SANDBOX_READY;
  }

  private NamespaceOption namespaces() {
    return record.config().linux().securityContext().namespaceOptions();
  }

  boolean hostNetwork() {
    return namespaces().network() == NamespaceMode.NODE;
  }

  boolean hostIpc() {
    return namespaces().ipc() == NamespaceMode.NODE;
  }

  Path networkPin() {
    return folder.resolve("net");
  }

  /** The namespaces it has of its own, and the files that hold them. */
  Map<Namespaces.Kind, Path> pins() {
    Map<Namespaces.Kind, Path> pins = new EnumMap<>(Namespaces.Kind.class);
    if (!hostNetwork()) {
      pins.put(Namespaces.Kind.NETWORK, networkPin());
      // As upstream's runtimes have it: a pod on the host's network has the host's name too.
      pins.put(Namespaces.Kind.UTS, folder.resolve("uts"));
    }
    if (!hostIpc()) {
      pins.put(Namespaces.Kind.IPC, folder.resolve("ipc"));
    }
    return pins;
  }

  /** Whether its containers see one another's processes. */
  boolean sharesPids() {
    return namespaces().pid() == NamespaceMode.POD;
  }

  PidNamespaceHolder keeper() {
    return new PidNamespaceHolder(folder, id());
  }

  Path shm() {
    return hostIpc() ? Path.of("/dev/shm") : folder.resolve("shm");
  }

  /** What it lends to containers. */
  SandboxSpace space(String hostname) {
    Map<Namespaces.Kind, Path> pins = pins();
    return new SandboxSpace(
        Optional.ofNullable(pins.get(Namespaces.Kind.NETWORK)),
        Optional.ofNullable(pins.get(Namespaces.Kind.IPC)),
        Optional.ofNullable(pins.get(Namespaces.Kind.UTS)),
        hostname,
        folder.resolve("hostname"),
        folder.resolve("hosts"),
        folder.resolve("resolv.conf"),
        shm());
  }

  PodSandboxStatus status() {
    return new PodSandboxStatus(
        id(),
        record.config().metadata(),
        state,
        record.createdAt(),
        network,
        namespaces(),
        record.config().labels(),
        record.config().annotations(),
        record.runtimeHandler());
  }

  PodSandbox listed() {
    return new PodSandbox(
        id(),
        record.config().metadata(),
        state,
        record.createdAt(),
        record.config().labels(),
        record.config().annotations(),
        record.runtimeHandler());
  }
}
