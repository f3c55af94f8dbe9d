package io.tiphys.controllers.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.tiphys.base.machine.Machine;
import io.tiphys.linux.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFoldersTest {
  private final LocalFolders folders = new LocalFolders(Machine.own().disk());

  @TempDir private Path root;

  @Test
  void everyPodMayWriteIntoANewFolder() throws IOException {
    Path folder = root.resolve("default/claim");
    folders.create(folder);
    assertThat(Files.getPosixFilePermissions(folder)).hasSize(9);
  }

  /** Longer than PATH_MAX: no path leads there, so each step must start at an open folder. */
  @Test
  void whateverPodsNestedIsDeletedAndWhatTheyLinkedToStays() throws IOException {
    Path folder = Files.createDirectory(root.resolve("volume"));
    Path outside = Files.writeString(root.resolve("outside"), "stays");
    Files.createSymbolicLink(folder.resolve("link"), outside);
    OpenFile deepest = OpenFile.at(folder);
    for (int level = 0; level < 100; level++) {
      try (OpenFile parent = deepest) {
        deepest = parent.makeFolder("n".repeat(100), 0755);
      }
    }
    deepest.close();
    folders.delete(folder);
    assertThat(folder).doesNotExist();
    assertThat(outside).hasContent("stays");
    folders.delete(folder);
  }
}
