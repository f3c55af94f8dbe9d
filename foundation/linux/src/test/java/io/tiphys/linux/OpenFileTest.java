package io.tiphys.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenFileTest {
  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;

  /** A gap between check and use is hit many times in so many. */
  private static final int ROUNDS = 3000;

  @TempDir Path folder;
  private Path volume;
  private Path outside;

  @BeforeEach
  void make() throws IOException {
    Root.assumeRoot();
    volume = Files.createDirectory(folder.resolve("volume"));
    outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    Files.createDirectories(volume.resolve("a/b"));
    Files.writeString(volume.resolve("a/b/secret"), "inside");
  }

  @AfterEach
  void unmount() {
    Mounts.detachTree(folder);
  }

  @Test
  void opensWhatLiesBelow() throws IOException {
    try (OpenFile root = OpenFile.at(volume);
        OpenFile fast = root.beneath(Path.of("a/b/secret"));
        OpenFile slow = root.stepByStep(Path.of("a/b/secret"))) {
      assertThat(Files.readString(fast.path())).isEqualTo("inside");
      assertThat(fast.stat()).isEqualTo(slow.stat());
      assertThat(fast.stat().isRegularFile()).isTrue();
    }
  }

  @Test
  void followsNoLinkWhereverItStandsAndLeads() throws IOException {
    Files.createSymbolicLink(volume.resolve("absolute"), outside);
    Files.createSymbolicLink(volume.resolve("up"), Path.of("../outside"));
    Files.createSymbolicLink(volume.resolve("inside"), Path.of("a"));
    Files.createSymbolicLink(volume.resolve("a/file"), outside.resolve("secret"));
    Files.createSymbolicLink(volume.resolve("magic"), Path.of("/proc/self/root"));
    for (String path :
        new String[] {
          "absolute", "absolute/secret", "up", "up/secret", "inside/b", "a/file", "magic/etc"
        }) {
      refused(Path.of(path));
    }
  }

  @Test
  void climbsNowhere() {
    refused(Path.of(".."));
    refused(Path.of("a/../../outside"));
    refused(Path.of("/etc"));
    refused(Path.of(""));
    refused(Path.of("a/./b"));
  }

  private void refused(Path path) {
    try (OpenFile root = OpenFile.at(volume)) {
      assertThatThrownBy(() -> root.beneath(path)).isInstanceOf(LinuxFailure.class);
      assertThatThrownBy(() -> root.stepByStep(path)).isInstanceOf(LinuxFailure.class);
    }
  }

  @Test
  void opensAFifoWithoutWaitingForItsOtherEnd() {
    FileNodes.mknod(volume.resolve("fifo"), FileNodes.Kind.FIFO, 0600, 0, 0);
    try (OpenFile root = OpenFile.at(volume);
        OpenFile fifo = root.beneath(Path.of("fifo"))) {
      assertThat(fifo.stat().isRegularFile()).isFalse();
    }
  }

  @Test
  void makesAFolderWithJustTheModeAskedFor() {
    try (OpenFile root = OpenFile.at(volume);
        OpenFile made = root.makeFolder("new", 02777)) {
      assertThat(made.stat().permissions()).isEqualTo(02777);
      assertThat(volume.resolve("new")).isDirectory();
      made.chown(12, 34);
      assertThat(made.stat().uid()).isEqualTo(12);
      assertThat(made.stat().gid()).isEqualTo(34);
    }
  }

  @Test
  void makesNoFolderThroughALink() throws IOException {
    Files.createSymbolicLink(volume.resolve("link"), outside.resolve("evil"));
    try (OpenFile root = OpenFile.at(volume)) {
      assertThatThrownBy(() -> root.makeFolder("link", 0755)).hasMessageContaining("EEXIST");
    }
    assertThat(outside.resolve("evil")).doesNotExist();
  }

  @Test
  void staysWithTheFileThatWasOpened() throws IOException {
    try (OpenFile root = OpenFile.at(volume);
        OpenFile opened = root.beneath(Path.of("a"))) {
      Files.move(volume.resolve("a"), volume.resolve("elsewhere"));
      Files.createSymbolicLink(volume.resolve("a"), outside);
      Path target = Files.createDirectory(folder.resolve("target"));
      Mounts.bind(opened.path(), target, false, false);
      assertThat(target.resolve("b/secret")).hasContent("inside");
    }
  }

  @Test
  void aFolderThatTurnsIntoALinkAndBackNeverLeadsOut() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), outside);
    Path swapped = Files.createDirectory(volume.resolve("swapped"));
    Files.writeString(swapped.resolve("secret"), "inside");
    AtomicBoolean done = new AtomicBoolean();
    Thread swapper =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    exchange(swapped, link);
                  }
                });
    int opened = 0;
    int refused = 0;
    try (OpenFile root = OpenFile.at(volume)) {
      for (int i = 0; i < ROUNDS || opened == 0 || refused == 0; i++) {
        boolean step = i % 2 == 0;
        Path path = Path.of("swapped/secret");
        try (OpenFile file = step ? root.stepByStep(path) : root.beneath(path)) {
          assertThat(Files.readString(file.path())).isEqualTo("inside");
          opened++;
        } catch (LinuxFailure e) {
          // EXDEV: the folder was moved out of the volume while it was walked through.
          assertThat(e.errno()).isIn(Errno.ELOOP, Errno.ENOTDIR, Errno.EAGAIN, Errno.EXDEV);
          refused++;
        }
      }
    } finally {
      done.set(true);
      swapper.join();
    }
  }

  /** Both change places in one step: there is always one of them to be found. */
  private static void exchange(Path one, Path other) {
    try (Arena arena = Arena.ofConfined()) {
      long first = Libc.path(arena, one);
      long second = Libc.path(arena, other);
      int result = Libc.call("renameat2", AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
      Libc.check(result, "exchange " + one + " and " + other);
    }
  }
}
