package io.tiphys.node.agent.volumes;

import io.tiphys.linux.FileNodes;
import io.tiphys.linux.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder whose files change all at once: {@code ..data} is a link to the present version, and the
 * files are links through it. Checked against pkg/volume/util/atomic_writer.go.
 */
final class AtomicFolder {
  private static final String DATA = "..data";

  /** For chown: the group stays. */
  private static final int KEEP = -1;

  private static final String VERSION = "..version_";

  private final Path folder;

  /**
   * A file.
   *
   * @param owner the user whom it belongs to; null for this process's
   */
  record Entry(byte[] content, int mode, @Nullable Integer owner) {
    Entry(byte[] content, int mode) {
      this(content, mode, null);
    }
  }

  AtomicFolder(Path folder) {
    this.folder = folder;
  }

  /** Makes the folder hold exactly these files; does nothing when it does. */
  void write(Map<String, Entry> files) throws IOException {
    Files.createDirectories(folder);
    Path data = folder.resolve(DATA);
    if (Files.exists(data) && same(data, files)) {
      return;
    }
    Path version = Files.createTempDirectory(folder, VERSION);
    Files.setPosixFilePermissions(version, permissions(0755));
    for (Map.Entry<String, Entry> file : files.entrySet()) {
      Path target = version.resolve(file.getKey()).normalize();
      if (!target.startsWith(version)) {
        throw new IOException("path leads out of the volume: " + file.getKey());
      }
      Files.createDirectories(target.getParent());
      Files.write(target, file.getValue().content());
      Files.setPosixFilePermissions(target, permissions(file.getValue().mode()));
      if (file.getValue().owner() != null) {
        FileNodes.chown(target, file.getValue().owner(), KEEP);
      }
    }
    Path next = folder.resolve(DATA + "_tmp");
    Files.deleteIfExists(next);
    Files.createSymbolicLink(next, version.getFileName());
    Path old = Files.exists(data, LinkOption.NOFOLLOW_LINKS) ? data.toRealPath() : null;
    Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    links(files.keySet());
    if (old != null) {
      FileTree.delete(old);
    }
  }

  private static boolean same(Path data, Map<String, Entry> files) throws IOException {
    try (Stream<Path> present = Files.walk(data.toRealPath())) {
      if (present.filter(Files::isRegularFile).count() != files.size()) {
        return false;
      }
    }
    for (Map.Entry<String, Entry> file : files.entrySet()) {
      Path there = data.resolve(file.getKey());
      if (!Files.isRegularFile(there)
          || !Arrays.equals(Files.readAllBytes(there), file.getValue().content())) {
        return false;
      }
    }
    return true;
  }

  private void links(Set<String> names) throws IOException {
    Set<String> tops = new HashSet<>();
    for (String name : names) {
      tops.add(name.split("/")[0]);
    }
    for (String top : tops) {
      Path link = folder.resolve(top);
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(link, Path.of(DATA, top));
      }
    }
    try (Stream<Path> present = Files.list(folder)) {
      for (Path link : present.filter(Files::isSymbolicLink).toList()) {
        String name = link.getFileName().toString();
        if (!name.equals(DATA) && !tops.contains(name)) {
          Files.delete(link);
        }
      }
    }
  }

  static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((mode & (0400 >> i)) != 0) {
        permissions.add(all[i]);
      }
    }
    return permissions;
  }
}
