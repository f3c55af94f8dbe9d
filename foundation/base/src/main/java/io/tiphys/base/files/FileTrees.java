package io.tiphys.base.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Whole folders. */
public final class FileTrees {
  private FileTrees() {}

  /** What files take. */
  public record Usage(long bytes, long inodes) {}

  /**
   * Deletes a file or folder with all it holds, links themselves and not what they lead to. What is
   * not there is fine. Never call it where something may be mounted below.
   */
  public static void delete(Path path) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return;
    }
    if (attributes.isDirectory()) {
      for (Path child : children(path)) {
        delete(child);
      }
    }
    Files.deleteIfExists(path);
  }

  /** Read at once, so that a deep tree does not keep a descriptor open for each level. */
  private static List<Path> children(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      children.forEach(all::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return all;
  }

  /** What is on disk below {@code path}, as far as it can be read while it changes. */
  public static Usage usage(Path path) {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      long bytes = attributes.isDirectory() ? 0 : attributes.size();
      long inodes = 1;
      if (attributes.isDirectory()) {
        for (Path child : children(path)) {
          Usage below = usage(child);
          bytes += below.bytes;
          inodes += below.inodes;
        }
      }
      return new Usage(bytes, inodes);
    } catch (IOException e) {
      return new Usage(0, 0);
    }
  }
}
