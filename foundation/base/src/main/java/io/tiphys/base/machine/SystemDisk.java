package io.tiphys.base.machine;

import io.tiphys.base.files.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The machine's own disk. */
final class SystemDisk implements Disk {
  @Override
  public boolean exists(Path path) {
    return Files.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public boolean isRegularFile(Path path) {
    return Files.isRegularFile(path);
  }

  @Override
  public BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode");
  }

  @Override
  public long size(Path file) throws IOException {
    return Files.size(file);
  }

  @Override
  public long totalSpace(Path path) throws IOException {
    return Files.getFileStore(path).getTotalSpace();
  }

  @Override
  public InputStream newInputStream(Path file) throws IOException {
    return Files.newInputStream(file);
  }

  @Override
  public byte[] readAllBytes(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  @Override
  public FileTime getLastModifiedTime(Path path) throws IOException {
    return Files.getLastModifiedTime(path);
  }

  @Override
  public List<Path> list(Path folder, int most) throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      return content.limit(most).toList();
    }
  }

  @Override
  public void createDirectories(Path folder) throws IOException {
    Files.createDirectories(folder);
  }

  @Override
  public void createFile(Path file) throws IOException {
    Files.createFile(file);
  }

  @Override
  public Path createTempDirectory(Path folder, String prefix) throws IOException {
    return Files.createTempDirectory(folder, prefix);
  }

  @Override
  public void createSymbolicLink(Path link, Path target) throws IOException {
    Files.createSymbolicLink(link, target);
  }

  @Override
  public Path toRealPath(Path path) throws IOException {
    return path.toRealPath();
  }

  @Override
  public void setPosixFilePermissions(Path path, Set<PosixFilePermission> permissions)
      throws IOException {
    Files.setPosixFilePermissions(path, permissions);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void write(Path file, byte[] content) throws IOException {
    Files.write(file, content);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  @Override
  public boolean deleteIfExists(Path path) throws IOException {
    return Files.deleteIfExists(path);
  }

  @Override
  public OutputStream append(Path file) throws IOException {
    return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  @Override
  public OutputStream append(Path file, Set<PosixFilePermission> permissions) throws IOException {
    return Channels.newOutputStream(
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(permissions)));
  }

  @Override
  public void rename(Path file, Path name) throws IOException {
    AtomicFile.rename(file, name);
  }

  @Override
  public void replace(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    AtomicFile.write(file, content, permissions);
  }

  @Override
  public void replaceUnsynced(Path file, byte[] content) throws IOException {
    AtomicFile.writeUnsynced(file, content);
  }
}
