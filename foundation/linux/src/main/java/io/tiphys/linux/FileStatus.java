package io.tiphys.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What statx(2) says of a file.
 *
 * @param mode type and permissions
 * @param device the file system it is on
 * @param mount the mount it was reached through; 0 on kernels before 5.8
 */
public record FileStatus(int mode, int uid, int gid, long device, long inode, long mount) {
  private static final int TYPE = 0170000;
  private static final int PERMISSIONS = 07777;
  private static final int BASIC = 0x7ff;
  private static final int MOUNT_ID = 0x1000;
  private static final int SIZE = 256;
  private static final int S_IFDIR = 0040000;
  private static final int S_IFREG = 0100000;
  private static final int S_IFLNK = 0120000;

  static FileStatus of(int fd, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment s = arena.allocate(SIZE, Long.BYTES);
      int result =
          Libc.call(
              "statx",
              fd,
              Libc.string(arena, ""),
              Libc.AT_EMPTY_PATH | Libc.AT_SYMLINK_NOFOLLOW,
              BASIC | MOUNT_ID,
              s.address());
      Libc.check(result, "stat " + name);
      boolean knowsMount = (s.get(ValueLayout.JAVA_INT, 0) & MOUNT_ID) != 0;
      long major = s.get(ValueLayout.JAVA_INT, 136);
      return new FileStatus(
          Short.toUnsignedInt(s.get(ValueLayout.JAVA_SHORT, 28)),
          s.get(ValueLayout.JAVA_INT, 20),
          s.get(ValueLayout.JAVA_INT, 24),
          major << 32 | Integer.toUnsignedLong(s.get(ValueLayout.JAVA_INT, 140)),
          s.get(ValueLayout.JAVA_LONG, 32),
          knowsMount ? s.get(ValueLayout.JAVA_LONG, 144) : 0);
    }
  }

  public int permissions() {
    return mode & PERMISSIONS;
  }

  public boolean isFolder() {
    return (mode & TYPE) == S_IFDIR;
  }

  public boolean isRegularFile() {
    return (mode & TYPE) == S_IFREG;
  }

  public boolean isLink() {
    return (mode & TYPE) == S_IFLNK;
  }

  /** Whether both are one file, whatever it is called. */
  public boolean isSameFile(FileStatus other) {
    return device == other.device && inode == other.inode;
  }

  boolean isOnSameMount(FileStatus other) {
    return device == other.device && mount == other.mount;
  }
}
