package io.tiphys.node.engine;

import io.tiphys.base.Clock;
import io.tiphys.base.files.AtomicFile;
import io.tiphys.codec.Json;
import io.tiphys.linux.FileNodes;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.Mounts;
import io.tiphys.node.cri.ContainerConfig;
import io.tiphys.node.cri.ContainerFilter;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.cri.LinuxContainerUser;
import io.tiphys.node.cri.Mount;
import io.tiphys.node.cri.NamespaceOption;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.document.Writing;
import io.tiphys.node.engine.files.ScopedFile;
import io.tiphys.node.engine.files.UnixFile;
import io.tiphys.node.engine.images.Images;
import io.tiphys.node.engine.images.StoredImage;
import io.tiphys.node.engine.spec.HostAbilities;
import io.tiphys.node.engine.spec.RuntimeSpec;
import io.tiphys.node.engine.spec.SpecRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;

/** The containers, as folders: making them, finding them, removing them. */
final class Containers {
  private final Path root;
  private final Images images;
  private final HostAbilities host;
  private final Clock clock;
  private final Identity identity;
  private final Map<String, Container> containers = new ConcurrentHashMap<>();

  /** Read-held while a container is made: its layers are in use before it is known. */
  private final ReentrantReadWriteLock making = new ReentrantReadWriteLock();

  Containers(Path root, Images images, HostAbilities host, Clock clock, Identity identity) {
    this.root = root;
    this.images = images;
    this.host = host;
    this.clock = clock;
    this.identity = identity;
  }

  Path root() {
    return root;
  }

  void add(Container container) {
    containers.put(container.id(), container);
  }

  List<Container> all() {
    return List.copyOf(containers.values());
  }

  List<Container> in(String sandboxId) {
    return all().stream().filter(c -> c.record().sandboxId().equals(sandboxId)).toList();
  }

  List<Container> list(ContainerFilter filter) {
    return all().stream()
        .filter(c -> filter.id().isEmpty() || c.id().equals(filter.id()))
        .filter(c -> filter.state() == null || c.state() == filter.state())
        .filter(
            c ->
                filter.podSandboxId().isEmpty()
                    || c.record().sandboxId().equals(filter.podSandboxId()))
        .filter(
            c ->
                c.record()
                    .config()
                    .labels()
                    .entrySet()
                    .containsAll(filter.labelSelector().entrySet()))
        .toList();
  }

  /**
   * @throws CriException NOT_FOUND
   */
  Container require(String id) {
    return find(id)
        .orElseThrow(() -> CriException.notFound("container \"%s\" not found".formatted(id)));
  }

  Optional<Container> find(String id) {
    return Optional.ofNullable(containers.get(id));
  }

  /** Runs {@code work} with the image layers that containers stand on, while none is made. */
  void withLayersInUse(Consumer<Set<Path>> work) {
    making.writeLock().lock();
    try {
      Set<Path> layers = new HashSet<>();
      containers.values().forEach(c -> layers.addAll(c.record().layers()));
      work.accept(layers);
    } finally {
      making.writeLock().unlock();
    }
  }

  /** Prepares a container in a sandbox that the caller holds the lock of. */
  Container create(Sandbox sandbox, ContainerConfig config) {
    making.readLock().lock();
    try {
      return make(sandbox, config);
    } finally {
      making.readLock().unlock();
    }
  }

  private Container make(Sandbox sandbox, ContainerConfig config) {
    requireUnused(sandbox, config);
    String wanted = config.image().image();
    StoredImage image =
        images
            .find(wanted)
            .orElseThrow(
                () -> CriException.notFound("failed to resolve image \"%s\"".formatted(wanted)));
    String id = identity.next();
    ContainerRecord record = record(id, sandbox, config, image);
    Path folder = root.resolve(id);
    try {
      return build(sandbox, config, image, record, folder);
    } catch (IOException | RuntimeException e) {
      destroyQuietly(folder, e);
      throw e instanceof CriException failure
          ? failure
          : new CriException(
              CriException.Code.INTERNAL, "failed to create container: " + e.getMessage(), e);
    }
  }

  private void requireUnused(Sandbox sandbox, ContainerConfig config) {
    if (in(sandbox.id()).stream()
        .anyMatch(c -> c.record().config().metadata().equals(config.metadata()))) {
      throw new CriException(
          CriException.Code.ALREADY_EXISTS,
          "container %s is there already".formatted(config.metadata()));
    }
  }

  private ContainerRecord record(
      String id, Sandbox sandbox, ContainerConfig config, StoredImage image) {
    String logs = sandbox.record().config().logDirectory();
    String log =
        config.logPath().isEmpty() || logs.isEmpty()
            ? ""
            : Path.of(logs).resolve(config.logPath()).normalize().toString();
    String signal =
        config.stopSignal().isEmpty() ? image.config().stopSignal() : config.stopSignal();
    return new ContainerRecord(
        id,
        sandbox.id(),
        config,
        image.id().toString(),
        image.digests().isEmpty() ? image.id().toString() : image.digests().getFirst(),
        images.layers(image),
        log,
        sandbox.record().cgroup() + "/" + id,
        signal.isEmpty() ? "SIGTERM" : signal,
        clock.now(),
        identity.bootId());
  }

  private Container build(
      Sandbox sandbox,
      ContainerConfig config,
      StoredImage image,
      ContainerRecord record,
      Path folder)
      throws IOException {
    for (String each : List.of("rootfs", "upper", "work")) {
      Files.createDirectories(folder.resolve(each));
    }
    if (!record.logPath().isEmpty()) {
      Files.createDirectories(Path.of(record.logPath()).getParent());
    }
    makeMissing(config.mounts());
    AtomicFile.writeUnsynced(folder.resolve("container.json"), Records.write(record).bytes());
    Path rootfs = folder.resolve("rootfs");
    likeRootOf(record.layers().getFirst(), folder.resolve("upper"));
    Mounts.overlay(record.layers(), folder.resolve("upper"), folder.resolve("work"), rootfs);
    SpecRequest request =
        new SpecRequest(
            config,
            image.config(),
            sandbox.space(Sandboxes.hostname(sandbox)),
            host,
            rootfs,
            record.cgroup(),
            targetPid(sandbox, config));
    LinuxContainerUser user =
        RuntimeSpec.user(
            request, ScopedFile.lines(rootfs, "etc/passwd"), ScopedFile.lines(rootfs, "etc/group"));
    Json.Obj spec = RuntimeSpec.config(request, user);
    // Last: a folder that has it is a whole container.
    AtomicFile.writeUnsynced(folder.resolve("config.json"), bytes(spec));
    Container container = new Container(record, folder, user, new Life.Created());
    add(container);
    return container;
  }

  /** The uppermost folder is what the root looks like. */
  private static void likeRootOf(Path layer, Path upper) throws IOException {
    UnixFile root = UnixFile.of(layer);
    FileNodes.chown(upper, root.uid(), root.gid());
    FileNodes.chmod(upper, root.permissions());
  }

  private static byte[] bytes(Json.Obj spec) {
    Writing whole = Writing.object();
    spec.members().forEach(whole::put);
    return whole.bytes();
  }

  private Optional<Integer> targetPid(Sandbox sandbox, ContainerConfig config) {
    NamespaceOption namespaces = config.linux().securityContext().namespaceOptions();
    return switch (namespaces.pid()) {
      case CONTAINER, NODE -> Optional.empty();
      case TARGET ->
          Optional.of(
              switch (require(namespaces.targetId()).life()) {
                case Life.Running running -> running.pid();
                case Life.Created _, Life.Exited _ ->
                    throw new CriException(
                        CriException.Code.FAILED_PRECONDITION,
                        "target container %s does not run".formatted(namespaces.targetId()));
              });
      case POD ->
          Optional.of(
              sandbox
                  .keeper()
                  .pid()
                  .orElseThrow(
                      () ->
                          new CriException(
                              CriException.Code.FAILED_PRECONDITION,
                              "the sandbox has no process namespace to share")));
    };
  }

  /** As containerd does for host paths that are not there. */
  private static void makeMissing(List<Mount> mounts) throws IOException {
    for (Mount mount : mounts) {
      Path host = Path.of(mount.hostPath());
      if (!Files.exists(host)) {
        Files.createDirectories(host);
      }
    }
  }

  private static void destroyQuietly(Path folder, Exception reason) {
    try {
      destroy(folder);
    } catch (RuntimeException e) {
      reason.addSuppressed(e);
    }
  }

  /** Unmounts and deletes a container's folder; nothing of it runs. */
  static void destroy(Path folder) {
    Mounts.detachAll(folder.resolve("rootfs"));
    FileTree.delete(folder);
  }

  /** Takes a container that has ended out of the world. */
  void remove(Container container) {
    destroy(container.folder());
    containers.remove(container.id());
  }

  /** What {@code config.json} says. */
  static Json.Obj spec(Path folder) throws IOException {
    if (Document.parse(Files.readAllBytes(folder.resolve("config.json"))).value()
        instanceof Json.Obj spec) {
      return spec;
    }
    throw new IOException("no configuration in " + folder);
  }

  /** As whom the container of {@code folder} runs, from its configuration. */
  static LinuxContainerUser user(Path folder) throws IOException {
    Document user = new Document(spec(folder)).get("process").get("user");
    return new LinuxContainerUser(
        user.number("uid"),
        user.number("gid"),
        user.elements("additionalGids").stream()
            .map(each -> each.value() instanceof Json.Int gid ? gid.value() : 0L)
            .toList());
  }
}
