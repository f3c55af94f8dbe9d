package io.tiphys.controllers.volumes;

import java.io.IOException;
import java.nio.file.Path;

/** The disk that the provisioner makes volumes on. */
public interface VolumeFolders {
  /** Makes the folder if it is missing, open to every user: pods run as any. */
  void create(Path folder) throws IOException;

  /** Removes the folder and all in it, if it is there. */
  void delete(Path folder) throws IOException;
}
