package io.tiphys.node.agent.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tiphys.base.machine.Machine;
import io.tiphys.linux.FileNodes;
import io.tiphys.linux.HostSupport;
import io.tiphys.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SubPathsTest {
  /** A gap between check and use is hit several times in so many. */
  private static final int ROUNDS = 400;

  private static final String NOT_MADE =
      "failed to create subPath directory for volumeMount \"v\" of container \"c\"";
  private static final String NOT_BOUND =
      "failed to prepare subPath for volumeMount \"v\" of container \"c\"";

  @TempDir private Path root;
  private Path pod;
  private Path volume;
  private Path host;
  private SubPaths parts;

  @BeforeEach
  void begin() throws IOException {
    HostSupport support = HostSupport.probe();
    assumeTrue(support.runsContainers(), () -> "skipped: " + support.reasons());
    pod = Files.createDirectory(root.resolve("pod"));
    volume = Files.createDirectory(root.resolve("volume"));
    FileNodes.chmod(volume, 02775);
    host = Files.createDirectory(root.resolve("host"));
    Files.writeString(host.resolve("secret"), "secret");
    parts = new SubPaths(Machine.own().disk(), pod);
  }

  @AfterEach
  void unmount() {
    Mounts.detachTree(root);
  }

  private Path bind(String below) throws VolumeProblem {
    return parts.bind(new SubPaths.Use("v", "c", 0), volume, Path.of(below));
  }

  private void refused(String below, String message) {
    assertThatThrownBy(() -> bind(below)).isInstanceOf(VolumeProblem.class).hasMessage(message);
    assertThat(Mounts.isMountPoint(pod.resolve("volume-subpaths/v/c/0"))).isFalse();
    assertThat(host.toFile().list()).containsExactly("secret");
  }

  @Test
  void bindsAFolderToAPlaceOfThePod() throws Exception {
    Files.createDirectories(volume.resolve("a/b"));
    Path place = bind("a/b");
    assertThat(place).isEqualTo(pod.resolve("volume-subpaths/v/c/0"));
    Files.writeString(place.resolve("file"), "x");
    assertThat(volume.resolve("a/b/file")).hasContent("x");
  }

  @Test
  void bindsAFileAndItsNextVersion() throws Exception {
    Files.writeString(volume.resolve("file"), "old");
    assertThat(bind("file")).hasContent("old");
    Files.writeString(volume.resolve("new"), "new");
    Files.move(volume.resolve("new"), volume.resolve("file"), StandardCopyOption.ATOMIC_MOVE);
    assertThat(bind("file")).hasContent("new");
    Files.delete(volume.resolve("file"));
    Files.createDirectory(volume.resolve("file"));
    assertThat(bind("file")).isEmptyDirectory();
  }

  @Test
  void whatIsBoundAlreadyIsNotBoundAgain() throws Exception {
    bind("a");
    bind("a");
    assertThat(Mounts.list().stream().filter(m -> m.target().startsWith(pod))).hasSize(1);
  }

  @Test
  void foldersThatAreMissingAreAsOpenAsTheVolume() throws Exception {
    bind("x/y/z");
    for (String made : List.of("x", "x/y", "x/y/z")) {
      assertThat((int) Files.getAttribute(volume.resolve(made), "unix:mode") & 07777)
          .isEqualTo(02775);
    }
  }

  @Test
  void linksThatStayInTheVolumeAreFollowed() throws Exception {
    Files.createDirectories(volume.resolve("..version/data"));
    Files.createSymbolicLink(volume.resolve("..data"), Path.of("..version"));
    Files.createSymbolicLink(volume.resolve("file"), Path.of("..data/file"));
    Files.writeString(volume.resolve("..version/file"), "content");
    assertThat(bind("file")).hasContent("content");
    Files.createSymbolicLink(volume.resolve("absolute"), volume.resolve("..version"));
    bind("absolute/data/new");
    assertThat(volume.resolve("..version/data/new")).isDirectory();
  }

  @Test
  void theVolumeItselfMayBeALink() throws Exception {
    Path link = Files.createSymbolicLink(root.resolve("link"), volume);
    parts.bind(new SubPaths.Use("v", "c", 1), link, Path.of("a"));
    assertThat(volume.resolve("a")).isDirectory();
  }

  @Test
  void nothingIsMadeOrShownWhereALinkLeadsOut() throws Exception {
    Files.createSymbolicLink(volume.resolve("absolute"), host);
    Files.createSymbolicLink(volume.resolve("up"), Path.of("../host"));
    Files.createSymbolicLink(volume.resolve("file"), host.resolve("secret"));
    Files.createSymbolicLink(volume.resolve("dangling"), host.resolve("evil"));
    Files.createSymbolicLink(volume.resolve("magic"), Path.of("/proc/self/root" + host));
    Files.createSymbolicLink(volume.resolve("circle"), Path.of("circle"));
    Files.createDirectory(volume.resolve("in"));
    Files.createSymbolicLink(volume.resolve("in/chain"), Path.of("../absolute"));
    for (String link : List.of("absolute", "up", "magic", "in/chain")) {
      refused(link, NOT_BOUND);
      refused(link + "/secret", NOT_BOUND);
      refused(link + "/evil", NOT_MADE);
      refused(link + "/evil/more", NOT_MADE);
    }
    refused("file", NOT_BOUND);
    refused("dangling", NOT_MADE);
    refused("dangling/evil", NOT_MADE);
    refused("circle", NOT_MADE);
    refused("file/evil", NOT_MADE);
  }

  @Test
  void aFifoIsBoundWithoutWaitingForItsOtherEnd() throws Exception {
    FileNodes.mknod(volume.resolve("fifo"), FileNodes.Kind.FIFO, 0600, 0, 0);
    Path place = bind("fifo");
    assertThat(Files.readAttributes(place, "*")).containsEntry("isOther", true);
  }

  @Test
  void aHardLinkIsTheFileItself() throws Exception {
    Files.writeString(volume.resolve("file"), "x");
    Files.createLink(volume.resolve("hard"), volume.resolve("file"));
    assertThat(bind("hard")).hasContent("x");
  }

  @Test
  void nothingIsLeftOfWhatWasBoundAndTheVolumeStays() throws Exception {
    Files.writeString(volume.resolve("file"), "x");
    bind("file");
    parts.bind(new SubPaths.Use("w", "d", 3), volume, Path.of("folder"));
    // As after kill -9: another life knows no more than what is mounted.
    new SubPaths(Machine.own().disk(), pod).clear();
    assertThat(pod).isEmptyDirectory();
    assertThat(volume.resolve("file")).hasContent("x");
    assertThat(Mounts.list()).noneMatch(mount -> mount.target().startsWith(pod));
  }

  /** Swaps the folder {@code swapped} of the volume for a link to the host in mid-bind. */
  private final class Swapping implements SubPaths.Calls {
    private final boolean afterResolving;

    Swapping(boolean afterResolving) throws IOException {
      this.afterResolving = afterResolving;
      Path folder = Files.createDirectory(volume.resolve("swapped"));
      Files.writeString(folder.resolve("secret"), "inside");
      Files.createSymbolicLink(root.resolve("link"), host);
    }

    private void swap() {
      Exchange.of(volume.resolve("swapped"), root.resolve("link"));
    }

    @Override
    public Path resolve(Path path) throws IOException {
      Path real = path.toRealPath();
      if (afterResolving) {
        swap();
      }
      return real;
    }

    @Override
    public void bind(Path source, Path place) {
      if (!afterResolving) {
        swap();
      }
      Mounts.bind(source, place, false, false);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"swapped", "swapped/secret", "swapped/new", "swapped/new/folder"})
  void aLinkThatComesOnceLinksAreResolvedIsRefused(String below) throws Exception {
    parts = new SubPaths(Machine.own().disk(), pod, new Swapping(true));
    refused(below, below.contains("new") ? NOT_MADE : NOT_BOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"swapped/secret", "swapped/new/secret"})
  void aLinkThatComesBeforeTheMountChangesNothing(String below) throws Exception {
    parts = new SubPaths(Machine.own().disk(), pod, new Swapping(false));
    Path place = bind(below);
    assertThat(host.toFile().list()).containsExactly("secret");
    if (below.equals("swapped/secret")) {
      assertThat(place).hasContent("inside");
    } else {
      assertThat(root.resolve("link/new/secret")).isDirectory();
      assertThat(place).isEmptyDirectory();
    }
  }

  /** CVE-2017-1002101, CVE-2021-25741. */
  @Test
  void whoeverSwapsAFolderForALinkMeanwhileGetsNothingFromTheHost() throws Exception {
    Path link = Files.createSymbolicLink(root.resolve("link"), host);
    Path swapped = Files.createDirectory(volume.resolve("swapped"));
    Files.writeString(swapped.resolve("secret"), "inside");
    AtomicBoolean done = new AtomicBoolean();
    Thread swapper =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    Exchange.of(swapped, link);
                  }
                });
    int bound = 0;
    try {
      for (int i = 0; i < ROUNDS || (bound == 0 && swapper.isAlive()); i++) {
        try {
          bind("swapped/made" + i);
        } catch (VolumeProblem e) {
          assertThat(e).message().isIn(NOT_MADE, NOT_BOUND);
        }
        try {
          assertThat(bind("swapped/secret")).hasContent("inside");
          bound++;
        } catch (VolumeProblem e) {
          assertThat(e).message().isIn(NOT_MADE, NOT_BOUND);
        }
      }
    } finally {
      done.set(true);
      swapper.join();
    }
    assertThat(bound).isPositive();
    assertThat(host.toFile().list()).containsExactly("secret");
  }
}
