package io.tiphys.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;

/** Mounting, unmounting and reading the mount table of this process. */
public final class Mounts {
  public static final long READ_ONLY = 1;
  public static final long NO_SUID = 2;
  public static final long NO_DEV = 4;
  public static final long NO_EXEC = 8;
  public static final long REMOUNT = 32;
  public static final long BIND = 4096;
  public static final long RECURSIVE = 16384;

  /** How mounts below a mount point spread to its copies. */
  public enum Propagation {
    PRIVATE(1L << 18),
    SHARED(1L << 20);

    private final long flag;

    Propagation(long flag) {
      this.flag = flag;
    }
  }

  private static final int MNT_DETACH = 2;
  private static final int UMOUNT_NOFOLLOW = 8;

  /** The kernel copies one page of options and needs room for the closing zero. */
  private static final int OPTIONS_LIMIT = 4095;

  private static final Path TABLE = Path.of("/proc/self/mountinfo");

  private Mounts() {}

  /** mount(2); {@code type} and {@code data} may be empty. */
  public static void mount(String source, Path target, String type, long flags, String data) {
    try (Arena arena = Arena.ofConfined()) {
      int result =
          Libc.call(
              "mount",
              Libc.string(arena, source),
              Libc.path(arena, target),
              Libc.string(arena, type),
              flags,
              data.isEmpty() ? 0 : Libc.string(arena, data));
      Libc.check(result, "mount " + (type.isEmpty() ? "" : type + " ") + source + " on " + target);
    }
  }

  /** Shows {@code source} at {@code target} too; both exist and are of one kind. */
  public static void bind(Path source, Path target, boolean recursive, boolean readOnly) {
    long flags = BIND | (recursive ? RECURSIVE : 0);
    mount(source.toString(), target, "", flags, "");
    if (readOnly) {
      // The first call ignores every other flag: read-only takes a second one.
      mount("none", target, "", BIND | REMOUNT | READ_ONLY, "");
    }
  }

  /** Mounts a tmpfs of at most {@code sizeBytes} (0: the kernel's default, half the memory). */
  public static void tmpfs(Path target, long sizeBytes, int mode) {
    String size = sizeBytes > 0 ? ",size=" + sizeBytes : "";
    mount("tmpfs", target, "tmpfs", NO_SUID | NO_DEV, "mode=%o%s".formatted(mode, size));
  }

  /**
   * Mounts an overlay for reading and writing.
   *
   * @param lowers the read-only layers, the topmost first; at least one
   * @param upper takes the changes; on one file system with {@code work}, which is empty
   */
  public static void overlay(List<Path> lowers, Path upper, Path work, Path target) {
    overlay(lowers, ",upperdir=" + escape(upper) + ",workdir=" + escape(work), target);
  }

  private static void overlay(List<Path> lowers, String rest, Path target) {
    String data = lowers.stream().map(Mounts::escape).collect(lowerDirs()) + rest;
    if (data.getBytes(StandardCharsets.UTF_8).length <= OPTIONS_LIMIT) {
      mount("overlay", target, "overlay", 0, data);
      return;
    }
    // Too many layers for one page: name them relative to their folder, on a thread whose working
    // directory is not the process's.
    Path parent = commonParent(lowers);
    String shorter =
        lowers.stream().map(l -> escape(parent.relativize(l))).collect(lowerDirs()) + rest;
    Namespaces.onOwnThread(
        () -> {
          int unshareFs = 0x200;
          Libc.check(Libc.call("unshare", unshareFs), "unshare the working directory");
          try (Arena arena = Arena.ofConfined()) {
            Libc.check(Libc.call("chdir", Libc.path(arena, parent)), "enter " + parent);
          }
          mount("overlay", target.toAbsolutePath(), "overlay", 0, shorter);
          return null;
        });
  }

  private static Collector<CharSequence, ?, String> lowerDirs() {
    return Collectors.joining(":", "lowerdir=", "");
  }

  private static Path commonParent(List<Path> paths) {
    Path parent = paths.getFirst().toAbsolutePath().getParent();
    while (parent != null) {
      Path candidate = parent;
      if (paths.stream().allMatch(p -> p.startsWith(candidate))) {
        return candidate;
      }
      parent = parent.getParent();
    }
    return Path.of("/");
  }

  /** Overlay's options end at a comma and its layers at a colon. */
  private static String escape(Path path) {
    return path.toString().replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,");
  }

  /** Sets how mounts at and below {@code target} spread. */
  public static void propagation(Path target, Propagation propagation, boolean recursive) {
    mount("none", target, "", propagation.flag | (recursive ? RECURSIVE : 0), "");
  }

  /** Unmounts the topmost mount at {@code target}; fails with EBUSY while it is in use. */
  public static void unmount(Path target) {
    Libc.check(unmount(target, UMOUNT_NOFOLLOW), "unmount " + target);
  }

  /** Takes the topmost mount at {@code target} out of sight; it ends with its last user. */
  public static void detach(Path target) {
    Libc.check(unmount(target, MNT_DETACH | UMOUNT_NOFOLLOW), "unmount " + target);
  }

  /** Detaches whatever is mounted at {@code target}, layer by layer; nothing there is fine. */
  public static void detachAll(Path target) {
    int result;
    do {
      result = unmount(target, MNT_DETACH | UMOUNT_NOFOLLOW);
    } while (result == 0);
    if (result != -Errno.EINVAL && result != -Errno.ENOENT) {
      Libc.check(result, "unmount " + target);
    }
  }

  private static int unmount(Path target, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      return Libc.call("umount2", Libc.path(arena, target), flags);
    }
  }

  /**
   * Detaches every mount at or below {@code folder}, the deepest first, here alone: a mount below
   * one that shows a part of the host is the host's own, and stays there.
   */
  public static void detachTree(Path folder) {
    List<Path> targets =
        list().stream()
            .map(Mount::target)
            .filter(target -> target.startsWith(folder))
            .sorted(Comparator.comparingInt(Path::getNameCount).reversed())
            .toList();
    targets.forEach(Mounts::keepToItself);
    targets.forEach(Mounts::detachAll);
  }

  /** Ends that mounts below {@code target} come and go with those below its copies. */
  private static void keepToItself(Path target) {
    try {
      propagation(target, Propagation.PRIVATE, false);
    } catch (LinuxFailure e) {
      if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) {
        throw e;
      }
    }
  }

  /** The mounts that this process sees, in the kernel's order. */
  public static List<Mount> list() {
    try {
      // Not readAllLines: a path need not be proper UTF-8.
      return new String(Files.readAllBytes(TABLE), StandardCharsets.UTF_8)
          .lines()
          .map(Mount::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether something is mounted exactly at {@code path}. */
  public static boolean isMountPoint(Path path) {
    Path real;
    try {
      real = path.toRealPath(LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return false;
    }
    return list().stream().anyMatch(mount -> mount.target().equals(real));
  }
}
