package io.tiphys.node.engine.images;

import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.document.Document;
import io.tiphys.node.engine.document.Writing;
import io.tiphys.node.engine.images.Manifest.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loads images from files that other tools wrote. */
final class ImageLoad {
  private static final String DOCKER_NAME = "io.containerd.image.name";
  private static final String OCI_NAME = "org.opencontainers.image.ref.name";

  /** Loads hold indexes in indexes two deep at most; more is a circle or a trap. */
  private static final int DEPTH_LIMIT = 4;

  private final ContentStore content;
  private final Images images;

  ImageLoad(ContentStore content, Images images) {
    this.content = content;
    this.images = images;
  }

  List<StoredImage> load(Path file, @Nullable String name) {
    if (Files.isDirectory(file)) {
      return loadFrom(() -> ArchiveContent.readLayout(file, content), name);
    }
    return loadFrom(
        () -> {
          try (InputStream in = Files.newInputStream(file)) {
            return ArchiveContent.readTar(in, content);
          }
        },
        name);
  }

  List<StoredImage> load(InputStream archive, @Nullable String name) {
    return loadFrom(() -> ArchiveContent.readTar(archive, content), name);
  }

  private interface Source {
    ArchiveContent read() throws IOException;
  }

  private List<StoredImage> loadFrom(Source source, @Nullable String name) {
    try {
      ArchiveContent archive = source.read();
      List<StoredImage> loaded =
          archive.small().containsKey("index.json")
              ? loadOci(archive, name)
              : loadDocker(archive, name);
      if (loaded.isEmpty()) {
        throw CriException.invalid("the archive holds no image for this machine");
      }
      return loaded;
    } catch (IOException e) {
      throw CriException.invalid("cannot load image: " + e.getMessage());
    }
  }

  private List<StoredImage> loadOci(ArchiveContent archive, @Nullable String name)
      throws IOException {
    List<StoredImage> loaded = new ArrayList<>();
    Document index = Document.parse(archive.require("index.json"));
    for (Document each : index.elements("manifests")) {
      Descriptor top = Descriptor.read(each);
      Descriptor own = resolve(top, 0);
      if (own != null) {
        byte[] bytes = content.read(own.digest());
        if (Manifest.read(Document.parse(bytes)) instanceof Manifest.Single manifest) {
          loaded.add(commit(own.digest(), manifest, names(top.annotations(), name)));
        }
      }
    }
    return loaded;
  }

  /** Follows indexes to the manifest for this machine; null if there is none. */
  private @Nullable Descriptor resolve(Descriptor descriptor, int depth) throws IOException {
    if (depth > DEPTH_LIMIT || !content.has(descriptor.digest())) {
      return null;
    }
    Manifest manifest = Manifest.read(Document.parse(content.read(descriptor.digest())));
    return switch (manifest) {
      case Manifest.Single _ -> descriptor;
      case Manifest.Index index -> {
        Descriptor chosen = index.choose(Manifest.Platform.current()).orElse(null);
        yield chosen == null ? null : resolve(chosen, depth + 1);
      }
    };
  }

  /** What docker and others note beside a manifest; a name the caller gives wins. */
  private static List<String> names(Map<String, String> annotations, @Nullable String given) {
    if (given != null) {
      return List.of(ImageReference.parse(given).toString());
    }
    String noted = annotations.getOrDefault(DOCKER_NAME, annotations.getOrDefault(OCI_NAME, ""));
    return noted.isEmpty() ? List.of() : List.of(ImageReference.parse(noted).toString());
  }

  private List<StoredImage> loadDocker(ArchiveContent archive, @Nullable String name)
      throws IOException {
    List<StoredImage> loaded = new ArrayList<>();
    for (Document entry : Document.parse(archive.require("manifest.json")).elements()) {
      Digest config = archive.requireBlob(entry.text("Config"));
      List<Descriptor> layers = new ArrayList<>();
      for (String layer : entry.texts("Layers")) {
        layers.add(descriptor(archive.requireBlob(layer)));
      }
      Manifest.Single manifest = new Manifest.Single(descriptor(config), layers);
      Digest digest = content.put(document(manifest));
      List<String> names =
          name != null
              ? List.of(ImageReference.parse(name).toString())
              : entry.texts("RepoTags").stream()
                  .map(tag -> ImageReference.parse(tag).toString())
                  .toList();
      loaded.add(commit(digest, manifest, names));
    }
    return loaded;
  }

  private Descriptor descriptor(Digest digest) throws IOException {
    Manifest.Platform none = new Manifest.Platform("", "", "");
    return new Descriptor("", digest, content.size(digest), none, Map.of());
  }

  /** An archive of Docker's has no manifest in a registry's sense: it gets one. */
  private static byte[] document(Manifest.Single manifest) {
    return Writing.object()
        .put("schemaVersion", 2)
        .put("mediaType", "application/vnd.docker.distribution.manifest.v2+json")
        .put(
            "config",
            reference("application/vnd.docker.container.image.v1+json", manifest.config()))
        .list(
            "layers",
            manifest.layers(),
            layer -> reference("application/vnd.docker.image.rootfs.diff.tar", layer).json())
        .bytes();
  }

  private static Writing reference(String mediaType, Descriptor blob) {
    return Writing.object()
        .put("mediaType", mediaType)
        .put("digest", blob.digest().toString())
        .put("size", blob.size());
  }

  private StoredImage commit(Digest digest, Manifest.Single manifest, List<String> tags)
      throws IOException {
    Digest id = manifest.config().digest();
    if (!content.has(id)) {
      throw CriException.invalid("the archive lacks the image's configuration, " + id);
    }
    ImageConfig config = ImageConfig.read(Document.parse(content.read(id)));
    ImagePull.requireImage(config, manifest);
    for (int i = 0; i < manifest.layers().size(); i++) {
      Digest blob = manifest.layers().get(i).digest();
      if (!content.has(blob) && !images.hasLayer(config.diffIds().subList(0, i + 1), blob)) {
        throw CriException.invalid("the archive lacks the layer " + blob);
      }
    }
    List<String> digests =
        tags.stream().map(tag -> ImageReference.parse(tag).withDigest(digest)).toList();
    return images.commit(
        new StoredImage(id, digest, tags, digests, manifest.size(), config), manifest);
  }
}
