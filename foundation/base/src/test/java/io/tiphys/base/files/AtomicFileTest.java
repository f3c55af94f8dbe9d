package io.tiphys.base.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void replacesTheContentAndLeavesNothingElse() throws Exception {
    Path file = folder.resolve("state");
    AtomicFile.write(file, "old and longer".getBytes(UTF_8));
    AtomicFile.write(file, "new".getBytes(UTF_8));
    assertThat(file).hasContent("new");
    AtomicFile.writeUnsynced(file, "newer".getBytes(UTF_8));
    assertThat(file).hasContent("newer");
    assertThat(names()).containsExactly("state");
  }

  @Test
  void whatAnEarlierWriteLeftIsNoHindranceAndIsKnown() throws Exception {
    Path file = folder.resolve("state");
    Path left = Files.writeString(folder.resolve(".state.new"), "half");
    assertThat(AtomicFile.isDraft(left)).isTrue();
    assertThat(AtomicFile.isDraft(file)).isFalse();
    AtomicFile.write(file, "whole".getBytes(UTF_8));
    assertThat(names()).containsExactly("state");
  }

  @Test
  void aWriteThatFailsLeavesTheOldContentAndNoDraft() throws Exception {
    Path file = Files.createDirectory(folder.resolve("state"));
    Files.writeString(file.resolve("inside"), "a folder with content cannot be replaced");
    assertThatThrownBy(() -> AtomicFile.write(file, new byte[1])).isInstanceOf(IOException.class);
    assertThat(file.resolve("inside")).exists();
    assertThat(names()).containsExactly("state");
  }

  @Test
  void aSecretIsNeverReadableByOthers() throws Exception {
    Path file = Files.writeString(folder.resolve("key"), "old");
    var owner = PosixFilePermissions.fromString("rw-------");
    AtomicFile.write(file, "secret".getBytes(UTF_8), owner);
    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(owner);
    assertThat(file).hasContent("secret");
  }

  @Test
  void whatWasWrittenElsewhereGetsItsName() throws Exception {
    Path written = Files.writeString(folder.resolve("incoming"), "blob");
    AtomicFile.moveIntoPlace(written, folder.resolve("blob"));
    assertThat(names()).containsExactly("blob");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }
}
