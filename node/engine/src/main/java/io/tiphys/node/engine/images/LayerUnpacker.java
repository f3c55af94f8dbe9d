package io.tiphys.node.engine.images;

import io.tiphys.codec.Bytes;
import io.tiphys.linux.FileNodes;
import io.tiphys.linux.FileTree;
import io.tiphys.node.cri.CriException;
import io.tiphys.node.engine.tar.TarEntry;
import io.tiphys.node.engine.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Unpacks one layer into a folder as overlay wants it: a whiteout becomes a character device 0:0,
 * an opaque mark an attribute.
 *
 * <p>Nothing a layer says can lead out of the folder. Every path is taken apart into names and
 * walked from the root of the layer; a link on the way, in this layer or one below, is resolved as
 * if that root were the root of the system, which is how a container would see it. The folder is
 * private to this process, so nothing changes between the check and the use.
 */
final class LayerUnpacker {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";

  /** What AUFS kept for itself in layers of old. */
  private static final String AUFS_META = ".wh..wh.";

  private final Path root;
  private final LayerPaths paths;

  /** Times of folders, set when nothing is put into them any more. */
  private final Map<Path, Instant> folderTimes = new HashMap<>();

  /**
   * @param root an empty folder
   * @param lowers the layers below, the topmost first
   */
  LayerUnpacker(Path root, List<Path> lowers) {
    this.root = root;
    this.paths = new LayerPaths(root, lowers);
  }

  void unpack(TarReader tar) throws IOException {
    FileNodes.chmod(root, 0755);
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      List<String> names = LayerPaths.names(entry.name());
      if (names.isEmpty()) {
        if (entry.type() == TarEntry.Type.DIRECTORY) {
          attributes(entry, root);
          folderTimes.put(root, entry.modified());
        }
        continue;
      }
      try {
        Path parent = paths.folder(names.subList(0, names.size() - 1));
        unpack(entry, parent, names.getLast(), tar);
      } catch (InvalidPathException e) {
        throw CriException.invalid(
            "cannot make a file named \"%s\": start the JVM with LC_ALL=C.UTF-8"
                .formatted(entry.name()));
      }
    }
    for (Map.Entry<Path, Instant> folder : folderTimes.entrySet()) {
      if (Files.isDirectory(folder.getKey(), LinkOption.NOFOLLOW_LINKS)) {
        FileNodes.setTimes(folder.getKey(), folder.getValue(), folder.getValue());
      }
    }
  }

  private void unpack(TarEntry entry, Path parent, String name, TarReader tar) throws IOException {
    if (name.equals(OPAQUE)) {
      FileNodes.setOpaque(parent);
    } else if (name.startsWith(AUFS_META)) {
      return;
    } else if (name.startsWith(WHITEOUT)) {
      whiteout(parent, LayerPaths.single(name.substring(WHITEOUT.length())));
    } else {
      create(entry, parent.resolve(name), tar.content());
    }
  }

  /** Hides what is below; what this layer itself put there stays. */
  private void whiteout(Path parent, String name) throws IOException {
    Path target = parent.resolve(name);
    if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      FileNodes.setOpaque(target);
    } else if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      FileNodes.whiteout(target);
    }
  }

  private void create(TarEntry entry, Path target, InputStream content) throws IOException {
    boolean wasWhiteout = clear(target, entry.type());
    switch (entry.type()) {
      case FILE -> {
        try (OutputStream out = Files.newOutputStream(target)) {
          content.transferTo(out);
        }
      }
      case DIRECTORY -> {
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectory(target);
        }
        if (wasWhiteout) {
          FileNodes.setOpaque(target);
        }
        folderTimes.put(target, entry.modified());
      }
      case SYMBOLIC_LINK -> {
        if (entry.linkName().isEmpty()) {
          throw hostile(entry, "a link to nothing");
        }
        Files.createSymbolicLink(target, Path.of(entry.linkName()));
      }
      case HARD_LINK -> {
        hardLink(entry, target);
        return; // It shares the attributes of what it links to.
      }
      case CHARACTER_DEVICE -> device(entry, target, FileNodes.Kind.CHARACTER);
      case BLOCK_DEVICE -> device(entry, target, FileNodes.Kind.BLOCK);
      case FIFO -> device(entry, target, FileNodes.Kind.FIFO);
    }
    attributes(entry, target);
    if (entry.type() != TarEntry.Type.DIRECTORY) {
      FileNodes.setTimes(target, entry.modified(), entry.modified());
    }
  }

  /** Makes way for a new file; whether there was a whiteout of this layer. */
  private boolean clear(Path target, TarEntry.Type type) throws IOException {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
      if (type != TarEntry.Type.DIRECTORY) {
        FileTree.delete(target);
        paths.forget();
      }
      return false;
    }
    boolean whiteout = LayerPaths.isWhiteout(target);
    Files.delete(target);
    paths.forget();
    return whiteout;
  }

  private static void device(TarEntry entry, Path target, FileNodes.Kind kind) {
    if (entry.deviceMajor() == 0 && entry.deviceMinor() == 0 && kind == FileNodes.Kind.CHARACTER) {
      throw hostile(entry, "a device that overlays take for a whiteout");
    }
    FileNodes.mknod(target, kind, 0600, entry.deviceMajor(), entry.deviceMinor());
  }

  private void hardLink(TarEntry entry, Path target) throws IOException {
    List<String> names = LayerPaths.names(entry.linkName());
    if (names.isEmpty()) {
      throw hostile(entry, "a link to the root");
    }
    Path parent = paths.folder(names.subList(0, names.size() - 1));
    Path existing = parent.resolve(names.getLast());
    if (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = paths.copyUp(existing);
    }
    if (Files.isDirectory(existing, LinkOption.NOFOLLOW_LINKS)) {
      throw hostile(entry, "a hard link to a folder");
    }
    Files.createLink(target, existing);
  }

  private static void attributes(TarEntry entry, Path target) {
    // Changing the owner drops set-uid bits and file capabilities: they come after.
    FileNodes.chown(target, owner(entry, entry.uid()), owner(entry, entry.gid()));
    if (entry.type() != TarEntry.Type.SYMBOLIC_LINK) {
      FileNodes.chmod(target, entry.mode());
    }
    for (Map.Entry<String, Bytes> xattr : entry.xattrs().entrySet()) {
      // Overlay's own marks would let a layer reach around the ones below it.
      if (!xattr.getKey().startsWith("trusted.overlay.")
          && !xattr.getKey().startsWith("user.overlay.")) {
        FileNodes.setXattr(target, xattr.getKey(), xattr.getValue().toByteArray());
      }
    }
  }

  private static int owner(TarEntry entry, long id) {
    if (id < 0 || id >= 0xffff_ffffL) {
      throw hostile(entry, "an owner that cannot be: " + id);
    }
    return (int) id;
  }

  static CriException hostile(TarEntry entry, String what) {
    return CriException.invalid("layer refused: \"%s\" is %s".formatted(entry.name(), what));
  }
}
