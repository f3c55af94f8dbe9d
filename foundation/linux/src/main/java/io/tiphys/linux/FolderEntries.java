package io.tiphys.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Reads what is in an open folder; Java's own way loses names that are no proper text. */
final class FolderEntries {
  /** As glibc reads: a few hundred names at a time. */
  private static final int BUFFER = 1 << 15;

  /** Where struct dirent64 has its own length, and its name. */
  private static final int LENGTH = 16;

  private static final int NAME = 19;

  private FolderEntries() {}

  /** The names in the folder behind {@code fd}, without itself and its parent. */
  static List<FileName> read(int fd, String what) {
    List<FileName> names = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER, Long.BYTES);
      int read = next(fd, buffer, what);
      while (read > 0) {
        for (int at = 0; at < read; ) {
          int length = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, at + LENGTH));
          add(names, buffer.asSlice(at + NAME, length - NAME));
          at += length;
        }
        read = next(fd, buffer, what);
      }
    }
    return names;
  }

  private static int next(int fd, MemorySegment buffer, String what) {
    return Libc.check(
        Libc.callAgain("getdents64", fd, buffer.address(), BUFFER), "read folder " + what);
  }

  private static void add(List<FileName> names, MemorySegment text) {
    int length = 0;
    while (text.get(ValueLayout.JAVA_BYTE, length) != 0) {
      length++;
    }
    byte[] name = text.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    boolean dots = name[0] == '.' && (length == 1 || (length == 2 && name[1] == '.'));
    if (!dots) {
      names.add(new FileName(name));
    }
  }
}
