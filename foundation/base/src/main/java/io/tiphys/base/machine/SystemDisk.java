package io.tiphys.base.machine;

import io.tiphys.base.files.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
  public byte[] readAllBytes(Path file) throws IOException {
    return Files.readAllBytes(file);
  }

  @Override
  public FileTime getLastModifiedTime(Path path) throws IOException {
    return Files.getLastModifiedTime(path);
  }

  @Override
  public List<Path> list(Path folder) throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      return content.toList();
    }
  }

  @Override
  public void createDirectories(Path folder) throws IOException {
    Files.createDirectories(folder);
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
  public long size(Path file) throws IOException {
    return Files.size(file);
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
