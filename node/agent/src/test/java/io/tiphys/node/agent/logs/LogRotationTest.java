package io.tiphys.node.agent.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tiphys.base.machine.Disk;
import io.tiphys.base.machine.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogRotationTest {
  @TempDir private Path folder;
  private final Disk disk = Machine.own().disk();
  private final LogRotation rotation = new LogRotation(disk, 10);
  private Path log = Path.of("");

  @BeforeEach
  void begin() {
    log = folder.resolve("0.log");
  }

  private void write(String text) throws IOException {
    Files.writeString(log, text);
  }

  private void reopen() {
    try {
      Files.createFile(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aSmallLogAndNoLogStayAsTheyAre() throws IOException {
    rotation.rotateIfLarge(log, this::reopen);
    write("short");
    rotation.rotateIfLarge(log, this::reopen);
    assertThat(files()).containsExactly("0.log");
  }

  @Test
  void theYoungestIsTheFirstAndFiveAreKept() throws IOException {
    for (int i = 1; i <= 7; i++) {
      write("a long text " + i);
      rotation.rotateIfLarge(log, this::reopen);
    }
    assertThat(files()).containsExactly("0.log", "0.log.1", "0.log.2", "0.log.3", "0.log.4");
    assertThat(folder.resolve("0.log.1")).hasContent("a long text 7");
    assertThat(folder.resolve("0.log.4")).hasContent("a long text 4");
    assertThat(log).isEmptyFile();
  }

  @Test
  void whenTheEngineDoesNotReopenTheLogGetsItsNameBack() throws IOException {
    write("a long text");
    assertThatThrownBy(
            () ->
                rotation.rotateIfLarge(
                    log,
                    () -> {
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    assertThat(log).hasContent("a long text");
    assertThat(files()).containsExactly("0.log");
  }

  @Test
  void deletionTakesTheOlderOnesAlong() throws IOException {
    for (int i = 0; i < 3; i++) {
      write("a long text");
      rotation.rotateIfLarge(log, this::reopen);
    }
    Files.writeString(folder.resolve("1.log"), "another's");
    LogRotation.delete(disk, log);
    LogRotation.delete(disk, log);
    assertThat(files()).containsExactly("1.log");
  }
}
