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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Loads images from files that other tools wrote. */
final class ImageLoad {
  private static final String DOCKER_NAME = "io.containerd.image.name";
  private static final String OCI_NAME = "org.opencontainers.image.ref.name";

  /** What docker calls an image without a name. */
  private static final String NO_NAME = "<none>:<none>";

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
      List<Found> found =
          archive.small().containsKey("index.json") ? findOci(archive) : findDocker(archive);
      if (name != null && found.stream().map(Found::what).distinct().count() > 1) {
        throw CriException.invalid(
            "cannot name the image \"%s\": the archive holds %d images"
                .formatted(name, found.size()));
      }
      Map<Digest, StoredImage> loaded = new LinkedHashMap<>();
      for (Found each : found) {
        StoredImage image = load(each, name);
        loaded.put(image.id(), image);
      }
      return List.copyOf(loaded.values());
    } catch (IOException e) {
      throw CriException.invalid("cannot load images: " + e.getMessage());
    }
  }

  /**
   * An image of the archive, before anything is asked of it.
   *
   * @param what its first name, or else the digest or path of what describes it
   * @param names as the archive has them
   */
  private record Found(String what, List<String> names, Reader reader) {}

  /** Reads what is needed to make an image of what was found. */
  private interface Reader {
    Described read() throws IOException;
  }

  private record Described(Digest digest, Manifest.Single manifest) {}

  /** Loads one image; its name, the layer and the cause are in whatever goes wrong. */
  private StoredImage load(Found found, @Nullable String name) {
    try {
      Described image = found.reader.read();
      List<String> names = name == null ? found.names : List.of(name);
      List<String> tags =
          names.stream().map(each -> ImageReference.parse(each).toString()).distinct().toList();
      return commit(image.digest, image.manifest, tags);
    } catch (CriException e) {
      throw new CriException(e.code(), failed(found, e), e);
    } catch (IOException e) {
      throw new CriException(CriException.Code.INVALID_ARGUMENT, failed(found, e), e);
    }
  }

  private static String failed(Found found, Exception cause) {
    return "cannot load image \"%s\": %s".formatted(found.what, cause.getMessage());
  }

  private List<Found> findOci(ArchiveContent archive) throws IOException {
    List<Found> found = new ArrayList<>();
    List<String> others = new ArrayList<>();
    Document index = Document.parse(archive.require("index.json"));
    for (Document each : index.elements("manifests")) {
      Descriptor top = Descriptor.read(each);
      List<String> names = names(top.annotations());
      String what = names.isEmpty() ? top.digest().toString() : names.getFirst();
      if (!top.isAttestation() && isForThisMachine(top, others) && leadsToImage(top)) {
        found.add(new Found(what, names, () -> describe(top)));
      }
    }
    if (found.isEmpty()) {
      String why =
          others.isEmpty() ? "" : "; it has some for " + String.join(", ", new TreeSet<>(others));
      throw CriException.invalid(
          "the archive holds no image for %s%s".formatted(images.platform(), why));
    }
    return found;
  }

  private boolean isForThisMachine(Descriptor top, List<String> others) {
    boolean fits = !top.platform().isSaid() || top.platform().fits(images.platform());
    if (!fits) {
      others.add(top.platform().toString());
    }
    return fits;
  }

  /** Whether a descriptor stands for an image, as far as can be told; what lacks says so later. */
  private boolean leadsToImage(Descriptor top) throws IOException {
    return !content.has(top.digest())
        || !(Manifest.read(Document.parse(content.read(top.digest())))
            instanceof Manifest.Single manifest)
        || manifest.isImage();
  }

  private Described describe(Descriptor top) throws IOException {
    Descriptor at = top;
    for (int depth = 0; depth < DEPTH_LIMIT; depth++) {
      if (!content.has(at.digest())) {
        throw new IOException("the archive lacks the manifest " + at.digest());
      }
      switch (Manifest.read(Document.parse(content.read(at.digest())))) {
        case Manifest.Single manifest -> {
          return new Described(at.digest(), manifest);
        }
        case Manifest.Index index -> {
          Manifest.Platform platform = images.platform();
          List<Descriptor> some = index.manifests();
          at =
              some.size() == 1 && !some.getFirst().platform().isSaid()
                  ? some.getFirst()
                  : index
                      .choose(platform)
                      .orElseThrow(
                          () -> new IOException("no match for platform in manifest: " + platform));
        }
      }
    }
    throw new IOException("indexes lead to indexes, more than " + DEPTH_LIMIT + " deep");
  }

  /**
   * What docker and others note beside a manifest. OCI's note may be any text: what is no name
   * leaves the image without one.
   */
  private static List<String> names(Map<String, String> annotations) {
    String docker = annotations.getOrDefault(DOCKER_NAME, "");
    if (!docker.isEmpty()) {
      return List.of(docker);
    }
    try {
      return List.of(ImageReference.parse(annotations.getOrDefault(OCI_NAME, "")).toString());
    } catch (CriException e) {
      return List.of();
    }
  }

  private List<Found> findDocker(ArchiveContent archive) throws IOException {
    List<Found> found = new ArrayList<>();
    for (Document entry : Document.parse(archive.require("manifest.json")).elements()) {
      List<String> names =
          entry.texts("RepoTags").stream().filter(tag -> !tag.equals(NO_NAME)).toList();
      String what = names.isEmpty() ? entry.text("Config") : names.getFirst();
      found.add(new Found(what, names, () -> describe(archive, entry)));
    }
    if (found.isEmpty()) {
      throw CriException.invalid("the archive holds no image: its manifest.json is empty");
    }
    return found;
  }

  private Described describe(ArchiveContent archive, Document entry) throws IOException {
    Digest config = archive.requireBlob(entry.text("Config"));
    List<Descriptor> layers = new ArrayList<>();
    for (String layer : entry.texts("Layers")) {
      layers.add(descriptor(archive.requireBlob(layer)));
    }
    Manifest.Single manifest = new Manifest.Single(descriptor(config), layers);
    return new Described(content.put(document(manifest)), manifest);
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
        throw CriException.invalid(
            "the archive lacks layer %d of %d (%s)"
                .formatted(i + 1, manifest.layers().size(), blob));
      }
    }
    List<String> digests =
        tags.stream().map(tag -> ImageReference.parse(tag).withDigest(digest)).toList();
    return images.commit(
        new StoredImage(id, digest, tags, digests, manifest.size(), config), manifest);
  }
}
