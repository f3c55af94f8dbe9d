package io.tiphys.node.engine.images;

import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.document.Document;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a registry or archive answers for an image: the image itself or a choice of images. */
sealed interface Manifest {
  /** More than any real manifest; what containerd takes too. */
  int SIZE_LIMIT = 8 << 20;

  List<String> MEDIA_TYPES =
      List.of(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.docker.distribution.manifest.v2+json");

  /** One image. */
  record Single(Descriptor config, List<Descriptor> layers) implements Manifest {
    public Single {
      layers = List.copyOf(layers);
    }

    /** Whether it is an image for containers, not a signature, a chart or an attestation. */
    boolean isImage() {
      return CONFIG_TYPES.contains(config.mediaType());
    }

    /** What it takes to transfer it. */
    long size() {
      return config.size() + layers.stream().mapToLong(Descriptor::size).sum();
    }
  }

  /** The same image for several platforms, or several images of an archive. */
  record Index(List<Descriptor> manifests) implements Manifest {
    public Index {
      manifests = List.copyOf(manifests);
    }

    /** The manifest for {@code platform}. */
    Optional<Descriptor> choose(Platform platform) {
      Optional<Descriptor> exact =
          manifests.stream().filter(m -> m.platform().equals(platform)).findFirst();
      return exact.or(
          () -> manifests.stream().filter(m -> m.platform().fits(platform)).findFirst());
    }
  }

  /** What configurations of container images are called; older tools say nothing. */
  List<String> CONFIG_TYPES =
      List.of(
          "",
          "application/vnd.oci.image.config.v1+json",
          "application/vnd.docker.container.image.v1+json");

  /**
   * A reference to a blob with what is known about it.
   *
   * @param platform empty strings where it says none
   */
  record Descriptor(
      String mediaType,
      Digest digest,
      long size,
      Platform platform,
      Map<String, String> annotations) {
    public Descriptor {
      annotations = Map.copyOf(annotations);
    }

    /** Whether what it refers to says something about an image instead of being one. */
    boolean isAttestation() {
      return annotations.containsKey("vnd.docker.reference.type")
          || platform.os().equals("unknown");
    }

    static Descriptor read(Document document) {
      String digest = document.text("digest");
      long size = document.number("size");
      if (!Digest.isDigest(digest) || size < 0) {
        throw CriException.invalid("image manifest has an invalid descriptor: " + digest);
      }
      Document platform = document.get("platform");
      return new Descriptor(
          document.text("mediaType"),
          Digest.parse(digest),
          size,
          new Platform(
              platform.text("os"), platform.text("architecture"), platform.text("variant")),
          document.textMembers("annotations"));
    }
  }

  /** Where an image runs, in Go's words: {@code linux}, {@code amd64}, {@code v8}. */
  record Platform(String os, String architecture, String variant) {
    boolean isSaid() {
      return !os.isEmpty();
    }

    /** Whether what runs on {@code other} runs here; variants are a matter of choice. */
    boolean fits(Platform other) {
      return os.equals(other.os) && architecture.equals(other.architecture);
    }

    /** That of a machine of this architecture. */
    static Platform of(String architecture) {
      return new Platform("linux", architecture, architecture.equals("arm64") ? "v8" : "");
    }

    @Override
    public String toString() {
      return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
  }

  /**
   * Reads an OCI or Docker (schema 2) manifest or index.
   *
   * @throws CriException INVALID_ARGUMENT when it is neither
   */
  static Manifest read(Document document) {
    if (document.number("schemaVersion") == 1) {
      throw CriException.invalid(
          "image manifests of Docker's schema 1 are no longer supported: push the image again");
    }
    if (!document.elements("manifests").isEmpty()) {
      return new Index(document.elements("manifests").stream().map(Descriptor::read).toList());
    }
    if (!document.get("config").isObject()) {
      throw CriException.invalid("image manifest has neither a config nor manifests");
    }
    return new Single(
        Descriptor.read(document.get("config")),
        document.elements("layers").stream().map(Descriptor::read).toList());
  }
}
