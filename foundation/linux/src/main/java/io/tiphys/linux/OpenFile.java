package io.tiphys.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A file or folder held by a descriptor, not by a path: whatever others rename, replace or link
 * meanwhile, it stays the one that was opened. This is how root touches files that somebody else
 * may change at the same time.
 *
 * <p>Problem: a check of a path ("does it lead out of the volume?") says nothing about the moment
 * after it; a container swaps a folder for a symbolic link between the check and the use. Resolving
 * links first and comparing prefixes has the same gap. Here each step starts from an open
 * descriptor, takes one name and refuses links, so there is no moment to swap anything in.
 *
 * <p>The descriptor is opened with O_PATH: opening neither blocks on a FIFO nor wakes a device.
 */
public final class OpenFile implements AutoCloseable {
  private static final int O_PATH = 0x200000;
  private static final int O_NOFOLLOW = 0x20000;
  private static final int O_DIRECTORY = directoryFlag();

  /** The same number on all architectures, as all system calls since 5.1. */
  private static final int SYS_OPENAT2 = 437;

  private static final int RESOLVE_NO_MAGICLINKS = 2;
  private static final int RESOLVE_NO_SYMLINKS = 4;
  private static final int RESOLVE_BENEATH = 8;

  private static final int AT_REMOVEDIR = 0x200;

  /** FS_IOC_GETFLAGS and FS_IOC_SETFLAGS of linux/fs.h. */
  private static final long GET_ATTRIBUTES = 0x80086601L;

  private static final long SET_ATTRIBUTES = 0x40086602L;

  /** FS_IMMUTABLE_FL and FS_APPEND_FL: not even root removes such a file. */
  private static final int PROTECTED = 0x30;

  private final int fd;
  private final String name;

  private OpenFile(int fd, String name) {
    this.fd = fd;
    this.name = name;
  }

  /** AArch64 has exchanged some of the flags' numbers. */
  private static int directoryFlag() {
    return System.getProperty("os.arch").equals("aarch64") ? 0x4000 : 0x10000;
  }

  /** Opens what is at {@code path}, which the caller vouches for: links are followed. */
  public static OpenFile at(Path path) {
    return new OpenFile(Libc.open(path, O_PATH), path.toString());
  }

  /**
   * Opens what is at {@code path} below this folder. No link is followed, not even one that stays
   * below; mount points are crossed.
   *
   * @param path relative, without {@code ..}
   * @throws LinuxFailure ELOOP or ENOTDIR where a link is on the way or at the end
   */
  public OpenFile beneath(Path path) {
    List<String> names = names(path);
    String whole = name + "/" + path;
    int opened = openBeneath(String.join("/", names));
    if (opened == -Errno.ENOSYS || opened == -Errno.EPERM) {
      return stepByStep(names, whole);
    }
    return new OpenFile(Libc.check(opened, "open " + whole), whole).refuseLink();
  }

  /** As {@link #beneath} where the kernel, or a filter around this process, has no openat2. */
  OpenFile stepByStep(Path path) {
    return stepByStep(names(path), name + "/" + path);
  }

  private OpenFile stepByStep(List<String> names, String whole) {
    OpenFile at = duplicate();
    for (String next : names) {
      try (OpenFile parent = at) {
        at = new OpenFile(Libc.check(parent.openChild(next), "open " + whole), whole).refuseLink();
      }
    }
    return at;
  }

  private static List<String> names(Path path) {
    List<String> names = Arrays.asList(path.toString().split("/", -1));
    if (names.stream().anyMatch(n -> n.isEmpty() || n.equals(".") || n.equals(".."))) {
      throw new LinuxFailure("open " + path + " below a folder", Errno.EINVAL);
    }
    return names;
  }

  private OpenFile refuseLink() {
    if (stat().isLink()) {
      close();
      throw new LinuxFailure("open " + name, Errno.ELOOP);
    }
    return this;
  }

  private OpenFile duplicate() {
    try (Arena arena = Arena.ofConfined()) {
      int flags = O_PATH | Libc.O_CLOEXEC;
      int copy = Libc.callAgain("openat", fd, Libc.string(arena, "."), flags, 0);
      return new OpenFile(Libc.check(copy, "open " + name), name);
    }
  }

  private int openBeneath(String path) {
    int resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    try (Arena arena = Arena.ofConfined()) {
      long how = Libc.longs(arena, O_PATH | O_NOFOLLOW | Libc.O_CLOEXEC, 0, resolve);
      int size = 3 * Long.BYTES;
      return Libc.callAgain("syscall", SYS_OPENAT2, fd, Libc.string(arena, path), how, size);
    }
  }

  private int openChild(String child) {
    try (Arena arena = Arena.ofConfined()) {
      return openChild(Libc.string(arena, child));
    }
  }

  private int openChild(long child) {
    return Libc.callAgain("openat", fd, child, O_PATH | O_NOFOLLOW | Libc.O_CLOEXEC, 0);
  }

  /** The child of this name, a link itself and not what it leads to; none if it is gone. */
  Optional<OpenFile> child(FileName child) {
    try (Arena arena = Arena.ofConfined()) {
      int opened = openChild(child.in(arena));
      if (opened == -Errno.ENOENT) {
        return Optional.empty();
      }
      String whole = name + "/" + child;
      return Optional.of(new OpenFile(Libc.check(opened, "open " + whole), whole));
    }
  }

  /** Makes a folder in this one, with exactly these mode bits, and opens it. */
  public OpenFile makeFolder(String child, int mode) {
    String whole = name + "/" + child;
    try (Arena arena = Arena.ofConfined()) {
      int made = Libc.call("mkdirat", fd, Libc.string(arena, child), mode);
      Libc.check(made, "make folder " + whole);
      int flags = O_PATH | O_NOFOLLOW | O_DIRECTORY | Libc.O_CLOEXEC;
      int opened = Libc.callAgain("openat", fd, Libc.string(arena, child), flags, 0);
      OpenFile folder = new OpenFile(Libc.check(opened, "open " + whole), whole);
      try {
        folder.chmod(mode);
        return folder;
      } catch (RuntimeException e) {
        folder.close();
        throw e;
      }
    }
  }

  /** A path that leads to this very file while it is open here: for mount(2) and for reading. */
  public Path path() {
    return Path.of("/proc/self/fd/" + fd);
  }

  /** Sets owner and group by number; -1 leaves one as it is. */
  public void chown(int uid, int gid) {
    try (Arena arena = Arena.ofConfined()) {
      int result = Libc.call("fchownat", fd, Libc.string(arena, ""), uid, gid, Libc.AT_EMPTY_PATH);
      Libc.check(result, "chown " + name);
    }
  }

  /** Sets all twelve mode bits. Not for links, which have none. */
  public void chmod(int mode) {
    try (Arena arena = Arena.ofConfined()) {
      // fchmod refuses descriptors of O_PATH; this path leads to the file and nowhere else.
      Libc.check(Libc.call("chmod", Libc.path(arena, path()), mode), "chmod " + name);
    }
  }

  /** What the kernel knows of the file. */
  public FileStatus stat() {
    return FileStatus.of(fd, name);
  }

  /** The names of what is in this folder. */
  List<FileName> names() {
    try (Arena arena = Arena.ofConfined()) {
      int flags = O_DIRECTORY | Libc.O_CLOEXEC;
      int reading = Libc.callAgain("openat", fd, Libc.string(arena, "."), flags, 0);
      Libc.check(reading, "read folder " + name);
      try {
        return FolderEntries.read(reading, name);
      } finally {
        Libc.close(reading);
      }
    }
  }

  /**
   * Takes from the file or folder what keeps root itself from removing it or what is in it: {@code
   * chattr +i} and {@code +a}.
   *
   * @return whether there was such an attribute
   */
  boolean unprotect() {
    FileStatus status = stat();
    if (!status.isFolder() && !status.isRegularFile()) {
      return false;
    }
    int opened = Libc.open(path(), Libc.O_RDONLY);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment attributes = arena.allocate(ValueLayout.JAVA_LONG);
      int got = Libc.call("ioctl", opened, GET_ATTRIBUTES, attributes.address());
      int present = attributes.get(ValueLayout.JAVA_INT, 0);
      if (got < 0 || (present & PROTECTED) == 0) {
        return false;
      }
      attributes.set(ValueLayout.JAVA_INT, 0, present & ~PROTECTED);
      int set = Libc.call("ioctl", opened, SET_ATTRIBUTES, attributes.address());
      Libc.check(set, "make changeable " + name);
      return true;
    } finally {
      Libc.close(opened);
    }
  }

  /** Removes a child: a file, a link itself, or an empty folder. */
  void remove(FileName child, boolean folder) {
    try (Arena arena = Arena.ofConfined()) {
      int result = Libc.call("unlinkat", fd, child.in(arena), folder ? AT_REMOVEDIR : 0);
      if (result != -Errno.ENOENT) {
        Libc.check(result, "delete " + name + "/" + child);
      }
    }
  }

  /** Moves a child of this folder into another. */
  void move(FileName child, OpenFile to, FileName newName) {
    try (Arena arena = Arena.ofConfined()) {
      int result = Libc.call("renameat", fd, child.in(arena), to.fd, newName.in(arena));
      Libc.check(result, "move " + name + "/" + child);
    }
  }

  @Override
  public void close() {
    Libc.close(fd);
  }

  @Override
  public String toString() {
    return name;
  }
}
