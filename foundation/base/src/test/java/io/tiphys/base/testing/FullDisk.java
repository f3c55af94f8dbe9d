package io.tiphys.base.testing;

import io.tiphys.base.machine.Disk;
import io.tiphys.base.machine.Machine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;

/** The machine's disk, which takes nothing more while a test says so. */
public final class FullDisk implements Disk {
  private final Disk disk = Machine.own().disk();
  private volatile boolean full;

  /** Whether it is full from now on. */
  public void full(boolean now) {
    full = now;
  }

  private void requireRoom(Path file) throws IOException {
    if (full) {
      throw new FileSystemException(file.toString(), null, "No space left on device");
    }
  }

  @Override
  public boolean exists(Path path) {
    return disk.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) {
    return disk.isDirectory(path);
  }

  @Override
  public boolean isRegularFile(Path path) {
    return disk.isRegularFile(path);
  }

  @Override
  public BasicFileAttributes attributes(Path path) throws IOException {
    return disk.attributes(path);
  }

  @Override
  public int mode(Path path) throws IOException {
    return disk.mode(path);
  }

  @Override
  public long size(Path file) throws IOException {
    return disk.size(file);
  }

  @Override
  public long totalSpace(Path path) throws IOException {
    return disk.totalSpace(path);
  }

  @Override
  public InputStream newInputStream(Path file) throws IOException {
    return disk.newInputStream(file);
  }

  @Override
  public byte[] readAllBytes(Path file) throws IOException {
    return disk.readAllBytes(file);
  }

  @Override
  public FileTime getLastModifiedTime(Path path) throws IOException {
    return disk.getLastModifiedTime(path);
  }

  @Override
  public List<Path> list(Path folder, int most) throws IOException {
    return disk.list(folder, most);
  }

  @Override
  public void createDirectories(Path folder) throws IOException {
    if (!disk.isDirectory(folder)) {
      requireRoom(folder);
    }
    disk.createDirectories(folder);
  }

  @Override
  public void createFile(Path file) throws IOException {
    requireRoom(file);
    disk.createFile(file);
  }

  @Override
  public Path createTempDirectory(Path folder, String prefix) throws IOException {
    requireRoom(folder);
    return disk.createTempDirectory(folder, prefix);
  }

  @Override
  public void createSymbolicLink(Path link, Path target) throws IOException {
    requireRoom(link);
    disk.createSymbolicLink(link, target);
  }

  @Override
  public Path toRealPath(Path path) throws IOException {
    return disk.toRealPath(path);
  }

  @Override
  public void setPosixFilePermissions(Path path, Set<PosixFilePermission> permissions)
      throws IOException {
    disk.setPosixFilePermissions(path, permissions);
  }

  @Override
  public void move(Path from, Path to) throws IOException {
    disk.move(from, to);
  }

  /** As the kernel does it: the old content is gone before there is no room for the new. */
  @Override
  public void write(Path file, byte[] content) throws IOException {
    if (full && disk.isRegularFile(file)) {
      disk.write(file, new byte[0]);
    }
    requireRoom(file);
    disk.write(file, content);
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.delete(path);
  }

  @Override
  public boolean deleteIfExists(Path path) throws IOException {
    return disk.deleteIfExists(path);
  }

  @Override
  public OutputStream append(Path file) throws IOException {
    requireRoom(file);
    return disk.append(file);
  }

  @Override
  public OutputStream append(Path file, Set<PosixFilePermission> permissions) throws IOException {
    requireRoom(file);
    return disk.append(file, permissions);
  }

  @Override
  public void rename(Path file, Path name) throws IOException {
    disk.rename(file, name);
  }

  @Override
  public void replace(Path file, byte[] content, Set<PosixFilePermission> permissions)
      throws IOException {
    requireRoom(file);
    disk.replace(file, content, permissions);
  }

  @Override
  public void replaceUnsynced(Path file, byte[] content) throws IOException {
    requireRoom(file);
    disk.replaceUnsynced(file, content);
  }
}
