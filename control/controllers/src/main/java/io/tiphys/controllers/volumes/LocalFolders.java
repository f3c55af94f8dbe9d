package io.tiphys.controllers.volumes;

import io.tiphys.linux.FileTree;
import io.tiphys.linux.LinuxFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders on the disk of this machine. */
public final class LocalFolders implements VolumeFolders {
  @Override
  public void create(Path folder) throws IOException {
    Files.createDirectories(folder);
    // Set after creation, for the process's umask does not count then.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
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
