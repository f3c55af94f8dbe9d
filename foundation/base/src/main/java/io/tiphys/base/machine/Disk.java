package io.tiphys.base.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/**
 * The files of the machine as one component reaches them. What has the name of a method of {@link
 * java.nio.file.Files} does and throws the same.
 */
public interface Disk {
  boolean exists(Path path);

  /** Whether there is a folder, at the end of links too. */
  boolean isDirectory(Path path);

  /** Whether there is a plain file, at the end of links too. */
  boolean isRegularFile(Path path);

  /** What is there, a link itself and not what it leads to. */
  BasicFileAttributes attributes(Path path) throws IOException;

  /** What stat(2) says of the kind and the permissions of what is there. */
  int mode(Path path) throws IOException;

  long size(Path file) throws IOException;

  /** How many bytes the file system that {@code path} is on has room for when it is empty. */
  long totalSpace(Path path) throws IOException;

  /** Opens a file to read from its beginning. */
  InputStream newInputStream(Path file) throws IOException;

  byte[] readAllBytes(Path file) throws IOException;

  /** The content as UTF-8. */
  default String readString(Path file) throws IOException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(readAllBytes(file)))
        .toString();
  }

  /** The lines of the content as UTF-8. */
  default List<String> readAllLines(Path file) throws IOException {
    return readString(file).lines().toList();
  }

  FileTime getLastModifiedTime(Path path) throws IOException;

  /** What is directly in a folder. */
  default List<Path> list(Path folder) throws IOException {
    return list(folder, Integer.MAX_VALUE);
  }

  /** Some of what is directly in a folder, if there is more than {@code most}. */
  List<Path> list(Path folder, int most) throws IOException;

  void createDirectories(Path folder) throws IOException;

  /** Makes the folder that {@code path} is to be in. */
  default void createParents(Path path) throws IOException {
    Path parent = path.getParent();
    if (parent != null) {
      createDirectories(parent);
    }
  }

  /** Makes an empty file where nothing is. */
  void createFile(Path file) throws IOException;

  /** Makes an empty folder of a name that nothing else has. */
  Path createTempDirectory(Path folder, String prefix) throws IOException;

  void createSymbolicLink(Path link, Path target) throws IOException;

  /** Where links lead. */
  Path toRealPath(Path path) throws IOException;

  void setPosixFilePermissions(Path path, Set<PosixFilePermission> permissions) throws IOException;

  /** Gives what is there another name in one step; what has that name already is replaced. */
  void move(Path from, Path to) throws IOException;

  void delete(Path path) throws IOException;

  boolean deleteIfExists(Path path) throws IOException;

  /** Opens a file to write on at its end; makes it if it is not there. */
  OutputStream append(Path file) throws IOException;

  /** As {@link #append(Path)}; if it makes the file, with these permissions. */
  OutputStream append(Path file, Set<PosixFilePermission> permissions) throws IOException;

  /** Gives a file another name in its folder, where nothing has that name. */
  void rename(Path file, Path name) throws IOException;

  /** Makes the file, or replaces its content in place. */
  void write(Path file, byte[] content) throws IOException;

  /** As {@link io.tiphys.base.files.AtomicFile#write(Path, byte[], Set)}. */
  void replace(Path file, byte[] content, Set<PosixFilePermission> permissions) throws IOException;

  /** As {@link io.tiphys.base.files.AtomicFile#writeUnsynced}. */
  void replaceUnsynced(Path file, byte[] content) throws IOException;
}
