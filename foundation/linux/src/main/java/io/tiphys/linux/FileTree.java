package io.tiphys.linux;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Whole folders that others may be changing at the same time. No link is followed, whatever is
 * swapped for what meanwhile: each step starts at a descriptor.
 */
public final class FileTree {
  /** PATH_MAX leaves no room for more names; who nests deeper does it to hurt. */
  private static final int DEPTH_LIMIT = 2048;

  /** Descriptors that one deletion holds at once: far below what a process may have. */
  private static final int DELETION_DEPTH = 64;

  private FileTree() {}

  /**
   * Shows {@code each} the folder at {@code root} and all that is in it, folders before their
   * content. What vanishes meanwhile is left out; mount points are crossed, as upstream's walk
   * does.
   *
   * @param root a folder whose path the caller vouches for
   * @throws LinuxFailure also when the tree is nested too deeply
   */
  public static void forEach(Path root, Consumer<OpenFile> each) {
    try (OpenFile top = OpenFile.at(root)) {
      forEach(top, each, 0);
    }
  }

  private static void forEach(OpenFile file, Consumer<OpenFile> each, int depth) {
    each.accept(file);
    if (!file.stat().isFolder()) {
      return;
    }
    if (depth == DEPTH_LIMIT) {
      throw new LinuxFailure("walk " + file, Errno.ENAMETOOLONG);
    }
    for (FileName name : file.names()) {
      Optional<OpenFile> present = file.child(name);
      if (present.isPresent()) {
        try (OpenFile child = present.get()) {
          forEach(child, each, depth + 1);
        }
      }
    }
  }

  /**
   * Deletes the file or folder at {@code path} with all it holds, links themselves and not what
   * they lead to, and also what {@code chattr} has made immutable. What is not there is fine.
   *
   * @param path the caller vouches for its parent
   * @throws LinuxFailure EBUSY when something is mounted in it, which stays untouched
   */
  public static void delete(Path path) {
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null) {
      throw new LinuxFailure("delete " + path, Errno.EBUSY);
    }
    if (Files.exists(parent)) {
      try (OpenFile top = OpenFile.at(parent)) {
        new Deletion(top).run(FileName.of(name.toString()));
      }
    }
  }

  /**
   * One deletion. A folder that lies deep is moved up beside what is deleted and comes later: the
   * number of open descriptors does not grow with what somebody nested.
   *
   * @param top the folder that holds what is deleted
   * @param brought names in it
   */
  private record Deletion(OpenFile top, Deque<FileName> brought) {
    Deletion(OpenFile top) {
      this(top, new ArrayDeque<>());
    }

    void run(FileName name) {
      brought.add(name);
      while (!brought.isEmpty()) {
        delete(top, brought.remove(), 0);
      }
    }

    private void delete(OpenFile parent, FileName name, int depth) {
      Optional<OpenFile> present = parent.child(name);
      if (present.isEmpty()) {
        return;
      }
      try (OpenFile file = present.get()) {
        FileStatus status = file.stat();
        if (status.isFolder()) {
          if (!status.isOnSameMount(parent.stat())) {
            throw new LinuxFailure("delete " + file + ", which is a mount", Errno.EBUSY);
          }
          if (depth == DELETION_DEPTH) {
            FileName near = FileName.of(".deleted-" + Long.toHexString(status.inode()));
            withoutProtection(parent, file, () -> parent.move(name, top, near));
            brought.add(near);
            return;
          }
          for (FileName child : file.names()) {
            delete(file, child, depth + 1);
          }
        }
        withoutProtection(parent, file, () -> parent.remove(name, status.isFolder()));
      }
    }

    /** What a privileged container made immutable goes like everything else. */
    private static void withoutProtection(OpenFile parent, OpenFile file, Runnable change) {
      try {
        change.run();
      } catch (LinuxFailure e) {
        if (e.errno() != Errno.EPERM || !unprotect(file, parent)) {
          throw e;
        }
        change.run();
      }
    }

    /** Both: the folder's attribute hinders as much as the file's. */
    private static boolean unprotect(OpenFile file, OpenFile parent) {
      boolean changed = file.unprotect();
      return parent.unprotect() || changed;
    }
  }
}
