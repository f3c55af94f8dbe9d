package io.tiphys.node.engine;

import io.tiphys.base.Clock;
import io.tiphys.base.files.AtomicFile;
import io.tiphys.base.machine.Processes;
import io.tiphys.linux.Cgroups;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.Mounts;
import io.tiphys.linux.Namespaces;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.DnsConfig;
import io.tiphys.node.cri.PodSandboxConfig;
import io.tiphys.node.cri.PodSandboxFilter;
import io.tiphys.node.cri.PodSandboxNetworkStatus;
import io.tiphys.node.cri.PodSandboxState;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.process.PidNamespaceHolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The sandboxes: namespaces that files hold, with a network, a name and shared memory.
 *
 * <pre>
 * sandboxes/ID/sandbox.json   the record; a folder without it is rubbish
 *              net uts ipc    the pinned namespaces
 *              hostname hosts resolv.conf shm/
 *              ready.json     connected, with these addresses
 *              stopped        nothing runs in it any more
 * </pre>
 */
final class Sandboxes {
  private static final System.Logger LOG = System.getLogger(Sandboxes.class.getName());

  /** The size containerd and Docker give {@code /dev/shm}. */
  private static final long SHM_BYTES = 64L << 20;

  private final Path root;
  private final SandboxNetwork network;
  private final Cgroups cgroups;
  private final Processes processes;
  private final Clock clock;
  private final Identity identity;
  private final CgroupParents parents;
  private final Map<String, Sandbox> sandboxes = new ConcurrentHashMap<>();

  /** What sandboxes are made of on this machine. */
  record Materials(
      SandboxNetwork network, Cgroups cgroups, CgroupParents parents, Processes processes) {}

  Sandboxes(Path root, Materials materials, Clock clock, Identity identity) {
    this.root = root;
    this.network = materials.network;
    this.cgroups = materials.cgroups;
    this.parents = materials.parents;
    this.processes = materials.processes;
    this.clock = clock;
    this.identity = identity;
  }

  /** Takes over what a former life left; what was never finished is cleared away. */
  void adopt() throws IOException {
    Files.createDirectories(root);
    try (Stream<Path> folders = Files.list(root)) {
      for (Path folder : folders.toList()) {
        try {
          adopt(folder);
        } catch (IOException | RuntimeException e) {
          LOG.log(System.Logger.Level.WARNING, "cleared away a broken sandbox: " + folder, e);
          destroy(folder);
        }
      }
    }
  }

  private void adopt(Path folder) throws IOException {
    SandboxRecord record =
        Records.readSandbox(Document.parse(Files.readAllBytes(folder.resolve("sandbox.json"))));
    Path ready = folder.resolve("ready.json");
    if (!Files.exists(ready)) {
      destroy(folder);
      return;
    }
    PodSandboxNetworkStatus addresses =
        Records.readNetwork(Document.parse(Files.readAllBytes(ready)));
    Sandbox sandbox = new Sandbox(record, folder, PodSandboxState.SANDBOX_NOTREADY, addresses);
    boolean alive =
        record.bootId().equals(identity.bootId())
            && !Files.exists(folder.resolve("stopped"))
            && (!sandbox.sharesPids() || sandbox.keeper().pid().isPresent())
            && sandbox.pins().values().stream().allMatch(Namespaces::exists);
    if (alive) {
      sandbox.setReady(addresses);
    }
    sandboxes.put(record.id(), sandbox);
  }

  List<Sandbox> all() {
    return List.copyOf(sandboxes.values());
  }

  List<Sandbox> list(PodSandboxFilter filter) {
    return sandboxes.values().stream()
        .filter(s -> filter.id().isEmpty() || s.id().equals(filter.id()))
        .filter(s -> filter.state() == null || s.status().state() == filter.state())
        .filter(
            s ->
                s.record()
                    .config()
                    .labels()
                    .entrySet()
                    .containsAll(filter.labelSelector().entrySet()))
        .toList();
  }

  boolean has(String id) {
    return sandboxes.containsKey(id);
  }

  /**
   * @throws CriException NOT_FOUND
   */
  Sandbox require(String id) {
    Sandbox sandbox = sandboxes.get(id);
    if (sandbox == null) {
      throw CriException.notFound("pod sandbox \"%s\" not found".formatted(id));
    }
    return sandbox;
  }

  Sandbox run(PodSandboxConfig config, String runtimeHandler) {
    if (!runtimeHandler.isEmpty()) {
      throw CriException.invalid("no runtime for \"%s\" is configured".formatted(runtimeHandler));
    }
    String id = identity.next();
    String parent = config.linux().cgroupParent();
    SandboxRecord record =
        new SandboxRecord(
            id,
            config,
            runtimeHandler,
            parent.isEmpty() ? "/tiphys/" + id : parent,
            clock.now(),
            identity.bootId());
    Sandbox sandbox =
        new Sandbox(
            record,
            root.resolve(id),
            PodSandboxState.SANDBOX_NOTREADY,
            PodSandboxNetworkStatus.EMPTY);
    if (all().stream().anyMatch(s -> s.record().config().metadata().equals(config.metadata()))) {
      throw new CriException(
          CriException.Code.ALREADY_EXISTS,
          "a sandbox for %s is there already".formatted(config.metadata()));
    }
    try {
      build(sandbox);
    } catch (IOException | RuntimeException e) {
      destroyQuietly(sandbox.folder(), e);
      throw e instanceof CriException failure
          ? failure
          : new CriException(
              CriException.Code.INTERNAL, "failed to create sandbox: " + e.getMessage(), e);
    }
    sandboxes.put(id, sandbox);
    return sandbox;
  }

  private void build(Sandbox sandbox) throws IOException {
    PodSandboxConfig config = sandbox.record().config();
    Path folder = sandbox.folder();
    parents.remember(sandbox.record().cgroup());
    Files.createDirectories(folder);
    AtomicFile.writeUnsynced(
        folder.resolve("sandbox.json"), Records.write(sandbox.record()).bytes());
    String hostname = hostname(sandbox);
    Files.writeString(folder.resolve("hostname"), hostname + "\n");
    Files.writeString(
        folder.resolve("hosts"), "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost\n");
    Files.writeString(folder.resolve("resolv.conf"), resolvConf(config));
    if (!config.logDirectory().isEmpty()) {
      Files.createDirectories(Path.of(config.logDirectory()));
    }
    Map<Namespaces.Kind, Path> pins = sandbox.pins();
    if (!pins.isEmpty()) {
      Namespaces.create(
          pins,
          () -> {
            if (pins.containsKey(Namespaces.Kind.UTS)) {
              Namespaces.setHostname(hostname);
            }
            sysctls(sandbox);
          });
    }
    if (sandbox.sharesPids()) {
      sandbox.keeper().start(processes, clock);
    }
    if (!sandbox.hostIpc()) {
      Files.createDirectory(sandbox.shm());
      Mounts.mount(
          "shm",
          sandbox.shm(),
          "tmpfs",
          Mounts.NO_SUID | Mounts.NO_DEV | Mounts.NO_EXEC,
          "mode=1777,size=" + SHM_BYTES);
    }
    PodSandboxNetworkStatus addresses =
        sandbox.hostNetwork()
            ? PodSandboxNetworkStatus.EMPTY
            : network.attach(sandbox.id(), sandbox.networkPin(), config);
    AtomicFile.writeUnsynced(folder.resolve("ready.json"), Records.write(addresses).bytes());
    sandbox.setReady(addresses);
  }

  /** The name its containers see. */
  static String hostname(Sandbox sandbox) throws IOException {
    String wanted = sandbox.record().config().hostname();
    if (wanted.isEmpty() || sandbox.hostNetwork()) {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    }
    return wanted;
  }

  /** Runs inside the new namespaces, whose settings these are. */
  private static void sysctls(Sandbox sandbox) {
    if (!sandbox.hostNetwork()) {
      // What containerd and Docker let every container do: low ports and ping without root.
      try {
        Files.writeString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start"), "0");
        Files.writeString(Path.of("/proc/sys/net/ipv4/ping_group_range"), "0 2147483647");
      } catch (IOException e) {
        LOG.log(System.Logger.Level.DEBUG, "low ports and ping stay root's", e);
      }
    }
    sandbox.record().config().linux().sysctls().forEach(Sandboxes::sysctl);
  }

  private static void sysctl(String name, String value) {
    Path file = Path.of("/proc/sys").resolve(name.replace('.', '/')).normalize();
    if (!file.startsWith("/proc/sys")) {
      throw CriException.invalid("sysctl \"%s\" is not allowed".formatted(name));
    }
    try {
      Files.writeString(file, value);
    } catch (IOException e) {
      throw CriException.invalid("cannot set sysctl %s: %s".formatted(name, e.getMessage()));
    }
  }

  static String resolvConf(PodSandboxConfig config) throws IOException {
    DnsConfig dns = config.dnsConfig();
    if (dns == null) {
      Path host = Path.of("/etc/resolv.conf");
      return Files.exists(host) ? Files.readString(host) : "";
    }
    List<String> lines = new ArrayList<>();
    if (!dns.searches().isEmpty()) {
      lines.add("search " + String.join(" ", dns.searches()));
    }
    dns.servers().forEach(server -> lines.add("nameserver " + server));
    if (!dns.options().isEmpty()) {
      lines.add("options " + String.join(" ", dns.options()));
    }
    return String.join("\n", lines) + "\n";
  }

  /** Gives back network and namespaces; its containers are stopped already. */
  void stop(Sandbox sandbox) {
    try {
      sandbox.setNotReady();
      Path stopped = sandbox.folder().resolve("stopped");
      if (!Files.exists(stopped)) {
        release(sandbox.folder(), sandbox.id());
        Files.createFile(stopped);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes what is left of a stopped sandbox without containers. */
  void remove(Sandbox sandbox) {
    destroy(sandbox.folder());
    CgroupParents.remove(cgroups, sandbox.record().cgroup());
    sandboxes.remove(sandbox.id());
  }

  private void destroyQuietly(Path folder, Exception reason) {
    try {
      destroy(folder);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  private void destroy(Path folder) {
    release(folder, folder.getFileName().toString());
    FileTree.delete(folder);
  }

  private void release(Path folder, String id) {
    network.detach(id);
    new PidNamespaceHolder(folder, id).end();
    for (String pin : List.of("net", "uts", "ipc")) {
      Namespaces.delete(folder.resolve(pin));
    }
    Mounts.detachAll(folder.resolve("shm"));
  }
}
