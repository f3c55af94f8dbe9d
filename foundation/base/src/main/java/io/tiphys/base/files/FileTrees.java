package io.tiphys.base.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** What whole folders hold. */
public final class FileTrees {
  private FileTrees() {}

  /** What files take. */
  public record Usage(long bytes, long inodes) {}

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
