package io.tiphys.node.engine;

import io.tiphys.base.Clock;
import io.tiphys.base.Closer;
import io.tiphys.base.Lifecycle;
import io.tiphys.base.Loops;
import io.tiphys.base.machine.Machine;
import io.tiphys.linux.Cgroups;
import io.tiphys.linux.ExitWatcher;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.HostSupport;
import io.tiphys.node.cri.ImageService;
import io.tiphys.node.cri.RuntimeService;
import io.tiphys.node.engine.images.Images;
import io.tiphys.node.engine.images.StoredImage;
import io.tiphys.node.engine.process.Conmon;
import io.tiphys.node.engine.process.OciRuntime;
import io.tiphys.node.engine.process.Programs;
import io.tiphys.node.engine.spec.HostAbilities;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The container engine of one node. Opening takes over what runs, closing lets it run on; one
 * engine at a time has a root folder.
 */
public final class Engine implements Lifecycle {
  private static final EngineImages.LayerUse NOTHING_IN_USE = work -> work.accept(Set.of());

  private final EngineReadiness readiness;
  private final Images images;
  private final ImageService imageService;
  private final RuntimeService runtime;
  private final Closer closer;

  private Engine(
      EngineReadiness readiness,
      Images images,
      ImageService imageService,
      RuntimeService runtime,
      Closer closer) {
    this.readiness = readiness;
    this.images = images;
    this.imageService = new ContractImages(imageService);
    this.runtime = new ContractRuntime(runtime);
    this.closer = closer;
  }

  /** What an engine is given. */
  public record Dependencies(
      SandboxNetwork network, Machine machine, Clock clock, RandomGenerator random, Loops loops) {}

  /**
   * Opens the engine, also where no containers can run: then {@link #readiness} says why, and
   * images can be kept all the same.
   */
  public static Engine open(EngineConfig config, Dependencies dependencies) {
    HostSupport support = HostSupport.probe();
    Programs.Search search = Programs.find(config.programFolders());
    List<String> reasons = new ArrayList<>(support.reasons());
    reasons.addAll(search.missing());
    EngineReadiness readiness = new EngineReadiness(reasons);
    Clock clock = dependencies.clock();
    Closer closer = new Closer();
    Events events = new Events();
    closer.add(events::close);
    try {
      makeRoot(config.root());
      Images images =
          new Images(
              config.images(),
              config.registries(),
              dependencies.machine(),
              clock,
              dependencies.random(),
              support.runsContainers());
      Optional<Cgroups> cgroups = Cgroups.detect();
      if (!readiness.runsContainers() || search.found().isEmpty() || cgroups.isEmpty()) {
        return new Engine(
            readiness,
            images,
            new EngineImages(images, config.containers(), NOTHING_IN_USE, clock),
            new UnavailableRuntime(readiness, events),
            closer);
      }
      Parts parts = new Parts(config, dependencies, search.found().get(), cgroups.get());
      return parts.assemble(readiness, images, events, closer);
    } catch (IOException e) {
      closer.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      closer.close();
      throw e;
    }
  }

  private static void makeRoot(Path root) throws IOException {
    Files.createDirectories(root);
    // Layers hold set-uid programs of anyone's making: no user of the host may reach them.
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
  }

  /** What a working engine is assembled from. */
  private record Parts(
      EngineConfig config, Dependencies dependencies, Programs programs, Cgroups cgroups) {

    Engine assemble(EngineReadiness readiness, Images images, Events events, Closer closer)
        throws IOException {
      Clock clock = dependencies.clock();
      Identity identity = new Identity(dependencies.random());
      HostAbilities host = HostAbilities.current(cgroups.version());
      Machine machine = dependencies.machine();
      OciRuntime oci =
          new OciRuntime(programs.runtime(), config.runtime(), cgroups, machine.processes(), clock);
      Conmon conmon = new Conmon(programs, config.runtime(), machine.processes(), clock);
      Sandboxes sandboxes =
          new Sandboxes(
              config.sandboxes(),
              new Sandboxes.Materials(
                  dependencies.network(),
                  cgroups,
                  new CgroupParents(config.cgroupParents()),
                  machine.processes()),
              clock,
              identity);
      Containers containers = new Containers(config.containers(), images, host, clock, identity);
      Herald herald = new Herald();
      ExitWatcher exits = closer.add(ExitWatcher.open(dependencies.loops()));
      Lives lives =
          new Lives(new Lives.VerbContext(containers, conmon, oci, exits), clock, identity, herald);
      Streams streams = new Streams(conmon, oci, machine.network(), clock, identity);
      EngineRuntime runtime =
          new EngineRuntime(
              new EngineRuntime.VerbContext(
                  sandboxes,
                  containers,
                  lives,
                  streams,
                  oci,
                  host,
                  cgroups,
                  dependencies.network()),
              events,
              clock);
      herald.runtime = runtime;
      Files.createDirectories(config.runtime());
      sandboxes.adopt();
      lives.adopt();
      new Leftovers(config, containers, sandboxes, cgroups, dependencies.network()).clear();
      EngineImages imageService =
          new EngineImages(images, config.containers(), containers::withLayersInUse, clock);
      return new Engine(readiness, images, imageService, runtime, closer);
    }
  }

  /** Passes on what happens, once there is someone to pass it to. */
  private static final class Herald implements Lives.Announcer {
    private volatile @Nullable EngineRuntime runtime;

    @Override
    public void happened(io.tiphys.node.cri.ContainerEventType type, Container container) {
      EngineRuntime listener = runtime;
      if (listener != null) {
        listener.happened(type, container);
      }
    }
  }

  /** Whether containers can run here, and if not, why. */
  public EngineReadiness readiness() {
    return readiness;
  }

  public RuntimeService runtime() {
    return runtime;
  }

  public ImageService images() {
    return imageService;
  }

  /**
   * Loads the images of an OCI archive, OCI layout folder or docker archive.
   *
   * @param name what to call an image; null for the names it brings
   */
  public List<StoredImage> loadImages(Path file, @Nullable String name) {
    return Failures.mapped(() -> images.load(file, name));
  }

  /** As {@link #loadImages(Path, String)}, from a stream of an archive. */
  public List<StoredImage> loadImages(InputStream archive, @Nullable String name) {
    return Failures.mapped(() -> images.load(archive, name));
  }

  public List<StoredImage> listImages() {
    return images.list();
  }

  /** Gives an image one more name. */
  public StoredImage tagImage(String name, String newName) {
    return Failures.mapped(() -> images.tag(name, newName));
  }

  /** Lets go of everything; containers run on and are taken over by the next engine here. */
  @Override
  public void close() {
    closer.close();
  }

  /**
   * Ends and deletes everything an engine made below {@code config.root()}: processes, mounts,
   * namespaces, cgroups, files. No engine may be open there; one that was killed is what it is for.
   */
  public static void destroyAll(EngineConfig config, Dependencies dependencies) {
    try {
      if (Files.isDirectory(config.root())) {
        Optional<Cgroups> cgroups = Cgroups.detect();
        if (cgroups.isPresent()) {
          new Teardown(config, dependencies, cgroups.get()).run();
        }
        FileTree.delete(config.root());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folders directly in {@code folder}; none if there is no such folder. */
  static List<Path> folders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(folder)) {
      return children.toList();
    }
  }
}
