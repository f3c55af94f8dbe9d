package io.tiphys.base.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Files that are replaced whole: a reader finds the old content or the new one, never a part.
 *
 * <p>A rename alone keeps this promise only while the machine runs. File systems may write the new
 * name to the disk before the content it leads to, so that after a power cut the file is there and
 * empty. Hence two promises:
 *
 * <ul>
 *   <li>{@link #write} and {@link #moveIntoPlace} keep it across a power cut: content, rename,
 *       folder, each on the disk before the next. For everything that is still needed after one.
 *   <li>{@link #writeUnsynced} keeps it across a crash of the process. For records of what runs,
 *       which a power cut ends as well; their readers take an empty or torn one for none. A sync
 *       costs milliseconds, and a pod's start writes half a dozen such records.
 * </ul>
 */
public final class AtomicFile {
  private static final String DRAFT = ".new";

  private AtomicFile() {}

  /** Gives a file another name in its folder; a power cut may undo that. */
  public static void rename(Path file, Path name) throws IOException {
    Files.move(file, name);
  }

  /** Replaces the content; when this returns, it survives a power cut. */
  public static void write(Path file, byte[] content) throws IOException {
    write(file, content, true);
  }

  /** As {@link #write(Path, byte[])}; the new file has these permissions from the first byte on. */
  public static void write(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    write(file, content, true, PosixFilePermissions.asFileAttribute(permissions));
  }

  /** Replaces the content; after a power cut the file may be empty or torn. */
  public static void writeUnsynced(Path file, byte[] content) throws IOException {
    write(file, content, false);
  }

  private static void write(
      Path file, byte[] content, boolean synced, FileAttribute<?>... attributes)
      throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + DRAFT);
    Files.deleteIfExists(draft);
    try {
      Files.createFile(draft, attributes);
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        if (synced) {
          channel.force(true);
        }
      }
      move(draft, file);
    } catch (IOException e) {
      // A full disk needs the space of what is of no use.
      Files.deleteIfExists(draft);
      throw e;
    }
    if (synced) {
      syncFolder(file);
    }
  }

  /** Whether a file of this name is what a write left that never came to its end. */
  public static boolean isDraft(Path file) {
    return String.valueOf(file.getFileName()).endsWith(DRAFT);
  }

  /** Gives a file that was written elsewhere on this disk its name, whole also in a power cut. */
  public static void moveIntoPlace(Path written, Path file) throws IOException {
    sync(written);
    move(written, file);
    syncFolder(file);
  }

  private static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Makes the names in the folder of {@code file} survive a power cut. */
  public static void syncFolder(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      sync(folder);
    }
  }

  private static void sync(Path path) throws IOException {
    // Linux syncs whatever a descriptor leads to, also one that only reads.
    try (FileChannel channel = FileChannel.open(path)) {
      channel.force(true);
    }
  }
}
