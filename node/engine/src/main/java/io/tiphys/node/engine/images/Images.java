package io.tiphys.node.engine.images;

import io.tiphys.base.Clock;
import io.tiphys.base.files.FileTrees;
import io.tiphys.base.machine.Machine;
import io.tiphys.node.cri.AuthConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.images.Manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The images of one node: what the CLI and the CRI face are made of. Thread-safe.
 *
 * <pre>
 * pull, load → content (blobs by digest) → layers (unpacked once) → index (names): in this order, so
 *              that an image that has a name is whole
 * </pre>
 */
public final class Images {
  /**
   * Images that are fetched at once, each with up to three layers; more wait. Upstream's kubelet
   * pulls one at a time unless told otherwise: a slow registry must not hold up all others, and
   * fifty pods at once must not open hundreds of connections.
   */
  static final int PARALLEL_PULLS = 5;

  private final Path folder;
  private final boolean unpacks;
  private final Semaphore pulls = new Semaphore(PARALLEL_PULLS, true);
  private final ContentStore content;
  private final LayerStore layers;
  private final ImageIndex index;
  private final Registries registries;
  private final Manifest.Platform platform;

  /** Held while layers appear. */
  private final ReentrantLock unpacking = new ReentrantLock();

  /**
   * Read-held while an image arrives: its content belongs to no image yet. Clearing away does not
   * wait for that, it happens at the next occasion.
   */
  private final ReentrantReadWriteLock arrivals = new ReentrantReadWriteLock();

  /**
   * Opens the images below {@code folder}.
   *
   * @param unpacks false without the rights to unpack; then images are only kept
   */
  public Images(
      Path folder,
      RegistryConfig registryConfig,
      Machine machine,
      Clock clock,
      RandomGenerator random,
      boolean unpacks) {
    this.folder = folder;
    this.unpacks = unpacks;
    content = new ContentStore(folder);
    layers = new LayerStore(folder.resolve("layers"));
    index = new ImageIndex(folder.resolve("images.json"), content);
    registries = new Registries(registryConfig, machine.network(), clock, random);
    platform = Manifest.Platform.of(machine.environment().architecture());
    pruneBlobs();
  }

  public List<StoredImage> list() {
    return index.list();
  }

  /**
   * The image called {@code name}: an id or a reference.
   *
   * @throws CriException INVALID_ARGUMENT for what cannot be a name
   */
  public Optional<StoredImage> find(String name) {
    return index.find(name);
  }

  /** Fetches an image from its registry; its content that is here already is not fetched again. */
  public StoredImage pull(String reference, @Nullable AuthConfig auth) {
    ImageReference name = ImageReference.parse(reference);
    return arriving(
        () -> {
          try {
            pulls.acquire();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CriException(
                CriException.Code.UNAVAILABLE, "the pull of " + name + " was called off", e);
          }
          try {
            return new ImagePull(name, registries.client(name, auth), this).run();
          } finally {
            pulls.release();
          }
        });
  }

  /**
   * Loads the images of a file: an OCI archive or layout folder, or an archive of {@code docker
   * save}.
   *
   * @param name what to call an image that the archive gives no name; null for no name
   */
  public List<StoredImage> load(Path file, @Nullable String name) {
    return arriving(() -> new ImageLoad(content, this).load(file, name));
  }

  /** As {@link #load(Path, String)}, from a stream of an archive. */
  public List<StoredImage> load(InputStream archive, @Nullable String name) {
    return arriving(() -> new ImageLoad(content, this).load(archive, name));
  }

  private <T> T arriving(Supplier<T> work) {
    boolean whole = false;
    arrivals.readLock().lock();
    try {
      T arrived = work.get();
      whole = true;
      return arrived;
    } finally {
      arrivals.readLock().unlock();
      if (whole) {
        // After a failure the next try goes on with what has come.
        pruneBlobs();
      }
    }
  }

  /** Gives an image one more name. */
  public StoredImage tag(String name, String newName) {
    StoredImage image = require(name);
    ImageReference reference = ImageReference.parse(newName);
    if (reference.digest().isPresent()) {
      throw CriException.invalid("a new name takes a tag, not a digest: " + newName);
    }
    index.put(image.withNames(List.of(reference.toString()), List.of()));
    return require(newName);
  }

  private StoredImage require(String name) {
    return find(name)
        .orElseThrow(() -> CriException.notFound("image \"%s\": not found".formatted(name)));
  }

  /**
   * Removes a name, or by id the image with all its names; the last name takes the image along.
   *
   * @param layersInUse the layers that containers stand on, which stay
   */
  public void remove(String name, Set<Path> layersInUse) {
    Optional<StoredImage> found = find(name);
    if (found.isEmpty()) {
      return;
    }
    StoredImage image = found.get();
    List<String> names = new ArrayList<>();
    boolean byId = Digest.isDigest(name) || Digest.isDigest("sha256:" + name);
    String reference = byId ? "" : ImageReference.parse(name).toString();
    if (byId || image.tags().equals(List.of(reference)) || image.tags().isEmpty()) {
      names.addAll(image.tags());
      names.addAll(image.digests());
    } else {
      names.add(reference);
    }
    if (index.remove(image, names)) {
      prune(layersInUse);
    }
  }

  /**
   * Deletes layers and blobs that no image and none of {@code layersInUse} needs, unless an image
   * is arriving just now.
   */
  public void prune(Set<Path> layersInUse) {
    if (!arrivals.writeLock().tryLock()) {
      return;
    }
    try {
      layers.prune(index.list().stream().map(i -> i.config().diffIds()).toList(), layersInUse);
    } finally {
      arrivals.writeLock().unlock();
    }
    pruneBlobs();
  }

  /**
   * Deletes the blobs that no image needs, when the last of the images that arrive is whole: until
   * then any of them may share a layer with one that is done. A layer that is unpacked is needed as
   * a folder alone.
   */
  private void pruneBlobs() {
    if (!arrivals.writeLock().tryLock()) {
      return;
    }
    try {
      Set<Digest> keep = new HashSet<>();
      for (StoredImage image : index.list()) {
        keep.add(image.id());
        keep.add(image.manifest());
        if (!unpacks) {
          keep.addAll(layerDigests(image));
        }
      }
      content.prune(keep::contains);
    } finally {
      arrivals.writeLock().unlock();
    }
  }

  private List<Digest> layerDigests(StoredImage image) {
    try {
      return Manifest.read(Document.parse(content.read(image.manifest())))
              instanceof Manifest.Single single
          ? single.layers().stream().map(Descriptor::digest).toList()
          : List.of();
    } catch (IOException | CriException e) {
      return List.of(); // Whoever needs them learns that the image is to be pulled again.
    }
  }

  /** The image's unpacked layers, the topmost first. */
  public List<Path> layers(StoredImage image) {
    List<Digest> chain = image.config().diffIds();
    if (chain.isEmpty() || !layers.has(chain)) {
      throw new CriException(
          CriException.Code.FAILED_PRECONDITION,
          "image %s has no unpacked layers: pull or load it again".formatted(image.id()));
    }
    return layers.lowers(chain);
  }

  /** What images take on disk. */
  public FileTrees.Usage usage() {
    return FileTrees.usage(folder);
  }

  public Path folder() {
    return folder;
  }

  /** What images must be for to run here. */
  Manifest.Platform platform() {
    return platform;
  }

  ContentStore content() {
    return content;
  }

  /** Whether a layer needs no fetching. */
  boolean hasLayer(List<Digest> chain, Digest blob) {
    return unpacks ? layers.has(chain) : content.has(blob);
  }

  /** Unpacks the layers that are not yet, and puts the image into the index. */
  StoredImage commit(StoredImage image, Manifest.Single manifest) throws IOException {
    unpacking.lock();
    try {
      List<Digest> chain = image.config().diffIds();
      for (int depth = 1; unpacks && depth <= chain.size(); depth++) {
        Digest blob = manifest.layers().get(depth - 1).digest();
        if (!layers.has(chain.subList(0, depth))) {
          unpack(chain, depth, blob);
        }
      }
      index.put(image);
    } finally {
      unpacking.unlock();
    }
    return require(image.id().toString());
  }

  private void unpack(List<Digest> chain, int depth, Digest blob) throws IOException {
    try (InputStream in = content.open(blob)) {
      layers.unpack(chain.subList(0, depth), in);
    } catch (IOException | CriException e) {
      // It would be found here and taken for whole at the next try.
      content.delete(blob);
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      CriException.Code code =
          e instanceof CriException cri ? cri.code() : CriException.Code.INVALID_ARGUMENT;
      throw new CriException(
          code, "layer %d of %d (%s): %s".formatted(depth, chain.size(), blob, why), e);
    }
  }
}
