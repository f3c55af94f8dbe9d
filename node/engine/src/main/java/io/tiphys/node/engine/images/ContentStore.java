package io.tiphys.node.engine.images;

import io.tiphys.base.files.AtomicFile;
import io.tiphys.node.cri.CriException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Blobs in files named by their digest. A blob appears whole and verified or not at all, also after
 * a power cut: it is written beside, synced and renamed.
 */
final class ContentStore {
  private final Path blobs;
  private final Path incoming;

  /** Opens the store, clearing what a former life left half written. */
  ContentStore(Path folder) {
    blobs = folder.resolve("blobs");
    incoming = folder.resolve("incoming");
    try {
      Files.createDirectories(blobs);
      Files.createDirectories(incoming);
      try (Stream<Path> left = Files.list(incoming)) {
        for (Path each : left.toList()) {
          Files.delete(each);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path(Digest digest) {
    return blobs.resolve(digest.algorithm() + "-" + digest.hex());
  }

  boolean has(Digest digest) {
    return Files.exists(path(digest));
  }

  long size(Digest digest) throws IOException {
    return Files.size(path(digest));
  }

  InputStream open(Digest digest) throws IOException {
    return Files.newInputStream(path(digest));
  }

  /** A small blob whole. One that is damaged goes away, so that the next pull or load mends it. */
  byte[] read(Digest digest) throws IOException {
    byte[] bytes = Files.readAllBytes(path(digest));
    byte[] hash = Digest.messageDigest(digest.algorithm()).digest(bytes);
    if (!Digest.of(digest.algorithm(), hash).equals(digest)) {
      delete(digest);
      throw new IOException("content is damaged: " + digest);
    }
    return bytes;
  }

  /** Stores bytes under their own SHA-256. */
  Digest put(byte[] content) throws IOException {
    return put(new ByteArrayInputStream(content), null, content.length);
  }

  /**
   * Stores a stream.
   *
   * @param expected what it must be, or null to name it by its SHA-256
   * @param limit the most bytes to take
   * @throws CriException INTERNAL when it is something else, RESOURCE_EXHAUSTED when it is longer
   */
  Digest put(InputStream in, @Nullable Digest expected, long limit) throws IOException {
    MessageDigest hash = Digest.messageDigest(expected == null ? "sha256" : expected.algorithm());
    Path file = Files.createTempFile(incoming, "blob", "");
    try {
      try (OutputStream out = Files.newOutputStream(file)) {
        copy(in, out, hash, limit);
      }
      Digest actual = Digest.of(expected == null ? "sha256" : expected.algorithm(), hash.digest());
      if (expected != null && !expected.equals(actual)) {
        throw new CriException(
            CriException.Code.INTERNAL,
            "unexpected content: expected digest %s, got %s".formatted(expected, actual));
      }
      AtomicFile.moveIntoPlace(file, path(actual));
      return actual;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static void copy(InputStream in, OutputStream out, MessageDigest hash, long limit)
      throws IOException {
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      total += read;
      if (total > limit) {
        throw new CriException(
            CriException.Code.RESOURCE_EXHAUSTED, "content is longer than " + limit + " bytes");
      }
      hash.update(buffer, 0, read);
      out.write(buffer, 0, read);
    }
  }

  void delete(Digest digest) {
    try {
      Files.deleteIfExists(path(digest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes every blob that {@code keep} does not want. */
  void prune(Predicate<Digest> keep) {
    try (Stream<Path> files = Files.list(blobs)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString().replaceFirst("-", ":");
        if (!Digest.isDigest(name) || !keep.test(Digest.parse(name))) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The digests of all blobs. */
  List<Digest> list() throws IOException {
    try (Stream<Path> files = Files.list(blobs)) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("-", ":"))
          .filter(Digest::isDigest)
          .map(Digest::parse)
          .toList();
    }
  }
}
