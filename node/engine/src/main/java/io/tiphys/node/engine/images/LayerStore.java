package io.tiphys.node.engine.images;

import com.github.luben.zstd.ZstdInputStream;
import io.tiphys.base.files.AtomicFile;
import io.tiphys.linux.FileNodes;
import io.tiphys.linux.FileTree;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Layers, unpacked once each into a folder that overlays take as a lower one.
 *
 * <p>A folder is named by the layer's chain id: the digest of the layer and all below it. Two
 * images that begin with the same layers share those folders; the same layer on top of others has a
 * folder of its own, since what it leaves unsaid (the mode of a folder it only passes through)
 * comes from below. A folder appears whole, also after a power cut: it is unpacked beside, synced
 * and renamed.
 */
final class LayerStore {
  /** Twelve bytes of a digest; short, because overlay's options must fit one page. */
  private static final int NAME_DIGITS = 24;

  private static final String UNFINISHED = "unfinished-";

  /** What one layer may unpack to; a layer of a few kilobytes can claim petabytes. */
  private static final long LAYER_LIMIT_BYTES = 64L << 30;

  private final Path folder;

  /** Opens the store, clearing what a former life left half unpacked. */
  LayerStore(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
      for (Path each : list()) {
        if (each.getFileName().toString().startsWith(UNFINISHED)) {
          FileTree.delete(each);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the layer that ends {@code chain} (the lowest first) is or will be. */
  Path path(List<Digest> chain) {
    return folder.resolve(name(chain));
  }

  boolean has(List<Digest> chain) {
    return Files.isDirectory(path(chain));
  }

  /** The folders of all layers of {@code chain}, the topmost first, as overlay wants them. */
  List<Path> lowers(List<Digest> chain) {
    List<Path> lowers = new ArrayList<>();
    for (int depth = chain.size(); depth > 0; depth--) {
      lowers.add(path(chain.subList(0, depth)));
    }
    return lowers;
  }

  private static String name(List<Digest> chain) {
    return chainId(chain).hex().substring(0, NAME_DIGITS);
  }

  /** As the OCI image specification defines it. */
  static Digest chainId(List<Digest> chain) {
    Digest id = chain.getFirst();
    for (Digest next : chain.subList(1, chain.size())) {
      id = Digest.of((id + " " + next).getBytes(StandardCharsets.UTF_8));
    }
    return id;
  }

  /**
   * Unpacks the layer that ends {@code chain}; those below it are unpacked already.
   *
   * @param blob the layer as transferred: plain, gzip or zstd
   * @throws CriException INVALID_ARGUMENT when it is not what its diff id says, or hostile
   */
  void unpack(List<Digest> chain, InputStream blob) throws IOException {
    if (has(chain)) {
      return;
    }
    Path unpacked = Files.createTempDirectory(folder, UNFINISHED);
    try {
      Digest expected = chain.getLast();
      MessageDigest hash = Digest.messageDigest(expected.algorithm());
      List<Path> lowers = lowers(chain.subList(0, chain.size() - 1));
      try (InputStream plain = new DigestInputStream(decompress(blob), hash);
          InputStream limited = new LimitedInput(plain, LAYER_LIMIT_BYTES)) {
        new LayerUnpacker(unpacked, lowers).unpack(new TarReader(limited));
        limited.transferTo(OutputStream.nullOutputStream());
      }
      Digest actual = Digest.of(expected.algorithm(), hash.digest());
      if (!actual.equals(expected)) {
        throw CriException.invalid(
            "layer is not what the image says: wrong diff id calculated on extraction \"%s\","
                    .formatted(actual)
                + " expected \"%s\"".formatted(expected));
      }
      // Whoever finds the name must find every file behind it, after a power cut too.
      FileNodes.syncFileSystem(unpacked);
      Files.move(unpacked, path(chain), StandardCopyOption.ATOMIC_MOVE);
      AtomicFile.syncFolder(path(chain));
    } finally {
      FileTree.delete(unpacked);
    }
  }

  /** The plain content of a stream, whichever way it is compressed, told by its first bytes. */
  static InputStream decompress(InputStream stream) throws IOException {
    BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
    in.mark(4);
    byte[] magic = in.readNBytes(4);
    in.reset();
    if (magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
      return new GZIPInputStream(in, 1 << 16);
    }
    if (magic.length == 4
        && (magic[0] & 0xff) == 0x28
        && (magic[1] & 0xff) == 0xb5
        && magic[2] == 0x2f
        && (magic[3] & 0xff) == 0xfd) {
      return new ZstdInputStream(in);
    }
    return in;
  }

  /** Deletes the layers that belong to none of {@code chains} and are not in {@code used}. */
  void prune(List<List<Digest>> chains, Set<Path> used) {
    Set<Path> keep = new java.util.HashSet<>(used);
    chains.forEach(chain -> keep.addAll(lowers(chain)));
    try {
      for (Path layer : list()) {
        boolean unfinished = layer.getFileName().toString().startsWith(UNFINISHED);
        if (!unfinished && !keep.contains(layer)) {
          // Renamed first: a layer is whole as long as it has its name.
          Path doomed = folder.resolve(UNFINISHED + layer.getFileName());
          Files.move(layer, doomed, StandardCopyOption.ATOMIC_MOVE);
          FileTree.delete(doomed);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
