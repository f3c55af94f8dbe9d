package io.tiphys.node.agent.volumes;

import io.tiphys.base.machine.Disk;
import io.tiphys.linux.FileNodes;
import io.tiphys.linux.FileTree;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
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

  private final Disk disk;
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

  AtomicFolder(Disk disk, Path folder) {
    this.disk = disk;
    this.folder = folder;
  }

  /**
   * Makes the folder hold exactly these files; does nothing when it does. What is there stays as it
   * is until all of the new is there.
   */
  void write(Map<String, Entry> files) throws IOException {
    disk.createDirectories(folder);
    Path data = folder.resolve(DATA);
    if (disk.exists(data) && same(disk.toRealPath(data), files)) {
      // A disk that was full may have kept these from being made.
      links(files.keySet());
      return;
    }
    Path version = disk.createTempDirectory(folder, VERSION);
    try {
      fill(version, files);
      Path next = folder.resolve(DATA + "_tmp");
      disk.deleteIfExists(next);
      disk.createSymbolicLink(next, version.getFileName());
      disk.move(next, data);
    } catch (IOException e) {
      // A full disk needs the space of what is of no use.
      FileTree.delete(version);
      throw e;
    }
    links(files.keySet());
    for (Path other : disk.list(folder)) {
      String name = other.getFileName().toString();
      if (name.startsWith(VERSION) && !other.getFileName().equals(version.getFileName())) {
        FileTree.delete(other);
      }
    }
  }

  private void fill(Path version, Map<String, Entry> files) throws IOException {
    disk.setPosixFilePermissions(version, permissions(0755));
    for (Map.Entry<String, Entry> file : files.entrySet()) {
      Path target = version.resolve(file.getKey()).normalize();
      if (!target.startsWith(version)) {
        throw new IOException("path leads out of the volume: " + file.getKey());
      }
      disk.createParents(target);
      disk.write(target, file.getValue().content());
      disk.setPosixFilePermissions(target, permissions(file.getValue().mode()));
      if (file.getValue().owner() != null) {
        FileNodes.chown(target, file.getValue().owner(), KEEP);
      }
    }
  }

  private boolean same(Path data, Map<String, Entry> files) throws IOException {
    if (count(data) != files.size()) {
      return false;
    }
    for (Map.Entry<String, Entry> file : files.entrySet()) {
      Path there = data.resolve(file.getKey());
      if (!disk.isRegularFile(there)
          || !Arrays.equals(disk.readAllBytes(there), file.getValue().content())) {
        return false;
      }
    }
    return true;
  }

  /** How many files are at or below {@code path}; API objects are too small for a deep tree. */
  private long count(Path path) throws IOException {
    if (!disk.attributes(path).isDirectory()) {
      return disk.isRegularFile(path) ? 1 : 0;
    }
    long count = 0;
    for (Path child : disk.list(path)) {
      count += count(child);
    }
    return count;
  }

  private void links(Set<String> names) throws IOException {
    Set<String> tops = new HashSet<>();
    for (String name : names) {
      tops.add(name.split("/")[0]);
    }
    Set<String> present = new HashSet<>();
    for (Path link : disk.list(folder)) {
      if (disk.attributes(link).isSymbolicLink()) {
        present.add(link.getFileName().toString());
      }
    }
    for (String top : tops) {
      if (!present.contains(top)) {
        disk.createSymbolicLink(folder.resolve(top), Path.of(DATA, top));
      }
    }
    for (String name : present) {
      if (!name.equals(DATA) && !tops.contains(name)) {
        disk.delete(folder.resolve(name));
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
