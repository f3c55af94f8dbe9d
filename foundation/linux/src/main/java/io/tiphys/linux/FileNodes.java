package io.tiphys.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What {@code java.nio.file} cannot do to a file. Symbolic links are never followed. */
public final class FileNodes {
  /** The kinds of special file. */
  public enum Kind {
    FIFO(0010000),
    CHARACTER(0020000),
    BLOCK(0060000);

    private final int mode;

    Kind(int mode) {
      this.mode = mode;
    }
  }

  private static final String OPAQUE = "trusted.overlay.opaque";

  /** The kernel's own limits on one attribute's value and on the list of names. */
  private static final int XATTR_MAX = 65536;

  private FileNodes() {}

  /** Makes a special file; {@code permissions} are subject to the umask (see {@link #chmod}). */
  public static void mknod(Path path, Kind kind, int permissions, int major, int minor) {
    try (Arena arena = Arena.ofConfined()) {
      int result =
          Libc.call("mknod", Libc.path(arena, path), kind.mode | permissions, device(major, minor));
      Libc.check(result, "make special file " + path);
    }
  }

  /** The number of a device as glibc's makedev packs it. */
  private static long device(long major, long minor) {
    return (minor & 0xff)
        | ((major & 0xfff) << 8)
        | ((minor & ~0xffL) << 12)
        | ((major & ~0xfffL) << 32);
  }

  /** Sets owner and group by number; -1 leaves one as it is. */
  public static void chown(Path path, int uid, int gid) {
    try (Arena arena = Arena.ofConfined()) {
      Libc.check(Libc.call("lchown", Libc.path(arena, path), uid, gid), "chown " + path);
    }
  }

  /** Sets all twelve mode bits, set-uid and sticky included. Not for symbolic links. */
  public static void chmod(Path path, int mode) {
    try (Arena arena = Arena.ofConfined()) {
      Libc.check(Libc.call("chmod", Libc.path(arena, path), mode), "chmod " + path);
    }
  }

  /** Sets the times of last access and modification. */
  public static void setTimes(Path path, Instant access, Instant modification) {
    try (Arena arena = Arena.ofConfined()) {
      long times =
          Libc.longs(
              arena,
              access.getEpochSecond(),
              access.getNano(),
              modification.getEpochSecond(),
              modification.getNano());
      int result =
          Libc.call(
              "utimensat", Libc.AT_FDCWD, Libc.path(arena, path), times, Libc.AT_SYMLINK_NOFOLLOW);
      Libc.check(result, "set times of " + path);
    }
  }

  /** Sets an extended attribute. */
  public static void setXattr(Path path, String name, byte[] value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, value.length));
      MemorySegment.copy(value, 0, bytes, ValueLayout.JAVA_BYTE, 0, value.length);
      int result =
          Libc.call(
              "lsetxattr",
              Libc.path(arena, path),
              Libc.string(arena, name),
              bytes.address(),
              value.length,
              0);
      Libc.check(result, "set attribute " + name + " of " + path);
    }
  }

  /** The value of an extended attribute, if the file has it and its file system knows any. */
  public static Optional<byte[]> xattr(Path path, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(XATTR_MAX);
      int result =
          Libc.call(
              "lgetxattr",
              Libc.path(arena, path),
              Libc.string(arena, name),
              bytes.address(),
              XATTR_MAX);
      if (result == -Errno.ENODATA || result == -Errno.EOPNOTSUPP) {
        return Optional.empty();
      }
      Libc.check(result, "read attribute " + name + " of " + path);
      return Optional.of(bytes.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  /** The names of a file's extended attributes. */
  public static List<String> xattrs(Path path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment names = arena.allocate(XATTR_MAX);
      int result = Libc.call("llistxattr", Libc.path(arena, path), names.address(), XATTR_MAX);
      if (result == -Errno.EOPNOTSUPP || result == 0) {
        return List.of();
      }
      Libc.check(result, "list attributes of " + path);
      byte[] bytes = names.asSlice(0, result).toArray(ValueLayout.JAVA_BYTE);
      return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0"));
    }
  }

  /**
   * Returns when everything that was written to the file system of {@code path} is on its disk: for
   * a tree of thousands of files that is cheaper than a sync of each.
   */
  public static void syncFileSystem(Path path) {
    int fd = Libc.open(path, Libc.O_RDONLY);
    try {
      Libc.check(Libc.callAgain("syncfs", fd), "sync the file system of " + path);
    } finally {
      Libc.close(fd);
    }
  }

  /** Makes an overlay whiteout: {@code path} hides its namesake in the layers below. */
  public static void whiteout(Path path) {
    mknod(path, Kind.CHARACTER, 0, 0, 0);
  }

  /** Makes an overlay folder opaque: the layers below do not shine through. */
  public static void setOpaque(Path folder) {
    setXattr(folder, OPAQUE, new byte[] {'y'});
  }

  /** Whether {@link #setOpaque} was done to {@code folder}. */
  public static boolean isOpaque(Path folder) {
    return xattr(folder, OPAQUE).filter(v -> v.length == 1 && v[0] == 'y').isPresent();
  }
}
