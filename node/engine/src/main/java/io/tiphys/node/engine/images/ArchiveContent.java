package io.tiphys.node.engine.images;

import io.tiphys.node.engine.tar.TarEntry;
import io.tiphys.node.engine.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an archive holds: its large members as blobs, its small documents in memory.
 *
 * @param small documents by path
 * @param blobs the digest of each other member, by path
 */
record ArchiveContent(Map<String, byte[]> small, Map<String, Digest> blobs) {
  private static final List<String> DOCUMENTS =
      List.of("index.json", "oci-layout", "manifest.json", "repositories");

  /** An index of an archive lists a few images. */
  private static final int DOCUMENT_LIMIT = 8 << 20;

  /** A layer in an archive is not compressed: it may be as long as one unpacked. */
  private static final long BLOB_LIMIT = 64L << 30;

  private static final String OCI_BLOBS = "blobs/";

  ArchiveContent {
    small = Map.copyOf(small);
    blobs = Map.copyOf(blobs);
  }

  /** Reads a tar, plain or compressed, in one pass: blobs go to {@code content} as they come. */
  static ArchiveContent readTar(InputStream stream, ContentStore content) throws IOException {
    Map<String, byte[]> small = new HashMap<>();
    Map<String, Digest> blobs = new HashMap<>();
    Map<String, String> links = new HashMap<>();
    InputStream plain = LayerStore.decompress(new BufferedInputStream(stream));
    TarReader tar = new TarReader(plain);
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String path = normal(entry.name());
      switch (entry.type()) {
        case FILE -> {
          if (DOCUMENTS.contains(path)) {
            small.put(path, new LimitedInput(tar.content(), DOCUMENT_LIMIT).readAllBytes());
          } else {
            blobs.put(path, content.put(tar.content(), expected(path), BLOB_LIMIT));
          }
        }
        // Old archives of Docker's name a shared layer once and link to it.
        case SYMBOLIC_LINK, HARD_LINK ->
            links.put(
                path,
                entry.type() == TarEntry.Type.HARD_LINK
                    ? normal(entry.linkName())
                    : normal(path + "/../" + entry.linkName()));
        case DIRECTORY -> {}
        case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO ->
            throw new IOException("an image archive with a device: " + entry.name());
      }
    }
    for (String link : links.keySet()) {
      Digest digest = followed(link, links, blobs);
      if (digest != null) {
        blobs.put(link, digest);
      }
    }
    return new ArchiveContent(small, blobs);
  }

  /** A link may lead to a link: as many as there are, not in a circle. */
  private static @Nullable Digest followed(
      String link, Map<String, String> links, Map<String, Digest> blobs) {
    String at = link;
    for (int steps = 0; steps <= links.size(); steps++) {
      String target = links.get(at);
      if (target == null) {
        return blobs.get(at);
      }
      at = target;
    }
    return null;
  }

  /** A path in the archive without dots; it climbs no higher than the archive. */
  private static String normal(String path) {
    Deque<String> names = new ArrayDeque<>();
    for (String name : path.split("/")) {
      if (name.equals("..")) {
        names.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }
    return String.join("/", names);
  }

  /** Reads an OCI layout folder. */
  static ArchiveContent readLayout(Path folder, ContentStore content) throws IOException {
    Map<String, byte[]> small = new HashMap<>();
    Map<String, Digest> blobs = new HashMap<>();
    for (String document : DOCUMENTS) {
      Path file = folder.resolve(document);
      if (Files.isRegularFile(file)) {
        small.put(document, Files.readAllBytes(file));
      }
    }
    Path blobFolder = folder.resolve("blobs");
    if (Files.isDirectory(blobFolder)) {
      try (Stream<Path> files = Files.walk(blobFolder, 2)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String path = folder.relativize(file).toString();
          Digest expected = expected(path);
          if (expected != null && !content.has(expected)) {
            try (InputStream in = Files.newInputStream(file)) {
              content.put(in, expected, BLOB_LIMIT);
            }
          }
        }
      }
    }
    return new ArchiveContent(small, blobs);
  }

  /** {@code blobs/sha256/HEX} says what it must be. */
  private static @Nullable Digest expected(String path) {
    String digest =
        path.startsWith(OCI_BLOBS) ? path.substring(OCI_BLOBS.length()).replace('/', ':') : "";
    return Digest.isDigest(digest) ? Digest.parse(digest) : null;
  }

  byte[] require(String document) throws IOException {
    byte[] bytes = small.get(document);
    if (bytes == null) {
      throw new IOException(
          "neither an OCI layout (index.json) nor a docker archive (manifest.json)");
    }
    return bytes;
  }

  Digest requireBlob(String path) throws IOException {
    Digest digest = blobs.get(normal(path));
    if (digest == null) {
      throw new IOException("the archive lacks " + path);
    }
    return digest;
  }
}
