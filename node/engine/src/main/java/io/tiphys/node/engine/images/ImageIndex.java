package io.tiphys.node.engine.images;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.document.Writing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which images there are and what they are called: one file, replaced whole at every change. */
final class ImageIndex {
  private static final System.Logger LOG = System.getLogger(ImageIndex.class.getName());

  private final Path file;
  private final ContentStore content;
  private Map<Digest, StoredImage> images = Map.of();

  ImageIndex(Path file, ContentStore content) {
    this.file = file;
    this.content = content;
    images = read();
  }

  private Map<Digest, StoredImage> read() {
    Map<Digest, StoredImage> read = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return read;
    }
    try {
      for (Document entry : Document.parse(Files.readAllBytes(file)).elements("images")) {
        StoredImage image = readImage(entry);
        if (image != null) {
          read.put(image.id(), image);
        }
      }
      return read;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "the list of images in " + file + " is damaged: they are to be pulled or loaded again",
          e);
      return new LinkedHashMap<>();
    }
  }

  private @Nullable StoredImage readImage(Document entry) {
    try {
      Digest id = Digest.parse(entry.text("id"));
      return new StoredImage(
          id,
          Digest.parse(entry.text("manifest")),
          entry.texts("tags"),
          entry.texts("digests"),
          entry.number("size"),
          ImageConfig.read(Document.parse(content.read(id))));
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "an image is lost: its content cannot be read", e);
      return null;
    }
  }

  synchronized List<StoredImage> list() {
    return List.copyOf(images.values());
  }

  /** The image with this id, tag or digest reference. */
  synchronized Optional<StoredImage> find(String name) {
    String bare = name.startsWith("sha256:") ? name : "sha256:" + name;
    if (Digest.isDigest(bare)) {
      return Optional.ofNullable(images.get(Digest.parse(bare)));
    }
    String reference = ImageReference.parse(name).toString();
    return images.values().stream()
        .filter(i -> i.tags().contains(reference) || i.digests().contains(reference))
        .findFirst();
  }

  /** Adds an image or more names for it; names that another image had move here. */
  synchronized void put(StoredImage image) {
    Map<Digest, StoredImage> changed = new LinkedHashMap<>();
    images.values().forEach(i -> changed.put(i.id(), without(i, image.tags())));
    StoredImage old = changed.get(image.id());
    changed.put(
        image.id(),
        old == null
            ? image
            : image.withNames(
                union(old.tags(), image.tags()), union(old.digests(), image.digests())));
    replace(changed);
  }

  private static StoredImage without(StoredImage image, List<String> names) {
    return image.withNames(minus(image.tags(), names), minus(image.digests(), names));
  }

  /** Takes names away from an image; without any left it is gone. Whether it is. */
  synchronized boolean remove(StoredImage image, List<String> names) {
    Map<Digest, StoredImage> changed = new LinkedHashMap<>(images);
    StoredImage rest = without(image, names);
    boolean gone = rest.tags().isEmpty() && rest.digests().isEmpty();
    if (gone) {
      changed.remove(image.id());
    } else {
      changed.put(image.id(), rest);
    }
    replace(changed);
    return gone;
  }

  private static List<String> union(List<String> some, List<String> more) {
    List<String> all = new ArrayList<>(some);
    more.stream().filter(m -> !all.contains(m)).forEach(all::add);
    return all;
  }

  private static List<String> minus(List<String> all, List<String> gone) {
    return all.stream().filter(a -> !gone.contains(a)).toList();
  }

  private void replace(Map<Digest, StoredImage> changed) {
    Writing document =
        Writing.object()
            .list(
                "images",
                List.copyOf(changed.values()),
                image ->
                    Writing.object()
                        .put("id", image.id().toString())
                        .put("manifest", image.manifest().toString())
                        .put("size", image.size())
                        .texts("tags", image.tags())
                        .texts("digests", image.digests())
                        .json());
    try {
      AtomicFile.write(file, document.bytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    images = changed;
  }
}
