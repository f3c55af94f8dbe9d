package io.tiphys.node.engine.images;

import io.tiphys.base.Clock;
import io.tiphys.base.files.FileTrees;
import io.tiphys.node.cri.AuthConfig;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.images.Manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
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
  private final Path folder;
  private final boolean unpacks;
  private final ContentStore content;
  private final LayerStore layers;
  private final ImageIndex index;
  private final Registries registries;

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
  public Images(Path folder, RegistryConfig registryConfig, Clock clock, boolean unpacks) {
    this.folder = folder;
    this.unpacks = unpacks;
    content = new ContentStore(folder);
    layers = new LayerStore(folder.resolve("layers"));
    index = new ImageIndex(folder.resolve("images.json"), content);
    registries = new Registries(registryConfig, clock);
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
    return arriving(() -> new ImagePull(name, registries.client(name, auth), this).run());
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
    arrivals.readLock().lock();
    try {
      return work.get();
    } finally {
      arrivals.readLock().unlock();
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
      List<StoredImage> images = index.list();
      layers.prune(images.stream().map(i -> i.config().diffIds()).toList(), layersInUse);
      Set<Digest> keep = new HashSet<>();
      for (StoredImage image : images) {
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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
        List<Digest> prefix = chain.subList(0, depth);
        if (!layers.has(prefix)) {
          try (InputStream in = content.open(blob)) {
            layers.unpack(prefix, in);
          }
        }
      }
      index.put(image);
      if (unpacks) {
        // A layer is needed as a folder alone; pulling skips what is unpacked.
        manifest.layers().forEach(layer -> content.delete(layer.digest()));
      }
    } finally {
      unpacking.unlock();
    }
    return require(image.id().toString());
  }
}
