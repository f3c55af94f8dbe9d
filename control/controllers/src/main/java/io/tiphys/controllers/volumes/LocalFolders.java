package io.tiphys.controllers.volumes;

import io.tiphys.base.machine.Disk;
import io.tiphys.linux.FileTree;
import io.tiphys.linux.LinuxFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders on a disk. */
public final class LocalFolders implements VolumeFolders {
  private final Disk disk;

  public LocalFolders(Disk disk) {
    this.disk = disk;
  }

  @Override
  public void create(Path folder) throws IOException {
    disk.createDirectories(folder);
    // Set after creation, for the process's umask does not count then.
    disk.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  @Override
  public void delete(Path folder) throws IOException {
    try {
      // By descriptors: what a pod links to, or swaps for a link meanwhile, is not the volume's.
      FileTree.delete(folder);
    } catch (LinuxFailure e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
