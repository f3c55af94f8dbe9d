package io.tiphys.controllers.volumes;

import io.tiphys.base.files.FileTrees;
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
    // Links are not followed: what a pod linked to is not the volume's.
    FileTrees.delete(folder);
  }
}
